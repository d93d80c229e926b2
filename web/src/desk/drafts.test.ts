import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { added, begin, commit, type Given, type History, ticked, undo } from './draft'
import { drafted, Drafts } from './drafts'

const given = (id: number): Given => ({ id, task_id: 1, concept_id: 1, concept: 'shirt', present: true, region: null, score: 0.6, status: 'awaiting_review', labeler: 'finder' })
const input = (id: number) => ({ id, annotations: [given(10 * id), given(10 * id + 1)] })
const untick = (history: History): History => commit(history, ticked(history.draft, new Set([history.draft[0]?.id ?? 0]), false))

beforeEach(() => {
  localStorage.clear()
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

describe('drafts', () => {
  it('are there after a reload, laid over what the input is by then', () => {
    const drafts = new Drafts('1-review-7', localStorage)
    drafts.change(input(1), untick)
    drafts.change(input(1), (history) => commit(history, added(history.draft, { concept: 'hat', region: null, labeler: 'Ana' })))
    vi.runAllTimers()
    const later = new Drafts('1-review-7', localStorage)
    const now = { id: 1, annotations: [given(10), given(11), given(12)] }
    const { draft } = drafted(later.kept, now)
    expect(draft.map(({ id, concept, ticked: on }) => [id, concept, on])).toEqual([[10, 'shirt', false], [11, 'shirt', true], [12, 'shirt', true], [-1, 'hat', true]])
    expect(later.begun()).toEqual([1])
  })

  it('belong to one person, page and task', () => {
    const drafts = new Drafts('1-review-7', localStorage)
    drafts.change(input(1), untick)
    drafts.save()
    for (const place of ['2-review-7', '1-label-7', '1-review-77']) expect(new Drafts(place, localStorage).kept.size).toBe(0)
  })

  it('are gone when they are done with, or all is undone', () => {
    const drafts = new Drafts('1-review-7', localStorage)
    for (const id of [1, 2]) drafts.change(input(id), untick)
    drafts.save()
    expect(localStorage.length).toBe(2)
    drafts.forget(1)
    drafts.change(input(2), undo)
    expect(drafts.begun()).toEqual([])
    drafts.save()
    expect(localStorage.length).toBe(0)
  })

  it('are told of, and stay the same map until one changes', () => {
    const drafts = new Drafts('1-review-7', localStorage)
    const heard = vi.fn()
    drafts.watch(heard)
    const before = drafts.kept
    drafts.change(input(1), (history) => history)
    expect(drafts.kept).toBe(before)
    expect(heard).not.toHaveBeenCalled()
    drafts.change(input(1), untick)
    expect(drafts.kept).not.toBe(before)
    expect(heard).toHaveBeenCalledTimes(1)
  })

  it('say so when the browser has no room, and are tried again', () => {
    let room = false
    const storage = Object.create(localStorage, {
      length: { get: () => localStorage.length },
      removeItem: { value: (name: string) => localStorage.removeItem(name) },
      setItem: {
        value: (name: string, value: string) => {
          if (!room) throw new DOMException('full', 'QuotaExceededError')
          localStorage.setItem(name, value)
        },
      },
    }) as Storage
    const drafts = new Drafts('1-review-7', storage)
    drafts.change(input(1), untick)
    expect(drafts.save()).toBe(false)
    room = true
    expect(drafts.save()).toBe(true)
    expect(new Drafts('1-review-7', localStorage).begun()).toEqual([1])
  })

  it('are written down without what nobody changed', () => {
    const crowd = { id: 1, annotations: Array.from({ length: 5000 }, (_, at) => given(at + 1)) }
    const drafts = new Drafts('1-review-7', localStorage)
    drafts.change(crowd, untick)
    drafts.save()
    expect(localStorage.getItem('labelmill-draft-1-review-7-1')?.length).toBeLessThan(1000)
    const later = new Drafts('1-review-7', localStorage)
    expect(later.begun()).toEqual([1])
    const { draft } = drafted(later.kept, crowd)
    expect(draft.length).toBe(5000)
    expect(draft.filter(({ ticked: on }) => !on).map(({ id }) => id)).toEqual([1])
  })

  it('begin with what is given', () => {
    const { annotations } = input(1)
    expect(drafted(new Map(), input(1)).draft).toEqual(begin(annotations).draft)
  })
})
