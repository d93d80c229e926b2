import type { Act } from '../api/types'
import { many, whole } from './words'

type Detail = Act['detail']

/** What each operation on an input is called; which one follows. */
const ON_INPUT: Record<string, string> = {
  approve: 'approved',
  reject: 'rejected',
  request_changes: 'asked for changes of',
  submit: 'labeled',
}

/** What each other operation is called where acts are listed. One that is not here is shown as it is. */
const DOES: Record<string, (detail: Detail) => string> = {
  decide: (detail) => `decided ${annotations(detail)}`,
  approve_all: (detail) => `approved ${annotations(detail)}`,
  reject_all: (detail) => `rejected ${annotations(detail)}`,
  undo: () => 'took a decision back',
  create_task: named('made the task'),
  edit_task: (detail) => `changed the task${word(detail, 'name')}${listed(Object.keys((detail['changed'] ?? {}) as object))}`,
  pause_task: named('paused the task'),
  resume_task: named('resumed the task'),
  cancel_task: named('cancelled the task'),
  retry_task: named('had what failed run again in the task'),
  apply_thresholds: named('gave other thresholds to the task'),
  delete_task: named('deleted the task'),
  create_version: (detail) => `froze version${word(detail, 'number')} of${word(detail, 'dataset')}`,
  delete_version: (detail) => `deleted version${word(detail, 'number')}`,
  add_inputs: (detail) => `added ${many(number(detail, 'inputs'), 'input')}${detail['dataset'] === undefined ? '' : ` to${word(detail, 'dataset')}`}`,
  import_inputs: (detail) => `${detail['failed'] === true ? 'could not import all of' : 'imported'}${word(detail, 'name')} into${word(detail, 'dataset')}: ${many(number(detail, 'inputs'), 'input')}, ${whole(number(detail, 'refused'))} refused`,
  delete_inputs: (detail) => `deleted ${many(number(detail, 'inputs'), 'input')}`,
  add_model: named('added the model'),
  rename_project: named('renamed the project to'),
  archive_project: () => 'archived the project',
  restore_project: () => 'took the project out of the archive',
  create_dataset: named('made the dataset'),
  rename_dataset: named('renamed a dataset to'),
  delete_dataset: named('deleted the dataset'),
  create_concept: named('made the concept'),
  rename_concept: named('renamed a concept to'),
  delete_concept: named('deleted the concept'),
  invite_member: (detail) => `invited${word(detail, 'name')} as${word(detail, 'role')}`,
  change_member: (detail) => `made${word(detail, 'name')}${word(detail, 'role')}${detail['was'] === undefined ? '' : ` instead of${word(detail, 'was')}`}`,
  remove_member: (detail) => `took${word(detail, 'name')} out of the project`,
  start_run: (detail) => `started on ${many(number(detail, 'waiting'), 'input')}`,
  finish_run: (detail) => `finished: ${(['annotated', 'empty', 'failed'] as const).map((outcome) => `${whole(number(detail, outcome))} ${outcome}`).join(', ')}`,
  fail_run: (detail) => `cannot run:${word(detail, 'message')}`,
}

/** What a task's fields are called. */
const FIELDS: Record<string, string> = { checked: 'second look at what is submitted', agree: 'votes that decide' }

/** "Ana approved photo.jpg": a sentence without its end, around the input that it is of, if any. */
export interface Told {
  start: string
  /** The name of an input that is there. */
  input: string | null
  end: string
}

export function told({ person, operation, detail, undone, input }: Pick<Act, 'person' | 'operation' | 'detail' | 'undone' | 'input'>): Told {
  const does = ON_INPUT[operation] ?? DOES[operation]?.(detail) ?? named(operation.replaceAll('_', ' '))(detail)
  const who = person ?? word(detail, 'model').trim()
  const object = ON_INPUT[operation] === undefined ? (input === null ? '' : ' on ') : input === null ? ' an input' : ' '
  return { start: `${who} ${does}${object}`, input, end: undone ? ', and took it back' : '' }
}

/** Whether the sentence names the task already. */
export function namesTask({ operation }: Pick<Act, 'operation'>): boolean {
  return operation.endsWith('_task') || operation === 'apply_thresholds'
}

function named(does: string): (detail: Detail) => string {
  return (detail) => `${does}${word(detail, 'name')}`
}

/** With a blank before it; nothing where it is not told. */
function word(detail: Detail, key: string): string {
  const said = detail[key]
  return (typeof said === 'string' && said !== '') || typeof said === 'number' ? ` ${said}` : ''
}

function number(detail: Detail, key: string): number {
  const said = detail[key]
  return typeof said === 'number' ? said : 0
}

function annotations(detail: Detail): string {
  const counts = detail['counts'] as { annotations: number; inputs: number } | undefined
  return counts === undefined ? 'many annotations' : `${many(counts.annotations, 'annotation')} on ${many(counts.inputs, 'input')}`
}

function listed(fields: readonly string[]): string {
  return fields.length === 0 ? '' : `: ${fields.map((field) => FIELDS[field] ?? field).join(', ')}`
}
