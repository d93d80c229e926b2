/** What people do in a task: reviewing and labeling. */
import { get, post, query, remove } from './calls'
import type { Annotation, Input, Page, Region } from './types'

export type WorkAnnotation = Annotation & { mine: boolean; vote: boolean | null }

export interface WorkInput extends Pick<Input, 'id' | 'kind' | 'name' | 'width' | 'height'> {
  text: string | null
  length: number | null
  /** The newest change of it that is shown; sent back with a decision. */
  seen: number
  work: string
  outcome: string
  comment: string | null
  message: string | null
  arbiter?: boolean
  annotations: WorkAnnotation[]
}

export interface Progress {
  mine_open: number
  mine_done: number
  entered: number
  reviewed: number
}

export type Order = 'id' | 'uncertain' | 'concept'

export interface ReviewFilter {
  order?: Order
  concept?: string
  labeler?: string
  lowest?: string
  highest?: string
}

export interface Group {
  concept: string
  concept_id: number
  labeler: string
  annotations: number
  inputs: number
}

export interface Crop {
  annotation_id: number
  input_id: number
  kind: Input['kind']
  width: number | null
  height: number | null
  text: string | null
  score: number | null
  region: Region | null
}

export interface Decided {
  activity_id: number
  work: string
  progress: Progress
}

export interface DecidedCrops {
  decided: number
  inputs_reviewed: number
  stale: number[]
  activity_id: number | null
  progress: Progress
}

export interface Submitted {
  input_id: number
  at: string
  annotations: number
}

export interface Taken {
  input: WorkInput | null
  expires_at: string | null
  left: number
}

export interface Said {
  model: string
  predictions: { concept: string; score: number; region: Region | null }[]
}

export const taskPath = (project: number, task: number): string => `/projects/${project}/tasks/${task}`

export const reviewPage = (project: number, task: number, filter: ReviewFilter, after: string | null, limit = 10): Promise<Page<WorkInput> & { progress: Progress }> =>
  get(`${taskPath(project, task)}/review${query({ ...filter, after, limit })}`)
export const reviewInput = (project: number, task: number, id: number): Promise<WorkInput> => get(`${taskPath(project, task)}/review/${id}`)
export const reviewGroups = (project: number, task: number): Promise<{ items: Group[] }> => get(`${taskPath(project, task)}/review/groups`)
export const reviewBulk = (
  project: number, task: number, said: { key: string; action: 'approve' | 'reject'; concept?: string; labeler?: string },
): Promise<{ annotations: number; inputs: number; left: number }> => post(`${taskPath(project, task)}/review/bulk`, said)
export const reviewCrops = (project: number, task: number, concept: string, after: string | null): Promise<Page<Crop>> =>
  get(`${taskPath(project, task)}/review/regions${query({ concept, after, limit: 60 })}`)
export const undoActivity = (project: number, id: number): Promise<{ input_ids: number[]; progress: Progress }> => post(`/projects/${project}/activity/${id}/undo`)

export const labelNext = (project: number, task: number, after: number | null): Promise<Taken> => post(`${taskPath(project, task)}/label/next`, after === null ? {} : { after })
export const labelInput = (project: number, task: number, id: number): Promise<WorkInput> => get(`${taskPath(project, task)}/label/${id}`)
export const renewLease = (project: number, task: number, id: number): Promise<{ expires_at: string }> => post(`${taskPath(project, task)}/label/${id}/lease`)
export const giveBack = (project: number, task: number, id: number): Promise<void> => remove(`${taskPath(project, task)}/label/${id}/lease`)
export const labelSubmitted = (project: number, task: number, before: string | null): Promise<Page<Submitted>> =>
  get(`${taskPath(project, task)}/label/submitted${query({ before, limit: 20 })}`)
export const labelHelp = (project: number, task: number, id: number): Promise<{ items: Said[] }> => get(`${taskPath(project, task)}/label/${id}/help`)

/** A name for a change that may be sent twice; `crypto.randomUUID` exists over HTTPS only. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
