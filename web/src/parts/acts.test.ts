import { expect, test } from 'vitest'

import { told } from './acts'

test('acts are told in plain words, and those without words of their own as they are', () => {
  expect(told({ person: 'Ana', operation: 'request_changes', undone: false })).toBe('Ana asked for changes of an input')
  expect(told({ person: 'Ben', operation: 'task_paused', undone: true })).toBe('Ben task paused, and took it back')
})
