import { useCallback, useEffect, useMemo, useState } from 'react'

import type { WorkInput } from '../api/work'
import { begin, type History, rebased } from '../work/draft'

type How = (history: History) => History

export interface Drafts {
  /** By the input's id: those that were begun. */
  kept: ReadonlyMap<number, History>
  change: (input: WorkInput, how: How) => void
  /** The draft of an input is done with. */
  forget: (id: number) => void
  /** The draft of an input is as it was before. */
  restore: (id: number, history: History) => void
}

/** What a person has begun on the inputs of a page and not decided yet. */
export function useDrafts(): Drafts {
  const [kept, setKept] = useState<ReadonlyMap<number, History>>(new Map())
  const change = useCallback(
    (input: WorkInput, how: How) =>
      setKept((before) => {
        const was = current(before, input)
        const now = how(was)
        return now === was ? before : new Map(before).set(input.id, now)
      }),
    [],
  )
  const forget = useCallback(
    (id: number) =>
      setKept((before) => {
        const now = new Map(before)
        return now.delete(id) ? now : before
      }),
    [],
  )
  const restore = useCallback((id: number, was: History) => setKept((before) => new Map(before).set(id, was)), [])
  return useMemo(() => ({ kept, change, forget, restore }), [kept, change, forget, restore])
}

/** The draft of the input that is shown. */
export function useDraft({ kept, change }: Drafts, input: WorkInput): { history: History; change: (how: How) => void } {
  return { history: useMemo(() => current(kept, input), [kept, input]), change: useCallback((how) => change(input, how), [change, input]) }
}

/** A draft of an input that has changed meanwhile is laid over what it is now. */
function current(kept: ReadonlyMap<number, History>, input: WorkInput): History {
  const one = kept.get(input.id)
  if (one === undefined) return begin(input.annotations)
  return one.given === input.annotations ? one : rebased(one, input.annotations)
}

/** The browser asks before it leaves the page, while something would be lost by it. */
export function useLeaveWarning(loses: boolean): void {
  useEffect(() => {
    if (!loses) return
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [loses])
}
