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

export interface Person {
  id: number
  name: string
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
  text: string | null
  name: string
  annotations: Annotation[]
}

export interface InputDetail extends Input {
  sources: { name: string; uri: string }[]
  previous: number | null
  next: number | null
  created_at: string
}

export interface Rejection {
  source: string
  kind: string
  message: string
}

export interface Upload {
  inputs: number
  duplicates: number
  rejected: Rejection[]
}

export interface Dataset {
  id: number
  name: string
  inputs: number
  images: number
  texts: number
  created_at: string
}

export interface Model {
  name: string
  runtime: string
  licence: string
  description: string
  makes: 'class' | 'box' | 'polygon' | 'span' | 'embedding'
  reads: Kind[]
  concepts: string[]
  floor: number
  /** Why no task can use it; null when it can. */
  unusable: string | null
  builtin: boolean
}

export interface Trial {
  seconds: number
  predictions: { concept: string; score: number; region: Region | null }[]
}

export interface Limits {
  lower: number
  upper: number | null
}

export interface Thresholds {
  default: Limits
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

export interface TaskRow extends Ledger {
  id: number
  name: string
  status: TaskStatus
  dataset: string
  model: string
  concepts: string[]
  created_at: string
}

export type BandCounts = Record<Band, number>

export interface Failure {
  source: string
  input_id: number | null
  stage: string
  kind: string
  message: string
}

export interface Task extends TaskRow {
  thresholds: Thresholds
  floor: number
  predictions: number
  annotations: Partial<Record<Status, number>>
  bands: Record<string, BandCounts>
  seconds: number
  failures_total: number
  failures: Failure[]
  /** Inputs that people have dealt with: new thresholds leave them alone. */
  touched: number
  error?: string
}

/** Per concept 1,001 counts: one for each thousandth of the score, the last for exactly 1. */
export type Histograms = Record<string, number[]>

export interface NewTask {
  name: string
  dataset_id: number
  model: string
  concepts: string[]
  thresholds: Thresholds
}
