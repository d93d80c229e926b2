/** Numbers, times and statuses as people say them. */
import type { Ledger, Notification, Priority, Status, TaskStatus } from '../api/types'

const numbers = new Intl.NumberFormat('en')
const dates = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' })
const moments = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false })

export const whole = (number: number): string => numbers.format(number)
export const date = (iso: string): string => dates.format(new Date(iso))
export const moment = (iso: string): string => moments.format(new Date(iso))

export function many(number: number, one: string, more = `${one}s`): string {
  return `${whole(number)} ${number === 1 ? one : more}`
}

export const STATUS_WORDS: Record<Status, string> = {
  success: 'approved',
  awaiting_review: 'to review',
  awaiting_consensus_review: 'to agree on',
  pending: 'changes requested',
  rejected: 'rejected',
}

/** What a version of a dataset has not, of the task that it was made of: inputs apart from annotations. */
export function leftOut(left: Readonly<Record<string, number>>): string {
  const words = { ...STATUS_WORDS, success: 'approved on inputs still under review', pending: 'with changes requested' }
  const annotations = (Object.keys(words) as Status[]).flatMap((status) => (left[status] ? [`${whole(left[status])} ${words[status]}`] : []))
  const inputs = left.inputs ? [`${many(left.inputs, 'input')} not through or rejected`] : []
  return [...inputs, ...(annotations.length > 0 ? [`annotations: ${annotations.join(', ')}`] : [])].join('; ') || 'nothing'
}

/** What retrying failed inputs comes to: all of a task's, or one. */
export function retried({ paused }: { paused: boolean }, one = false): string {
  return `${one ? 'The input runs' : 'The failed inputs run'} again${paused ? ' once the task is resumed' : ''}.`
}

/** What one is told, before the name of the task. */
export function notified({ kind, reviewer, labeler }: Pick<Notification, 'kind' | 'reviewer' | 'labeler'>): string {
  if (kind === 'finished') return 'Finished:'
  if (kind === 'failed') return 'Its model cannot run:'
  if (reviewer) return labeler ? 'You review and label in' : 'You are a reviewer of'
  return labeler ? 'You label in' : 'You had work in'
}

/** Percent while it runs, never 100 before all is done. */
export function percent(ledger: Ledger): number {
  if (ledger.inputs === 0) return 0
  const done = ledger.inputs - ledger.waiting
  return ledger.waiting > 0 ? Math.min(99, Math.floor((done / ledger.inputs) * 100)) : 100
}

export function progress(task: Ledger & { status: TaskStatus }): string {
  switch (task.status) {
    case 'complete':
      return 'Complete'
    case 'cancelled':
      return `Cancelled at ${percent(task)} %`
    case 'failed':
      return 'Cannot run'
    case 'paused':
      return `Paused at ${percent(task)} %`
    case 'waiting':
      return task.waiting === task.inputs ? 'Waiting to start' : `Waiting at ${percent(task)} %`
    case 'running':
      return `${percent(task)} %`
  }
}

/** What a task's annotations are, in one word. */
export const TYPE_WORDS: Record<string, string> = { class: 'classification', box: 'boxes', polygon: 'polygons', span: 'spans' }

export const PRIORITY_WORDS: Record<Priority, string> = { low: 'Low', medium: 'Medium', high: 'High' }

/** 100 only when none is left; a dash when none ever entered review. */
export function percentReviewed({ entered, reviewed }: { entered: number; reviewed: number }): string {
  if (entered === 0) return '–'
  return `${reviewed < entered ? Math.min(99, Math.floor((reviewed / entered) * 100)) : 100} %`
}

const MAKES: Record<string, string> = {
  class: 'says what an input is',
  box: 'draws boxes',
  polygon: 'draws outlines',
  span: 'marks words',
  embedding: 'measures likeness',
  text: 'writes text',
}

/** What a model does, from its card. */
export function says({ reads, makes }: { reads: readonly string[]; makes: string }): string {
  return `Reads ${reads.map((kind) => `${kind}s`).join(' and ')}, ${MAKES[makes] ?? `makes ${makes}`}`
}

const lists = new Intl.ListFormat('en')

/** What a workflow is made of; a model of its own, nothing. */
export function madeOf({ models }: { models: readonly string[] }): string {
  return models.length === 0 ? '' : `Workflow of ${lists.format(models)}`
}

/** The place after or before one in a list that goes round; from nowhere (-1) to its first or last. */
export function neighbour(at: number, by: 1 | -1, length: number): number {
  if (length === 0) return -1
  return at < 0 ? (by > 0 ? 0 : length - 1) : (at + by + length) % length
}

/** How long something takes, rounded as people say it. */
export function duration(seconds: number): string {
  if (seconds < 10) return 'a few seconds'
  if (seconds < 55) return `about ${Math.round(seconds / 10) * 10} s`
  if (seconds < 3500) return `about ${Math.max(1, Math.round(seconds / 60))} min`
  return `about ${Math.round(seconds / 360) / 10} h`
}

export function timeLeft(seconds: number): string {
  return `${duration(seconds)} left`
}

export function size(bytes: number): string {
  const [unit, by] = bytes < 1e6 ? (['kB', 1e3] as const) : bytes < 1e9 ? (['MB', 1e6] as const) : (['GB', 1e9] as const)
  return `${numbers.format(Math.max(0.1, Math.round(bytes / by * 10) / 10))} ${unit}`
}
