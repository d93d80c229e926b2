/**
 * What a person is about to decide on one input, pure: how each annotation would then stand. Every change is a set of
 * pairs, before and after, so that it can be taken back and done again.
 */
import type { Annotation, Region, Status } from '../api/types'
import type { WorkAnnotation } from '../api/work'

/** As it came: votes are told where reviewers vote. */
export type Given = Annotation & Partial<Pick<WorkAnnotation, 'vote' | 'votes'>>

/** One annotation as it would stand; ids below 0 are new ones. */
export type Drafted = Given & {
  /** It waits for a decision. */
  open: boolean
  ticked: boolean
  gone: boolean
}

export type Draft = readonly Drafted[]

export interface Change {
  before: Drafted | null
  after: Drafted | null
}

interface Step {
  changes: readonly Change[]
  tag: string | undefined
}

export interface History {
  draft: Draft
  /** As it came from the server. */
  given: readonly Given[]
  done: readonly Step[]
  undone: readonly Step[]
}

const OPEN: readonly Status[] = ['awaiting_review', 'awaiting_consensus_review', 'pending']

/** All start ticked, but for what is rejected already, by all or in one's own vote. */
export function begin(given: readonly Given[]): History {
  const draft = given.map((one) => ({ ...one, open: OPEN.includes(one.status), ticked: one.status !== 'rejected' && one.vote !== false, gone: false }))
  return { draft, given, done: [], undone: [] }
}

/**
 * A draft laid over an input that has changed meanwhile, as one step: what the person changed and is still there is changed
 * again, what they added is added unless somebody has; all else is as it came.
 */
export function rebased(history: History, given: readonly Given[]): History {
  const fresh = begin(given)
  const were = new Map(begin(history.given).draft.map((one) => [one.id, one]))
  const changes = history.draft.flatMap((after): Change[] => {
    const was = were.get(after.id)
    if (was === undefined) return fresh.draft.some((one) => one.status !== 'rejected' && says(one, after)) ? [] : [{ before: null, after }]
    const before = find(fresh.draft, after.id)
    const made = changed(was, after)
    return before === undefined || Object.keys(made).length === 0 ? [] : [{ before, after: { ...before, ...made } }]
  })
  return commit(fresh, changes)
}

/** What a person made of one annotation. */
function changed(was: Drafted, { concept, region, ticked, gone }: Drafted): Partial<Drafted> {
  const shaped = { ...(concept === was.concept ? {} : { concept }), ...(alike(region, was.region) ? {} : { region }) }
  const said = ticked !== was.ticked || Object.keys(shaped).length > 0 ? { ticked } : {}
  return { ...shaped, ...said, ...(gone ? { gone } : {}) }
}

/** No more of it than what `rebased` needs: what the person changed or added, as one step that nothing is known of. */
export function condensed({ draft, given, done }: History): History {
  const were = new Map(begin(given).draft.map((one) => [one.id, one]))
  const kept = draft.filter((one) => {
    const was = were.get(one.id)
    return was === undefined || Object.keys(changed(was, one)).length > 0
  })
  const ids = new Set(kept.map(({ id }) => id))
  return { draft: kept, given: given.filter(({ id }) => ids.has(id)), done: done.length === 0 ? [] : [{ changes: [], tag: undefined }], undone: [] }
}

/** Steps with the same tag that follow one another are taken back as one: an arrow key held down is one move. */
export function commit(history: History, changes: readonly Change[], tag?: string): History {
  if (changes.length === 0) return history
  const last = history.done.at(-1)
  const joined = tag !== undefined && last?.tag === tag ? { changes: joint(last.changes, changes), tag } : null
  const done = joined === null ? [...history.done, { changes, tag }] : [...history.done.slice(0, -1), joined]
  return { ...history, draft: applied(history.draft, changes), done, undone: [] }
}

export function undo(history: History): History {
  const step = history.done.at(-1)
  if (step === undefined) return history
  const back = step.changes.map(({ before, after }) => ({ before: after, after: before })).reverse()
  return { ...history, draft: applied(history.draft, back), done: history.done.slice(0, -1), undone: [...history.undone, step] }
}

