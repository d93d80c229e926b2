import type { InfiniteData } from '@tanstack/react-query'
import { beforeEach, expect, it } from 'vitest'

import { client } from './client'
import { isKnown, put } from './heads'
import type { Page, Task, TaskHead } from './types'

const FOUND = ['tasks', 1, 'found', {}]
const head = (id: number, more: Partial<TaskHead>): TaskHead => ({ id, status: 'running', annotated: 0, last_act: null, ...more }) as TaskHead
const listed = (): TaskHead[] => client.getQueryData<InfiniteData<Page<TaskHead>>>(FOUND)?.pages.flatMap(({ items }) => items) ?? []
const read = (): Task | undefined => client.getQueryData<Task>(['tasks', 1, 7])

beforeEach(() => {
  const cancelled = head(7, { status: 'cancelled', annotated: 2, last_act: 12 })
  client.clear()
  client.setQueryData(FOUND, { pages: [{ items: [cancelled, head(6, { last_act: 3 })], next: null }], pageParams: [null] })
  client.setQueryData(['tasks', 1, 7], cancelled)
})

it('shows at once what an event tells, in the list and on the page of the task', () => {
  const now = head(7, { status: 'cancelled', annotated: 3, last_act: 12 })
  put(1, now)
  expect(listed()).toEqual([now, head(6, { last_act: 3 })])
  expect(read()).toEqual(now)
  expect(isKnown(1, now)).toBe(true)
})

it.each([11, null])('keeps what was read after an act when an event tells of before it (%s)', (last_act) => {
  const before = head(7, { status: 'running', annotated: 1, last_act })
  put(1, before)
  expect(listed()[0]).toMatchObject({ status: 'cancelled', annotated: 2, last_act: 12 })
  expect(read()).toMatchObject({ status: 'cancelled', last_act: 12 })
  expect(isKnown(1, before)).toBe(false) // so it is read again
})

it('takes what was done after what was read', () => {
  put(1, head(7, { status: 'running', annotated: 2, last_act: 13 }))
  expect(listed()[0]).toMatchObject({ status: 'running', last_act: 13 })
  expect(read()).toMatchObject({ status: 'running', last_act: 13 })
})
