import { expect, test } from 'vitest'

import { namesTask, told } from './acts'

test('acts are told in plain words, and those without words of their own as they are', () => {
  expect(told({ person: 'Ana', operation: 'request_changes', detail: { comment: 'No' }, undone: false })).toBe('Ana asked for changes of an input')
  expect(told({ person: 'Ana', operation: 'pause_task', detail: { name: 'Shirts' }, undone: false })).toBe('Ana paused the task Shirts')
  expect(told({ person: 'Ben', operation: 'made_up', detail: {}, undone: true })).toBe('Ben made up, and took it back')
})

test('an act on a task names it once', () => {
  expect(namesTask({ operation: 'apply_thresholds' })).toBe(true)
  expect(namesTask({ operation: 'approve' })).toBe(false)
})