export function redo(history: History): History {
  const step = history.undone.at(-1)
  if (step === undefined) return history
  return { ...history, draft: applied(history.draft, step.changes), done: [...history.done, step], undone: history.undone.slice(0, -1) }
}

function applied(draft: Draft, changes: readonly Change[]): Draft {
  let now = draft
  for (const { before, after } of changes) {
    if (before === null && after !== null) now = [...now, after]
    else if (before !== null) now = now.flatMap((one) => (one.id !== before.id ? [one] : after === null ? [] : [after]))
  }
  return now
}

function joint(first: readonly Change[], then: readonly Change[]): Change[] {
  const later = new Map(then.flatMap((one) => (one.before === null ? [] : [[one.before.id, one.after] as const])))
  return first.map((one) => (one.after !== null && later.has(one.after.id) ? { ...one, after: later.get(one.after.id) ?? null } : one))
}

/** What is shown and decided: all but what was deleted. */
export function standing(draft: Draft): Drafted[] {
  return draft.filter(({ gone }) => !gone)
}

export function find(draft: Draft, id: number | null): Drafted | undefined {
  return id === null ? undefined : draft.find((one) => one.id === id && !one.gone)
}

/** Another concept or region; what somebody takes the trouble to edit is ticked. */
export function edited(draft: Draft, id: number, to: { concept?: string; region?: Region }): Change[] {
  const before = find(draft, id)
  return before === undefined ? [] : [{ before, after: { ...before, ...to, ticked: true } }]
}

export function ticked(draft: Draft, ids: ReadonlySet<number>, to: boolean): Change[] {
  return standing(draft).flatMap((before) => (ids.has(before.id) && before.ticked !== to ? [{ before, after: { ...before, ticked: to } }] : []))
}

export function removed(draft: Draft, id: number): Change[] {
  const before = find(draft, id)
  return before === undefined ? [] : [{ before, after: before.id < 0 ? null : { ...before, gone: true } }]
}

/** `labeler`: who adds it. */
export function added(draft: Draft, made: { concept: string; region: Region | null; labeler: string; score?: number | null }): Change[] {
  const id = Math.min(0, ...draft.map((one) => one.id)) - 1
  const after: Drafted = {
    id, task_id: 0, concept_id: 0, present: true, status: 'success', open: false, ticked: true, gone: false, score: null, ...made,
  }
  return [{ before: null, after }]
}

/** The same region said of another concept. */
export function duplicated(draft: Draft, id: number, concept: string, labeler: string): Change[] {
  const one = find(draft, id)
  return one === undefined ? [] : added(draft, { concept, region: one.region, labeler })
}

/** Says a concept of the whole input, or takes it back when it is said already. */
export function flipped(draft: Draft, concept: string, labeler: string): Change[] {
  const said = standing(draft).find((one) => one.region === null && one.concept === concept)
  return said === undefined ? added(draft, { concept, region: null, labeler }) : removed(draft, said.id)
}

export interface Shaping {
  edits: { id: number; concept?: string; region?: Region }[]
  additions: { concept: string; region?: Region }[]
  deletions: number[]
}

/** How the draft differs from what was given, whatever way it came about. */
export function shaping({ draft, given }: History): Shaping {
  const were = new Map(given.map((one) => [one.id, one]))
  const made: Shaping = { edits: [], additions: [], deletions: [] }
  for (const { id, concept, region, gone } of draft) {
    const was = were.get(id)
    const placed = region === null ? {} : { region }
    if (was === undefined) made.additions.push({ concept, ...placed })
    else if (gone) made.deletions.push(id)
    else if (concept !== was.concept || !alike(region, was.region))
      made.edits.push({ id, ...(concept === was.concept ? {} : { concept }), ...(alike(region, was.region) ? {} : placed) })
  }
  return made
}

/** The ids that stand ticked, of those that the server knows. */
export function tickedIds(draft: Draft): number[] {
  return standing(draft).flatMap(({ id, ticked: on }) => (id > 0 && on ? [id] : []))
}

function says(one: Drafted, other: Drafted): boolean {
  return one.concept === other.concept && alike(one.region, other.region)
}

function alike(one: Region | null, other: Region | null): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
