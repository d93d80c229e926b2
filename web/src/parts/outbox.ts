import { useCallback, useEffect, useSyncExternalStore } from 'react'

import { useMe } from '../api/queries'
import { request } from '../api/request'
import { type Heard, Outbox, type Unsaved } from '../desk/unsaved'
import { painted } from './painted'
import { draftsAt } from './useDrafts'
import { tellFault } from './states'

let open: { person: number; outbox: Outbox } | null = null

/** What one person has decided and the server has not heard; it begins to send what an earlier page left. */
export function outboxOf(person: number): Outbox {
  if (open?.person === person) return open.outbox
  open?.outbox.close()
  const outbox = new Outbox(
    person,
    localStorage,
    (path, body) => painted().then(() => request('POST', path, body)),
    ({ name }, fault) => tellFault(new Error(`What you decided on ${name} was not kept: ${fault.message}`)),
    ({ page, task, input }) => draftsAt(person, page, task).forget(input),
  )
  open = { person, outbox }
  void outbox.flush()
  return outbox
}

window.addEventListener('online', () => void open?.outbox.flush())
// the browser asks whether to lose it
window.addEventListener('beforeunload', (event) => open?.outbox.fragile === true && event.preventDefault())

/** The outbox of who is signed in, and what waits in it; `heard` has to stay the same object. */
export function useOutbox(heard?: Heard): { outbox: Outbox; waiting: readonly Unsaved[] } {
  const me = useMe().data
  if (me === undefined) throw new Error('nobody is signed in')
  const outbox = outboxOf(me.id)
  useEffect(() => (heard === undefined ? undefined : outbox.hear(heard)), [outbox, heard])
  const watch = useCallback((watcher: () => void) => outbox.watch(watcher), [outbox])
  const waiting = useSyncExternalStore(watch, () => outbox.waiting)
  return { outbox, waiting }
}
