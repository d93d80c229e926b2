import { expect, test } from 'vitest'

import type { Act } from '../api/types'
import { namesTask, told } from './acts'

function sentence(operation: string, detail: Act['detail'] = {}, more: Partial<Act> = {}): string {
  const { start, input, end } = told({ person: 'Ana', operation, detail, undone: false, input: null, ...more })
  return `${start}${input === null ? '' : `<${input}>`}${end}`
}

test('acts are told in plain words, and those without words of their own as they are', () => {
  expect(sentence('request_changes', { comment: 'No' })).toBe('Ana asked for changes of an input')
  expect(sentence('pause_task', { name: 'Shirts' })).toBe('Ana paused the task Shirts')
  expect(sentence('made_up', {}, { undone: true })).toBe('Ana made up, and took it back')
})

test('an act on an input names it, and one on many counts them', () => {
  const input = { input: 'coat.jpg' }
  expect(sentence('approve', {}, input)).toBe('Ana approved <coat.jpg>')
  expect(sentence('undo', {}, input)).toBe('Ana took a decision back on <coat.jpg>')
  expect(sentence('approve_all', { counts: { annotations: 12, inputs: 1, reviewed: 1 } })).toBe('Ana approved 12 annotations on 1 input')
})

test('a change says what was changed', () => {
  expect(sentence('change_member', { name: 'Cyd', role: 'reviewer', was: 'labeler' })).toBe('Ana made Cyd reviewer instead of labeler')
  expect(sentence('change_member', { name: 'Cyd', role: 'reviewer' })).toBe('Ana made Cyd reviewer')
  expect(sentence('invite_member', { name: 'Cyd', role: 'viewer' })).toBe('Ana invited Cyd as viewer')
  expect(sentence('edit_task', { name: 'Shirts', changed: { priority: ['low', 'high'], instructions: [], agree: [1, 2] } })).toBe('Ana changed the task Shirts: priority, instructions, votes that decide')
  expect(sentence('create_version', { dataset: 'photos', number: 2 })).toBe('Ana froze version 2 of photos')
})

test('what comes into a project and leaves it is counted', () => {
  expect(sentence('add_inputs', { inputs: 1200, dataset: 'shoes', dataset_id: 1, until: '2026-01-01' })).toBe('Ana added 1,200 inputs to shoes')
  expect(sentence('add_inputs', { inputs: 1 })).toBe('Ana added 1 input')
  expect(sentence('delete_inputs', { inputs: 3 })).toBe('Ana deleted 3 inputs')
  const place = { name: 'photos', dataset: 'shoes', dataset_id: 1 }
  expect(sentence('import_inputs', { ...place, inputs: 40, refused: 2, failed: false })).toBe('Ana imported photos into shoes: 40 inputs, 2 refused')
  expect(sentence('import_inputs', { ...place, inputs: 0, refused: 0, failed: true })).toBe('Ana could not import all of photos into shoes: 0 inputs, 0 refused')
})

test('what is done to a project is told without its number', () => {
  expect(sentence('add_model', { name: 'finder' })).toBe('Ana added the model finder')
  expect(sentence('rename_project', { name: 'Shop' })).toBe('Ana renamed the project to Shop')
  expect(sentence('archive_project')).toBe('Ana archived the project')
  expect(sentence('restore_project')).toBe('Ana took the project out of the archive')
})

test('a run tells its own', () => {
  const run = { person: null }
  expect(sentence('start_run', { model: 'finder', waiting: 1200 }, run)).toBe('finder started on 1,200 inputs')
  expect(sentence('finish_run', { model: 'finder', annotated: 3, empty: 1, failed: 0 }, run)).toBe('finder finished: 3 annotated, 1 empty, 0 failed')
  expect(sentence('fail_run', { model: 'finder', message: 'No card.' }, run)).toBe('finder cannot run: No card.')
})

test('an act on a task names it once', () => {
  expect(namesTask({ operation: 'apply_thresholds' })).toBe(true)
  expect(namesTask({ operation: 'approve' })).toBe(false)
})
