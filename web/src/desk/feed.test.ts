import { expect, it } from 'vitest'

import { at, current, empty, type Feed, loaded, moved, returned, wants, without } from './feed'

interface One {
  id: number
  seen?: number
}

const NONE = new Set<number>()
const page = (from: number, to: number, next: string | null) => ({ items: Array.from({ length: to - from + 1 }, (_, place) => ({ id: from + place })), next })
const ids = ({ items }: Feed<One>): number[] => items.map(({ id }) => id)
const start = (): Feed<One> => loaded(empty<One>(), page(1, 10, '10'), NONE)

it('asks for more while too few are ahead, until there are no more', () => {
  expect(wants(empty())).toBe(true)
  expect(wants(start())).toBe(false)
  const later = at(start(), 5)
  expect(wants(later)).toBe(true)
  const all = loaded(later, page(11, 12, null), NONE)
  expect(ids(all)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  expect(wants(at(all, 12))).toBe(false)
})

it('takes nothing twice, and nothing that was decided here', () => {
  expect(ids(loaded(start(), page(8, 14, '14'), new Set([12])))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14])
})

it('shows the next when one is decided, and at the end what was skipped', () => {
  const skipped = moved(loaded(empty<One>(), page(1, 3, null), NONE), 1)
  expect(current(without(skipped, 2))).toEqual({ id: 3 })
  expect(current(without(without(skipped, 2), 3))).toEqual({ id: 1 })
  expect(current(without(without(without(skipped, 2), 3), 1))).toBeNull()
  expect(current(without(at(skipped, 3), 1))).toEqual({ id: 3 })
  expect(without(skipped, 99)).toBe(skipped)
})

it('stays at its ends', () => {
  const feed = start()
  expect(moved(feed, -1)).toBe(feed)
  expect(moved(at(feed, 10), 1).at).toBe(9)
})

it('brings back what was undone, before what was ahead', () => {
  const feed = without(without(start(), 1), 2)
  expect(ids(returned(feed, { id: 1 }))).toEqual([1, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(current(returned(feed, { id: 1 }))).toEqual({ id: 1 })
  expect(current(returned(at(feed, 5), { id: 9, seen: 2 }))).toEqual({ id: 9, seen: 2 })
})
