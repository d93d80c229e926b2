import { describe, expect, it } from 'vitest'

import { type List, merged, pagesOf, without } from './inputs'
import type { Input } from './types'

const input = (id: number, name = `${id}.jpg`): Input => ({ id, kind: 'image', width: 1, height: 1, text: null, length: null, name, created_at: '', annotations: [] })
const page = (from: number, to: number, next: string | null) => ({ items: Array.from({ length: to - from }, (_, at) => input(from + at)), next })
const list: List = { pages: [page(1, 4, '3'), page(4, 7, '6'), page(7, 9, null)], pageParams: [null, '3', '6'] }
const ids = (one: List): number[] => one.pages.flatMap(({ items }) => items.map(({ id }) => id))

describe('lists of inputs', () => {
  it('are read again where somebody looks, and at their end', () => {
    expect(pagesOf(list, 0, 1)).toEqual([0, 2])
    expect(pagesOf(list, 2, 3)).toEqual([0, 1, 2])
    expect(pagesOf(list, 7, 7)).toEqual([2])
  })

  it('keep every input once when some are gone', () => {
    const now = merged(list, '3', { items: [input(4), input(6), input(7)], next: '7' })
    expect(ids(now)).toEqual([1, 2, 3, 4, 6, 7, 8])
    expect(now.pages[1]?.next).toBe('6')
  })

  it('grow at their end', () => {
    const now = merged(list, '6', { items: [input(7), input(8), input(9)], next: '9' })
    expect(ids(now)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(now.pages[2]?.next).toBe('9')
  })

  it('stay the same objects where nothing is new', () => {
    expect(merged(list, '3', page(4, 7, '6'))).toBe(list)
    const now = merged(list, '3', { items: [input(4), input(5, 'other.jpg'), input(6)], next: '6' })
    expect(now.pages[1]?.items[0]).toBe(list.pages[1]?.items[0])
    expect(now.pages[1]?.items[1]?.name).toBe('other.jpg')
    expect(merged(list, 'elsewhere', page(1, 2, null))).toBe(list)
  })

  it('forget what is deleted', () => {
    expect(ids(without(list, new Set([2, 8])))).toEqual([1, 3, 4, 5, 6, 7])
  })
})
