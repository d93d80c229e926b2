import { describe, expect, it } from 'vitest'

import type { Annotation, Region } from '../api/types'
import { added, begin, commit, duplicated, edited, flipped, type History, rebased, redo, removed, shaping, standing, ticked, tickedIds, undo } from './draft'

const region: Region = { kind: 'box', value: [0.1, 0.1, 0.4, 0.4] }
const moved: Region = { kind: 'box', value: [0.2, 0.1, 0.5, 0.4] }
const said = (id: number, status: Annotation['status'] = 'awaiting_review', more: Partial<Annotation> = {}): Annotation => ({
  id, task_id: 1, concept_id: 1, concept: 'shirt', present: true, region, score: 0.7, status, labeler: 'finder', ...more,
})
const given = [said(1), said(2, 'success'), said(3, 'rejected')]
const NOTHING = { edits: [], additions: [], deletions: [] }

function did(...steps: ((history: History) => History)[]): History {
  return steps.reduce((history, step) => step(history), begin(given))
}

describe('a draft', () => {
  it('starts ticked, with what is rejected left out, and says nothing is different', () => {
    expect(tickedIds(begin(given).draft)).toEqual([1, 2])
    expect(begin(given).draft.map(({ open }) => open)).toEqual([true, false, false])
    expect(shaping(begin(given))).toEqual(NOTHING)
  })

  it('tells edits, additions and deletions apart', () => {
    const history = did(
      (h) => commit(h, ticked(h.draft, new Set([1]), false)),
      (h) => commit(h, edited(h.draft, 1, { concept: 'pants' })),
      (h) => commit(h, edited(h.draft, 2, { region: moved })),
      (h) => commit(h, removed(h.draft, 3)),
      (h) => commit(h, duplicated(h.draft, 1, 'coat', 'Ana')),
      (h) => commit(h, added(h.draft, { concept: 'hat', region: null, labeler: 'Ana' })),
    )
    expect(shaping(history)).toEqual({
      edits: [{ id: 1, concept: 'pants' }, { id: 2, region: moved }],
      additions: [{ concept: 'coat', region }, { concept: 'hat' }],
      deletions: [3],
    })
    expect(tickedIds(history.draft)).toEqual([1, 2])
    expect(standing(history.draft).map(({ id }) => id)).toEqual([1, 2, -1, -2])
  })

  it('forgets what was added and deleted again, and what was moved there and back', () => {
    const history = did(
      (h) => commit(h, added(h.draft, { concept: 'hat', region, labeler: 'Ana' })),
      (h) => commit(h, removed(h.draft, -1)),
      (h) => commit(h, edited(h.draft, 1, { region: moved })),
      (h) => commit(h, edited(h.draft, 1, { region: { ...region } })),
    )
    expect(shaping(history)).toEqual(NOTHING)
  })

  it('says of the whole input by one key and takes it back by the same', () => {
    const once = did((h) => commit(h, flipped(h.draft, 'warm', 'Ana')))
    expect(shaping(once).additions).toEqual([{ concept: 'warm' }])
    expect(shaping(commit(once, flipped(once.draft, 'warm', 'Ana')))).toEqual(NOTHING)
  })
})

describe('undo and redo', () => {
  it('walk back and forth over every change', () => {
    const steps: ((h: History) => History)[] = [
      (h) => commit(h, edited(h.draft, 1, { region: moved })),
      (h) => commit(h, added(h.draft, { concept: 'hat', region, labeler: 'Ana' })),
      (h) => commit(h, removed(h.draft, -1)),
      (h) => commit(h, removed(h.draft, 2)),
      (h) => commit(h, ticked(h.draft, new Set([1, 3]), false)),
    ]
    const states = steps.reduce<History[]>((all, step) => [...all, step(all.at(-1) as History)], [begin(given)])
    let now = states.at(-1) as History
    for (const state of states.slice(0, -1).reverse()) {
      now = undo(now)
      expect(now.draft).toEqual(state.draft)
    }
    expect(undo(now)).toBe(now)
    for (const state of states.slice(1)) {
      now = redo(now)
      expect(now.draft).toEqual(state.draft)
    }
    expect(redo(now)).toBe(now)
  })

  it('take a key held down for one change, and forget what was undone when something else is done', () => {
    const once = did((h) => commit(h, edited(h.draft, 1, { region: moved }), 'move 1'))
    const twice = commit(once, edited(once.draft, 1, { region: { kind: 'box', value: [0.3, 0.1, 0.6, 0.4] } }), 'move 1')
    expect(twice.done).toHaveLength(1)
    const back = undo(twice)
    expect(back.draft).toEqual(begin(given).draft)
    expect(redo(back).draft).toEqual(twice.draft)
    expect(commit(back, removed(back.draft, 1)).undone).toEqual([])
    expect(commit(back, [])).toBe(back)
  })
})

describe('a draft of an input that somebody changed meanwhile', () => {
  const over = (fresh: readonly Annotation[], ...steps: ((history: History) => History)[]): History => rebased(did(...steps), fresh)

  it('is changed again where the person changed it, and as it came where they did not', () => {
    const later = over(
      [said(1, 'awaiting_review', { concept: 'coat' }), said(2, 'rejected'), said(3, 'rejected')],
      (h) => commit(h, edited(h.draft, 1, { region: moved })),
      (h) => commit(h, ticked(h.draft, new Set([3]), true)),
    )
    expect(later.draft.map(({ concept, region: at, ticked: on }) => [concept, at, on])).toEqual([['coat', moved, true], ['shirt', region, false], ['shirt', region, true]])
    expect(shaping(later)).toEqual({ ...NOTHING, edits: [{ id: 1, region: moved }] })
  })

  it('holds what was added and deleted, and is taken back as one', () => {
    const fresh = [said(1), said(2, 'success')]
    const later = over(
      fresh,
      (h) => commit(h, added(h.draft, { concept: 'hat', region, labeler: 'Ana' })),
      (h) => commit(h, removed(h.draft, 2)),
      (h) => commit(h, ticked(h.draft, new Set([1]), false)),
    )
    expect(shaping(later)).toEqual({ edits: [], additions: [{ concept: 'hat', region }], deletions: [2] })
    expect(tickedIds(later.draft)).toEqual([])
    expect(later.given).toBe(fresh)
    expect(undo(later)).toEqual({ ...begin(fresh), undone: later.done })
  })

  it('ticks what was edited though somebody rejected it', () => {
    expect(tickedIds(over([said(1, 'rejected')], (h) => commit(h, edited(h.draft, 1, { concept: 'coat' }))).draft)).toEqual([1])
  })

  it('leaves out what is gone, and what somebody added as well', () => {
    const hat = (h: History): History => commit(h, added(h.draft, { concept: 'hat', region, labeler: 'Ana' }))
    const edit = (h: History): History => commit(h, edited(h.draft, 1, { concept: 'coat' }))
    expect(over([said(4, 'success', { concept: 'hat' })], edit, hat).done).toEqual([])
    expect(shaping(over([said(4, 'rejected', { concept: 'hat' })], hat)).additions).toEqual([{ concept: 'hat', region }])
  })

  it('is a fresh one when nothing was changed', () => {
    const fresh = [said(1, 'success')]
    expect(over(fresh)).toEqual(begin(fresh))
  })
})
