/** Regions of one concept that wait for oneself, the next screens at hand. */
import { useCallback, useEffect, useState } from 'react'

import { reviewCrops } from '../api/work'
import { empty, type Feed, loaded } from '../desk/feed'
import type { OneCrop, Screens } from './useScreens'

interface Given {
  project: number
  task: number
  concept: string
  /** How many are shown at once. */
  room: number
  screens: Screens
  /** Nothing is left; has to stay the same function. */
  over: () => void
}

interface Crops {
  items: readonly OneCrop[]
  ended: boolean
  error: Error | null
  /** Those that are decided by now are shown no more. */
  drop: () => void
  again: () => void
}

/** What came back is shown first; it is read anew by a component of its own, as is another concept. */
export function useCrops({ project, task, concept, room, screens, over }: Given): Crops {
  const { decided, ask, unsent, back } = screens
  const [feed, setFeed] = useState<Feed<OneCrop>>(() => ({ ...empty(), items: back?.concept === concept ? back.crops.filter(({ id }) => !decided.has(id)) : [] }))
  const [error, setError] = useState<Error | null>(null)

  const wanting = room > 0 && !feed.ended && feed.items.length < 2 * room
  useEffect(() => {
    if (!wanting || error !== null) return
    let here = true
    ask()
    reviewCrops(project, task, concept, feed.next).then(
      ({ items, next }) => {
        if (here) setFeed((before) => loaded(before, { items: items.map((one) => ({ ...one, id: one.annotation_id })), next }, decided))
      },
      (fault: Error) => here && setError(fault),
    )
    return () => {
      here = false
    }
  }, [project, task, concept, wanting, error, feed.next, decided, ask])

  const done = feed.ended && feed.items.length === 0 && !unsent
  useEffect(() => {
    if (done) over()
  }, [done, over])

  const drop = useCallback(() => setFeed((before) => ({ ...before, items: before.items.filter(({ id }) => !decided.has(id)) })), [decided])
  const again = useCallback(() => {
    setError(null)
    setFeed((before) => ({ ...before, next: null, ended: false }))
  }, [])
  return { items: feed.items, ended: feed.ended, error, drop, again }
}
