/** The shapes that the pages read and send. Numbers and names are the server's own. */

export type Status = 'success' | 'awaiting_review' | 'awaiting_consensus_review' | 'pending' | 'rejected'
export type Band = 'approved' | 'review' | 'discarded'
export type Kind = 'image' | 'text'
export type Ring = [number, number][]

/** As `core.geometry.encode` writes it: shares of the upright image, or code points of the text. */
export type Region =
  | { kind: 'box'; value: [number, number, number, number] }
  | { kind: 'polygon'; value: Ring[][] }
  | { kind: 'span'; value: [number, number] }

export interface Annotation {
  id: number
  concept: string
  present: boolean
  region: Region | null
  score: number | null
  status: Status
  labeler: string
  task_id: number
}

export interface Page<T> {
  items: T[]
  next: string | null
}

export interface Me {
  id: number
  name: string
  operator: boolean
  has_password: boolean
  csrf: string | null
}

export interface Project {
  id: number
  name: string
  role: string
  inputs: number
  tasks: number
  created_at: string
  archived_at: string | null
}

export interface Input {
  id: number
  kind: Kind
  width: number | null
  height: number | null
  /** In a list only the beginning of a long text. */
  text: string | null
  length: number | null
  name: string
  created_at: string
  annotations: Annotation[]
}

export interface InputDetail extends Input {
  previous: number | null
  next: number | null
}

/** What came of an upload: items read, those of them taken, and what was refused with its reason. */
export interface Received {
  read: number
  accepted: number
  failures: { source: string; kind: string; message: string }[]
  dataset_id: number | null
}

export interface Dataset {
  id: number
  name: string
  inputs: number
  images: number
  texts: number
  rejected: number
  tasks: number
  created_at: string
}

export interface Concept {
  id: number
  name: string
}

export interface Model {
  name: string
  runtime: string
  licence: string
  description: string
  makes: string
  reads: string[]
  concepts: string[]
  version: string
  selectable: boolean
  /** Why no task can be made with it. */
  reason: string | null
}

export interface Prediction {
  concept: string
  score: number
  region: Region | null
}

export interface Answers {
  model: string
  items: { input_id: number | null; predictions: Prediction[]; fault: { kind: string; message: string } | null }[]
}

export interface Limits {
  lower: number
  upper: number | null
}

export interface Thresholds extends Limits {
  by_concept: Record<string, Limits>
}

export type TaskStatus = 'failed' | 'cancelled' | 'complete' | 'running' | 'waiting'

export interface Ledger {
  inputs: number
  waiting: number
  annotated: number
  empty: number
  failed: number
}

export interface TaskHead extends Ledger {
  id: number
  name: string
  status: TaskStatus
  error: string | null
  dataset_id: number
  dataset: string
  model: string
  concepts: string[]
  thresholds: Thresholds
  /** Slices that are still to be decided under the newest thresholds. */
  deciding: number
  created_by: string
  created_at: string
}

export type BandCounts = Record<Band, number>

export interface Task extends TaskHead {
  floor: number
  sources: number
  duplicates: number
  rejected: number
  predictions: number
  annotations: Record<string, number>
  bands: Record<string, BandCounts>
  seconds: number
  failures_total: number
}

export interface Applied {
  left_alone: number
  task: Task
}

/** Per concept the bins that are not empty, as [bin, count]: bin b holds scores from b / 1000 on, 1000 exactly 1. */
export interface Histograms {
  concepts: Record<string, [number, number][]>
}

export interface Sample {
  input_id: number
  kind: Kind
  width: number | null
  height: number | null
  text: string | null
  concept: string
  score: number
  region: Region | null
  band: Band
}

export interface Failure {
  input_id: number | null
  source: string
  stage: string
  kind: string
  message: string
}

export interface NewTask {
  name: string
  dataset_id?: number
  all_inputs_as?: string
  model: string
  concepts: string[]
  thresholds: Thresholds
}
