/** What people do in a task: reviewing and labeling. */
import { get, post, query, remove } from './calls'
import type { components } from './schema'
import type { Act, Page, Region } from './types'

type Said = components['schemas']
type Placed<T> = Omit<T, 'region'> & { region: Region | null }

export type WorkAnnotation = Placed<Said['WorkAnnotation']>
export type WorkInput = Omit<Said['WorkInput'], 'annotations'> & { annotations: WorkAnnotation[] }
export type Progress = Said['Progress']
export type Group = Said['Group']
export type Crop = Placed<Said['ReviewRegion']>
export type Decided = Said['Decided']
/** What came of a word on many. */
export type DecidedMany = Said['DecidedMany']
export type Submitted = Said['Submitted']
export type Taken = Omit<Said['NextToLabel'], 'input'> & { input: WorkInput | null }
export type Hints = Omit<Said['ModelHints'], 'predictions'> & { predictions: Placed<Said['Prediction']>[] }

export type Order = 'id' | 'uncertain' | 'concept' | 'likeness'

export interface ReviewFilter {
  order?: Order
  concept?: string
  labeler?: string
  lowest?: string
  highest?: string
}

export const taskPath = (project: number, task: number): string => `/projects/${project}/tasks/${task}`

export const reviewPage = (project: number, task: number, filter: ReviewFilter, after: string | null, limit = 10): Promise<Page<WorkInput> & { progress: Progress }> =>
  get(`${taskPath(project, task)}/review${query({ ...filter, after, limit })}`)
export const reviewInput = (project: number, task: number, id: number): Promise<WorkInput> => get(`${taskPath(project, task)}/review/${id}`)
/** `but_not`: ids of inputs that are left out. */
export const reviewGroups = (project: number, task: number, but_not: readonly number[] = []): Promise<{ items: Group[] }> =>
  get(`${taskPath(project, task)}/review/groups${but_not.map((id, at) => `${at === 0 ? '?' : '&'}but_not=${id}`).join('')}`)
export const reviewBulk = (
  project: number, task: number, said: { key: string; action: 'approve' | 'reject'; concept?: string; labeler?: string; but_not: number[] },
): Promise<DecidedMany> => post(`${taskPath(project, task)}/review/bulk`, said)
export const reviewCrops = (project: number, task: number, concept: string, after: string | null): Promise<Page<Crop>> =>
  get(`${taskPath(project, task)}/review/regions${query({ concept, after, limit: 60 })}`)
export const undoActivity = (project: number, id: number): Promise<Said['Undone']> => post(`/projects/${project}/activity/${id}/undo`)
/** What a person decided in a task and has not taken back, the last first; `input` null: on many at once. */
export async function decisions(project: number, task: number, person: number): Promise<{ id: number; input: number | null }[]> {
  const { items } = await get<Page<Act>>(`/projects/${project}/activity${query({ task_id: task, person_id: person, limit: 50 })}`)
  return items.filter(({ operation, undone }) => !undone && DECIDES.has(operation)).map(({ id, input_id: input }) => ({ id, input }))
}
const DECIDES: ReadonlySet<string> = new Set(['approve', 'reject', 'request_changes', 'decide', 'approve_all', 'reject_all'])

/** Takes back what was decided by several calls, the last first; how many inputs that was. */
export async function undoActivities(project: number, ids: readonly number[]): Promise<number> {
  let inputs = 0
  for (const id of ids.toReversed()) inputs += (await undoActivity(project, id)).input_ids.length
  return inputs
}

export const labelNext = (project: number, task: number, after: number | null): Promise<Taken> => post(`${taskPath(project, task)}/label/next`, after === null ? {} : { after })
export const labelInput = (project: number, task: number, id: number): Promise<WorkInput> => get(`${taskPath(project, task)}/label/${id}`)
export const renewLease = (project: number, task: number, id: number): Promise<Said['Leased']> => post(`${taskPath(project, task)}/label/${id}/lease`)
export const giveBack = (project: number, task: number, id: number): Promise<void> => remove(`${taskPath(project, task)}/label/${id}/lease`)
export const labelSubmitted = (project: number, task: number): Promise<Page<Submitted>> => get(`${taskPath(project, task)}/label/submitted${query({ limit: 50 })}`)
export const labelHelp = (project: number, task: number, id: number): Promise<{ items: Hints[] }> => get(`${taskPath(project, task)}/label/${id}/help`)

/** A name for a change that may be sent twice; `crypto.randomUUID` exists over HTTPS only. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
