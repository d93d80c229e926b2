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
}

/** "Ana approved an input", as a sentence without its end. */
export function told({ person, operation, undone }: Pick<Act, 'person' | 'operation' | 'undone'>): string {
  return `${person} ${DOES[operation] ?? operation.replaceAll('_', ' ')}${undone ? ', and took it back' : ''}`
}
