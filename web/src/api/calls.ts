/** Every request that the pages make, by name. */
import { BASE, request, send } from './request'
import type * as t from './types'

export const get = <T>(path: string): Promise<T> => request('GET', path)
export const post = <T>(path: string, body?: unknown): Promise<T> => request('POST', path, body)
export const patch = <T>(path: string, body: unknown): Promise<T> => request('PATCH', path, body)
export const put = <T>(path: string, body: unknown): Promise<T> => request('PUT', path, body)
export const remove = (path: string): Promise<void> => request('DELETE', path)

export function query(values: Record<string, string | number | boolean | null | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== '')
  return given.length === 0 ? '' : '?' + new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
}

/** A whole list, page after page: of what people name one by one. What comes by the hundred thousand is read as one scrolls. */
async function every<T>(path: string, values: Parameters<typeof query>[0] = {}): Promise<T[]> {
  const found: T[] = []
  let after: string | null = null
  do {
    const page: t.Page<T> = await get(path + query({ ...values, after, limit: 200 }))
    found.push(...page.items)
    after = page.next
  } while (after !== null)
  return found
}

export const whoAmI = (): Promise<t.Me> => get('/session')
export const signIn = (said: { name: string; password: string } | { token: string }): Promise<t.Me> => post('/session', said)
export const signOut = (): Promise<void> => remove('/session')

export const changePassword = (said: { new: string; current: string | null }): Promise<t.Me> => put('/session/password', said)
export const renameMe = (name: string): Promise<t.Me> => patch('/session', { name })
export const mute = (muted: t.Me['muted']): Promise<t.Me> => put('/session/muted', { muted })
export const tokens = (): Promise<{ items: t.Token[] }> => get('/tokens')
export const createToken = (name: string): Promise<t.FreshToken> => post('/tokens', { name })
export const deleteToken = (id: number): Promise<void> => remove(`/tokens/${id}`)

export const projects = (archived: boolean): Promise<t.Project[]> => every('/projects', { archived })
export const project = (id: number): Promise<t.Project> => get(`/projects/${id}`)
export const createProject = (name: string): Promise<t.Project> => post('/projects', { name })
export const renameProject = (id: number, name: string): Promise<t.Project> => patch(`/projects/${id}`, { name })
export const archiveProject = (id: number, archive: boolean): Promise<t.Project> => post(`/projects/${id}/${archive ? 'archive' : 'restore'}`)
export const members = (project: number): Promise<{ items: t.Member[] }> => get(`/projects/${project}/members`)
export const addMember = (project: number, name: string, role: t.Role): Promise<t.Invited> => post(`/projects/${project}/members`, { name, role })
export const changeMember = (project: number, id: number, role: t.Role): Promise<{ items: t.Member[] }> => patch(`/projects/${project}/members/${id}`, { role })
export const removeMember = (project: number, id: number): Promise<void> => remove(`/projects/${project}/members/${id}`)

export interface Filter {
  dataset_id?: string
  task_id?: string
  kind?: string
}

export const inputs = (project: number, filter: Filter, after: string | null): Promise<t.Page<t.Input>> =>
  get(`/projects/${project}/inputs${query({ ...filter, after, limit: 100 })}`)
/** So many from all over the list. */
export const sampleInputs = (project: number, filter: Filter, many: number): Promise<t.Page<t.Input>> =>
  get(`/projects/${project}/inputs${query({ ...filter, limit: many, spread: true })}`)
export const countInputs = (project: number, filter: Filter): Promise<{ count: number }> => get(`/projects/${project}/inputs/count${query({ ...filter })}`)
export const input = (project: number, id: number, filter: Filter): Promise<t.InputDetail> => get(`/projects/${project}/inputs/${id}${query({ ...filter })}`)
export const deleteInputs = (project: number, ids: number[]): Promise<{ count: number }> => post(`/projects/${project}/inputs/delete`, { ids })
export const pasteText = (project: number, text: string, name: string, dataset: string): Promise<t.Received> =>
  post(`/projects/${project}/texts`, dataset === '' ? { text, name } : { text, name, dataset })
export const upload = (project: number, form: FormData, sent: (share: number) => void, signal: AbortSignal): Promise<t.Received> =>
  send(`/projects/${project}/inputs`, form, sent, signal)
export const importFolders = (project: number, folder: string | null): Promise<{ items: string[] }> => get(`/projects/${project}/import-folders${query({ folder })}`)
export const imports = (project: number): Promise<t.Page<t.Import>> => get(`/projects/${project}/imports${query({ limit: 5 })}`)
export const oneImport = (project: number, id: number): Promise<t.ImportAlone> => get(`/projects/${project}/imports/${id}`)
export const startImport = (project: number, folder: string, dataset: string): Promise<t.Import> =>
  post(`/projects/${project}/imports`, dataset === '' ? { folder } : { folder, dataset })
export const fileOf = (project: number, id: number): string => `${BASE}/projects/${project}/inputs/${id}/file`

const SIZES = [160, 320, 640, 1280, 2560]

/** A thumbnail of at least this longer side, in one of the sizes that the server keeps. */
export function thumbnailOf(project: number, id: number, size: number): string {
  return `${BASE}/projects/${project}/inputs/${id}/thumbnail?size=${SIZES.find((one) => one >= size) ?? 2560}`
}

export const datasets = (project: number): Promise<t.Dataset[]> => every(`/projects/${project}/datasets`)
export const concepts = (project: number): Promise<t.Concept[]> => every(`/projects/${project}/concepts`)

