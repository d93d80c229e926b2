import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'

import { useMe } from '../api/queries'
import type { WorkInput } from '../api/work'
import type { History } from '../desk/draft'
import { drafted, Drafts } from '../desk/drafts'
import type { WorkPage } from '../desk/unsaved'

const open = new Map<string, Drafts>()

export function draftsAt(person: number, page: WorkPage, task: number): Drafts {
  const place = `${person}-${page}-${task}`
  const drafts = open.get(place) ?? new Drafts(place, localStorage)
  open.set(place, drafts)
  return drafts
}

/** What who is signed in has begun in a task and not decided yet, from one look at the page to the next. */
export function useDrafts(page: WorkPage, task: number): Drafts {
  const me = useMe().data?.id
  if (me === undefined) throw new Error('nobody is signed in')
  const drafts = draftsAt(me, page, task)
  useEffect(() => {
    const leave = (event: BeforeUnloadEvent): void => {
      if (!drafts.save()) event.preventDefault() // the browser asks whether to lose it
    }
    window.addEventListener('beforeunload', leave)
    window.addEventListener('pagehide', drafts.save)
    return () => {
      window.removeEventListener('beforeunload', leave)
      window.removeEventListener('pagehide', drafts.save)
    }
  }, [drafts])
  return drafts
}

/** The draft of the input that is shown. */
export function useDraft(drafts: Drafts, input: WorkInput): { history: History; change: (how: (history: History) => History) => void } {
  const kept = useSyncExternalStore(drafts.watch, () => drafts.kept)
  const { change } = drafts
  return { history: useMemo(() => drafted(kept, input), [kept, input]), change: useCallback((how) => change(input, how), [change, input]) }
}
