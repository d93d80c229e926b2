import { useCallback, useMemo, useState } from 'react'

import type { WorkInput } from '../api/work'
import { begin, type History } from '../work/draft'

interface Drafts {
  history: History
  change: (change: (history: History) => History) => void
  /** The draft of an input is done with. */
  forget: (id: number) => void
  /** The draft of an input is as it was before. */
  restore: (id: number, history: History) => void
}

/** The draft of the input that is shown; those of inputs one has only looked away from are kept. */
export function useDrafts(input: WorkInput): Drafts {
  const [drafts, setDrafts] = useState<ReadonlyMap<number, History>>(new Map())
  const history = useMemo(() => current(drafts, input), [drafts, input])
  const change = useCallback(
    (how: (history: History) => History) =>
      setDrafts((before) => {
        const was = current(before, input)
        const now = how(was)
        return now === was ? before : new Map(before).set(input.id, now)
      }),
    [input],
  )
  const forget = useCallback(
    (id: number) =>
      setDrafts((before) => {
        const now = new Map(before)
        return now.delete(id) ? now : before
      }),
    [],
  )
  const restore = useCallback((id: number, was: History) => setDrafts((before) => new Map(before).set(id, was)), [])
  return { history, change, forget, restore }
}

/** A draft of an input that has changed meanwhile is of no use. */
function current(drafts: ReadonlyMap<number, History>, input: WorkInput): History {
  const kept = drafts.get(input.id)
  return kept?.given === input.annotations ? kept : begin(input.annotations)
}
