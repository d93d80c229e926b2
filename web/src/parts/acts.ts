import type { Act } from '../api/types'

/** What each operation is called where acts are listed. One that is not here is shown as it is. */
const DOES: Record<string, string> = {
  approve: 'approved an input',
  reject: 'rejected an input',
  request_changes: 'asked for changes of an input',
  submit: 'labeled an input',
  decide: 'decided annotations',
  approve_all: 'approved many annotations',
  reject_all: 'rejected many annotations',
  undo: 'took a decision back',
  create_task: 'made the task',
  edit_task: 'changed the task',
  pause_task: 'paused the task',
  resume_task: 'resumed the task',
  cancel_task: 'cancelled the task',
  retry_task: 'had what failed run again in the task',
  apply_thresholds: 'gave other thresholds to the task',
  delete_task: 'deleted the task',
  create_version: 'froze a version',
  delete_version: 'deleted a version',
  create_dataset: 'made the dataset',
  rename_dataset: 'renamed a dataset to',
  delete_dataset: 'deleted the dataset',
  create_concept: 'made the concept',
  rename_concept: 'renamed a concept to',
  delete_concept: 'deleted the concept',
  invite_member: 'invited',
  change_member: 'gave another role to',
  remove_member: 'took out of the project',
}

/** "Ana made the dataset Spring", as a sentence without its end. */
export function told({ person, operation, detail, undone }: Pick<Act, 'person' | 'operation' | 'detail' | 'undone'>): string {
  const name = detail['name']
  const what = typeof name === 'string' && name !== '' ? ` ${name}` : ''
  return `${person} ${DOES[operation] ?? operation.replaceAll('_', ' ')}${what}${undone ? ', and took it back' : ''}`
}

/** Whether the sentence names the task already. */
export function namesTask({ operation }: Pick<Act, 'operation'>): boolean {
  return operation.endsWith('_task') || operation === 'apply_thresholds'
}