export const models = (project: number): Promise<{ items: t.Model[] }> => get(`/projects/${project}/models`)
/** For one project, or (null) for all. */
export const addModel = (project: number | null, form: FormData, sent: (share: number) => void, signal: AbortSignal): Promise<t.Model> =>
  send(project === null ? '/models' : `/projects/${project}/models`, form, sent, signal)
/** Model concept -> project concept, as it was last chosen. */
export const acts = (project: number, task: number | null, person: number | null, before: string | null): Promise<t.Page<t.Act>> =>
  get(`/projects/${project}/activity${query({ task_id: task, person_id: person, before, limit: 20 })}`)
export const story = (project: number, annotation: number): Promise<{ items: t.Chapter[] }> => get(`/projects/${project}/annotations/${annotation}/story`)
export const notifications = (after: string | null): Promise<t.Page<t.Notification>> => get(`/notifications${query({ after })}`)
export const unread = (): Promise<{ count: number }> => get('/notifications/count')
export const readNotifications = (): Promise<{ count: number }> => post('/notifications/read', {})
export const createDataset = (project: number, name: string): Promise<t.Dataset> => post(`/projects/${project}/datasets`, { name })
export const renameDataset = (project: number, id: number, name: string): Promise<t.Dataset> => patch(`/projects/${project}/datasets/${id}`, { name })
export const deleteDataset = (project: number, id: number): Promise<void> => remove(`/projects/${project}/datasets/${id}`)
export const createConcept = (project: number, name: string): Promise<t.Concept> => post(`/projects/${project}/concepts`, { name })
export const renameConcept = (project: number, id: number, name: string): Promise<t.Concept> => patch(`/projects/${project}/concepts/${id}`, { name })
export const deleteConcept = (project: number, id: number): Promise<void> => remove(`/projects/${project}/concepts/${id}`)
export const versions = (project: number, dataset: number, after: string | null): Promise<t.Page<t.Version>> =>
  get(`/projects/${project}/datasets/${dataset}/versions${query({ after })}`)
export const deleteVersion = (project: number, { dataset_id, id }: t.Version): Promise<void> => remove(`/projects/${project}/datasets/${dataset_id}/versions/${id}`)
export const versionFile = (project: number, version: t.Version, format: 'coco' | 'jsonl'): string =>
  `${BASE}/projects/${project}/datasets/${version.dataset_id}/versions/${version.id}/export?format=${format}`
export const createVersion = (project: number, task: number): Promise<t.Version> => post(`${taskAt(project, task)}/versions`, {})
export const mappingOf = (project: number, model: string): Promise<{ mapping: Record<string, string> }> =>
  get(`/projects/${project}/models/${encodeURIComponent(model)}/mapping`)
export const speedOf = (project: number, model: string): Promise<t.Speed> => get(`/projects/${project}/models/${encodeURIComponent(model)}/speed`)
export const tryModel = (project: number, said: { model: string; inputs?: number[]; text?: string; concepts?: string[]; mapping?: Record<string, string> }): Promise<t.Answers> =>
  post(`/projects/${project}/trials`, said)

const taskAt = (project: number, id: number): string => `/projects/${project}/tasks/${id}`
/** Of all tasks those whose name, dataset or model says `text`, and those in which one has something to do. */
export interface TaskFilter {
  text?: string
  mine?: 'assigned' | 'review' | 'label'
  /** `open`: it waits for a worker, runs, or people label. */
  status?: 'open' | 'paused' | 'complete' | 'cancelled' | 'failed'
  priority?: t.TaskHead['priority']
}

export const tasks = (project: number, filter: TaskFilter, after: string | null): Promise<t.Page<t.TaskHead>> =>
  get(`/projects/${project}/tasks${query({ ...filter, after, limit: 100 })}`)
export const task = (project: number, id: number): Promise<t.Task> => get(taskAt(project, id))
export const histograms = (project: number, id: number): Promise<t.Histograms> => get(`${taskAt(project, id)}/histograms`)
export const taskConcepts = (project: number, id: number): Promise<t.ConceptAnnotations> => get(`${taskAt(project, id)}/concepts`)
export const samples = (project: number, id: number, concept: string, near: number): Promise<{ items: t.Sample[] }> =>
  get(`${taskAt(project, id)}/samples${query({ concept, near, limit: 12 })}`)
export const failures = (project: number, id: number, after: string | null): Promise<t.Page<t.Failure>> => get(`${taskAt(project, id)}/failures${query({ after })}`)
export const createTask = (project: number, said: t.NewTask): Promise<t.Task> => post(`/projects/${project}/tasks`, said)
export const changeTask = (project: number, id: number, said: t.ChangedTask): Promise<t.Task> => patch(taskAt(project, id), said)
export const taskPeople = (project: number, id: number): Promise<{ items: t.Part[] }> => get(`${taskAt(project, id)}/people`)
export const retryTask = (project: number, id: number, inputs?: number[]): Promise<t.Task> => post(`${taskAt(project, id)}/retry`, inputs && { inputs })
export const pauseTask = (project: number, id: number): Promise<t.Task> => post(`${taskAt(project, id)}/pause`)
export const cancelTask = (project: number, id: number): Promise<t.Task> => post(`${taskAt(project, id)}/cancel`)
export const resumeTask = (project: number, id: number): Promise<t.Task> => post(`${taskAt(project, id)}/resume`)
export const applyTask = (project: number, id: number, thresholds: t.Thresholds): Promise<t.Applied> => post(`${taskAt(project, id)}/apply`, thresholds)
export const deleteTask = (project: number, id: number, annotations: 'keep' | 'delete'): Promise<void> => remove(`${taskAt(project, id)}${query({ annotations })}`)
