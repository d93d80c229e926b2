/** Regions of one concept that wait for oneself, screen after screen; decisions are sent behind one's back. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'

import type { Fault } from '../api/request'
import { type Crop, type DecidedMany, freshKey, type Progress, reviewCrops, reviewPage, taskPath, undoActivity } from '../api/work'
import { empty, type Feed, loaded } from '../work/feed'
import type { Unsaved } from '../work/unsaved'
import { useOutbox } from './outbox'
import { tell, tellFault } from './states'
import { many } from './words'

export type OneCrop = Crop & { id: number }

interface Made {
  key: string
  crops: readonly OneCrop[]
  wrong: ReadonlySet<number>
  activity: number | null
}

interface Given {
  project: number
  task: number
  concept: string
  /** How many are shown at once. */
  room: number
  /** Nothing is left; has to stay the same function. */
  over: () => void
}

interface Crops {
  items: readonly OneCrop[]
  ended: boolean
  error: Error | null
  progress: Progress | null
  decide: (crops: readonly OneCrop[], wrong: ReadonlySet<number>) => void
  /** Resolves to what was marked wrong then, or null when it could not be taken back. */
  undoLast: (() => Promise<ReadonlySet<number> | null>) | null
  again: () => void
  renew: () => void
}

export function useCrops({ project, task, concept, room, over }: Given): Crops {
  const [feed, setFeed] = useState<Feed<OneCrop>>(empty)
  const [error, setError] = useState<Error | null>(null)
  const [progress, setProgress] = useState<Progress | null>(null)
  const [made, setMade] = useState<readonly Made[]>([])
  const decided = useRef(new Set<number>())

  const again = useCallback(() => {
    setError(null)
    setFeed((before) => ({ ...before, next: null, ended: false }))
  }, [])
  const heard = useMemo(
    () => ({
      page: 'grid' as const,
      task,
      saved: (one: Unsaved, answer: unknown) => {
        const { activity_id, progress: now, stale } = answer as DecidedMany
        setProgress(now)
        setMade((before) => before.map((other) => (other.key === one.key ? { ...other, activity: activity_id } : other)))
        if (stale.length > 0) tell(`${many(stale.length, 'region')} had been decided by somebody else already.`)
      },
      refused: (one: Unsaved, fault: Fault) => {
        tellFault(new Error(`Your decision on ${one.name} was not kept: ${fault.message}`))
        const body = one.body as { accept: number[]; reject: number[] }
        for (const id of [...body.accept, ...body.reject]) decided.current.delete(id)
        setMade((before) => before.filter(({ key }) => key !== one.key))
        again()
      },
    }),
    [task, again],
  )
  const { outbox, waiting } = useOutbox(heard)

  const wanting = room > 0 && !feed.ended && feed.items.length < 2 * room
  useEffect(() => {
    if (!wanting || error !== null) return
    let here = true
    reviewCrops(project, task, concept, feed.next).then(
      ({ items, next }) => {
        if (here) setFeed((before) => loaded(before, { items: items.map((one) => ({ ...one, id: one.annotation_id })), next }, decided.current))
      },
      (fault: Error) => here && setError(fault),
    )
    return () => {
      here = false
    }
  }, [project, task, concept, wanting, error, feed.next])

  const unsent = waiting.some((one) => one.task === task)
  const done = feed.ended && feed.items.length === 0 && !unsent
  useEffect(() => {
    if (done) over()
  }, [done, over])

  const decide = useCallback(
    (crops: readonly OneCrop[], wrong: ReadonlySet<number>) => {
      const key = freshKey()
      const ids = crops.map(({ id }) => id)
      for (const id of ids) decided.current.add(id)
      setMade((before) => [...before.slice(-49), { key, crops, wrong, activity: null }])
      setFeed((before) => ({ ...before, items: before.items.filter(({ id }) => !decided.current.has(id)) }))
      const body = { key, accept: ids.filter((id) => !wrong.has(id)), reject: ids.filter((id) => wrong.has(id)) }
      outbox.add({ key, path: `${taskPath(project, task)}/review/regions`, body, page: 'grid', task, input: 0, name: many(ids.length, `region of ${concept}`, `regions of ${concept}`) })
    },
    [project, task, concept, outbox],
  )

  const last = made.at(-1)
  const undoLast = useCallback(async () => {
    if (last === undefined) return null
    if (!outbox.take(last.key)) {
      if (last.activity === null) {
        tell('The last decision is on its way to the server: try again in a moment.')
        return null
      }
      try {
        await undoActivity(project, last.activity)
        setProgress((await reviewPage(project, task, {}, null, 1)).progress)
      } catch (fault) {
        setMade((before) => before.filter((one) => one !== last))
        tellFault(fault as Error)
        return null
      }
    }
    for (const { id } of last.crops) decided.current.delete(id)
    setMade((before) => before.filter((one) => one !== last))
    setFeed((before) => ({ ...before, items: [...last.crops, ...before.items] }))
    return last.wrong
  }, [project, task, last, outbox])

  const renew = useCallback(() => {
    setError(null)
    setFeed(empty)
  }, [])
  return { items: feed.items, ended: feed.ended, error, progress, decide, undoLast: last === undefined ? null : undoLast, again, renew }
}
