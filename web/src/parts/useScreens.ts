/** One reviewer's screens of regions, whatever their concept: decisions sent behind one's back, the last taken back. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useRef, useState } from 'react'

import type { Fault } from '../api/request'
import { type Crop, type DecidedMany, freshKey, type Progress, reviewPage, taskPath, undoActivities } from '../api/work'
import type { Unsaved } from '../desk/unsaved'
import { useOutbox } from './outbox'
import { tell, tellFault } from './states'
import { type Earlier, useEarlier } from './useEarlier'
import { many } from './words'

export type OneCrop = Crop & { id: number }

/** The regions of one concept that are decided at once. */
export interface Screen {
  concept: string
  crops: readonly OneCrop[]
}

/** As it was decided, so that it can be taken back; `activities` null: the server does not know yet. */
interface Made {
  key: string
  screen: Screen | null
  activities: readonly number[] | null
}

export interface Screens {
  /** Another number whenever regions are to be read anew. */
  version: number
  /** What came back, and is shown first. */
  back: Screen | null
  /** Ids of regions that were decided here and that the server may not know of when it sends the next ones. */
  decided: ReadonlySet<number>
  /** What the server knows by now is decided no more if it sends it all the same: it waits again. */
  ask: () => void
  /** Something is not saved yet. */
  unsent: boolean
  progress: Progress | null
  /** Ids of regions that were marked as wrong. */
  wrong: ReadonlySet<number>
  flip: (id: number) => void
  decide: (screen: Screen) => void
  /** Many were decided at once, by these acts. */
  decidedMany: (activities: readonly number[]) => void
  /** Resolves to the concept of what came back; null when nothing did, or many concepts. */
  undoLast: (() => Promise<string | null>) | null
}

export function useScreens(project: number, task: number): Screens {
  const client = useQueryClient()
  const [version, setVersion] = useState(0)
  const [back, setBack] = useState<Screen | null>(null)
  const [made, setMade] = useState<readonly Made[]>([])
  const [wrong, setWrong] = useState<ReadonlySet<number>>(new Set())
  const [decided] = useState(() => new Set<number>())
  const sent = useRef(new Map<string, Screen>())
  const known = useMemo(() => ['tasks', project, task, 'review'], [project, task])
  const page = useQuery({ queryKey: known, queryFn: () => reviewPage(project, task, {}, null, 1), staleTime: 0 })
  const { refetch } = page
  const before = useCallback((found: readonly Earlier[]) => {
    const acts = found.map(({ id }): Made => ({ key: `${id}`, screen: null, activities: [id] }))
    setMade((since) => [...acts.filter(({ key }) => !since.some(({ activities }) => activities?.includes(Number(key)))), ...since])
  }, [])
  useEarlier(project, task, before)

  const anew = useCallback(
    (screen: Screen | null) => {
      for (const { id } of screen?.crops ?? []) decided.delete(id)
      setBack(screen)
      setVersion((before) => before + 1)
    },
    [decided],
  )
  const heard = useMemo(
    () => ({
      page: 'grid' as const,
      task,
      saved: (one: Unsaved, answer: unknown) => {
        const { activity_id: id, progress, stale } = answer as DecidedMany
        sent.current.delete(one.key)
        client.setQueryData<Awaited<ReturnType<typeof reviewPage>>>(known, (before) => before && { ...before, progress })
        setMade((before) => before.map((other) => (other.key === one.key ? { ...other, activities: id === null ? [] : [id] } : other)))
        if (stale.length > 0) tell(`${many(stale.length, 'region')} had been decided by somebody else already.`)
      },
      refused: (one: Unsaved, fault: Fault) => {
        tellFault(new Error(`Your decision on ${one.name} was not kept: ${fault.message}`))
        setMade((before) => before.filter(({ key }) => key !== one.key))
        anew(sent.current.get(one.key) ?? null)
        sent.current.delete(one.key)
      },
    }),
    [task, client, known, anew],
  )
  const { outbox, waiting } = useOutbox(heard)

  const decide = useCallback(
    (screen: Screen) => {
      const key = freshKey()
      const ids = screen.crops.map(({ id }) => id)
      for (const id of ids) decided.add(id)
      sent.current.set(key, screen)
      setMade((before) => [...before.slice(-49), { key, screen, activities: null }])
      const body = { key, accept: ids.filter((id) => !wrong.has(id)), reject: ids.filter((id) => wrong.has(id)) }
      const name = many(ids.length, `region of ${screen.concept}`, `regions of ${screen.concept}`)
      outbox.add({ key, path: `${taskPath(project, task)}/review/regions`, body, page: 'grid', task, input: 0, name })
    },
    [project, task, decided, wrong, outbox],
  )
  const decidedMany = useCallback(
    (activities: readonly number[]) => {
      if (activities.length > 0) setMade((before) => [...before.slice(-49), { key: freshKey(), screen: null, activities }])
      anew(null)
      void refetch()
    },
    [anew, refetch],
  )

  const last = made.at(-1)
  const undoLast = useCallback(async () => {
    if (last === undefined) return null
    const took = outbox.take(last.key)
    if (!took && last.activities === null) {
      tell('The last decision is on its way to the server: try again in a moment.')
      return null
    }
    setMade((before) => before.filter((one) => one !== last))
    sent.current.delete(last.key)
    if (last.activities !== null)
      try {
        await undoActivities(project, last.activities)
      } catch (fault) {
        tellFault(fault as Error)
        return null
      }
    anew(last.screen)
    if (!took) void refetch()
    return last.screen?.concept ?? null
  }, [project, last, outbox, anew, refetch])

  const ask = useCallback(() => {
    decided.clear()
    for (const { crops } of sent.current.values()) for (const { id } of crops) decided.add(id)
  }, [decided])
  const flip = useCallback(
    (id: number) =>
      setWrong((before) => {
        const now = new Set(before)
        if (!now.delete(id)) now.add(id)
        return now
      }),
    [],
  )
  return {
    version,
    back,
    decided,
    ask,
    unsent: waiting.some((one) => one.task === task),
    progress: page.data?.progress ?? null,
    wrong,
    flip,
    decide,
    decidedMany,
    undoLast: last === undefined ? null : undoLast,
  }
}
