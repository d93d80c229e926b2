import { describe, expect, it } from 'vitest'

import type { TaskHead } from '../api/types'
import { NEWEST_FIRST, readOrder, sorted, turned } from './sorting'
import { percentReviewed } from './words'

const task = (id: number, name: string, entered: number, reviewed: number, priority: TaskHead['priority'] = 'medium') =>
  ({ id, name, entered, reviewed, priority, inputs: 4, waiting: 0 }) as TaskHead

const TASKS = [task(3, 'task 10', 4, 2), task(2, 'Task 9', 0, 0, 'high'), task(1, 'task 1', 4, 4)]
const ids = (said: string): number[] => sorted(TASKS, readOrder(said)).map(({ id }) => id)

describe('the order of tasks', () => {
  it('reads names as people do, and numbers as numbers', () => {
    expect(ids('name')).toEqual([1, 2, 3])
    expect(ids('-reviewed')).toEqual([1, 3, 2])
    expect(ids('-priority')).toEqual([2, 3, 1])
  })

  it('is the newest first unless an address says otherwise', () => {
    expect(readOrder(null)).toEqual(NEWEST_FIRST)
    expect(readOrder('-nonsense')).toEqual(NEWEST_FIRST)
    expect(sorted(TASKS, NEWEST_FIRST).map(({ id }) => id)).toEqual([3, 2, 1])
  })

  it('turns round with another click', () => {
    expect(turned(NEWEST_FIRST, 'name')).toBe('name')
    expect(turned({ by: 'name', down: false }, 'name')).toBe('-name')
    expect(turned({ by: 'name', down: false }, 'inputs')).toBe('-inputs')
  })

  it('says 100 only when none is left to review, and nothing when none was to', () => {
    expect([percentReviewed(TASKS[1] as TaskHead), percentReviewed({ entered: 1000, reviewed: 999 }), percentReviewed({ entered: 3, reviewed: 3 })]).toEqual(['–', '99 %', '100 %'])
  })
})
