/** One reviewer's way through what waits: the next inputs at hand, decisions sent behind one's back, the last taken back. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'

import { type Fault, isGone } from '../api/request'
import { type Decided, freshKey, type Progress, type ReviewFilter, reviewInput, reviewPage, taskPath, undoActivities, undoActivity, type WorkInput } from '../api/work'
import { current, empty, type Feed, loaded, moved, at as placed, returned, wants, without } from '../work/feed'
import { type History, shaping, tickedIds } from '../work/draft'
import type { Unsaved } from '../work/unsaved'
import { useOutbox } from './outbox'
import { painted } from './painted'
import { prefetch } from './pictures'
import { tell, tellFault } from './states'
import type { Drafts } from './useDrafts'
import { many } from './words'

export type Action = 'approve' | 'reject' | 'request_changes'

/** A decision as it was made, so that it can be taken back: on one input, or on many at once. */
type Made = One | Many

interface One {
  key: string
  input: WorkInput
  history: History
  activity: number | null
}

interface Many {
  activities: readonly number[]
}

export interface Review {
  feed: Feed<WorkInput>
  input: WorkInput | null
  /** Nothing waits here any more, as far as the server says. */
  over: boolean
  error: Error | null
  progress: Progress | null
  decide: (history: History, action: Action, comment?: string) => void
  /** Resolves to the draft as it was, when the last decision could be taken back as if it had not been sent. */
  undoLast: (() => Promise<{ id: number; history: History } | null>) | null
  move: (by: 1 | -1) => void
  look: (id: number) => void
  /** Looks for what was skipped or has come since. */
  again: () => void
  /** Many inputs were decided at once, by these acts: all is read anew. */
  decidedMany: (activities: readonly number[]) => void
}

export function useReview(project: number, task: number, filter: ReviewFilter, { restore, forget }: Drafts): Review {
  const [feed, setFeed] = useState<Feed<WorkInput>>(empty)
  const [error, setError] = useState<Error | null>(null)
  const [progress, setProgress] = useState<Progress | null>(null)
  const [made, setMade] = useState<readonly Made[]>([])
  /** Inputs that were decided here, with the draft that was until the server has it. */
  const decided = useRef(new Map<number, History | null>())

  const heard = useMemo(
    () => ({
      page: 'review' as const,
      task,
      saved: (one: Unsaved, answer: unknown) => {
        const { activity_id, progress: now } = answer as Decided
        setProgress(now)
        setMade((before) => before.map((other) => ('key' in other && other.key === one.key ? { ...other, activity: activity_id } : other)))
        decided.current.set(one.input, null)
      },
      refused: (one: Unsaved, fault: Fault) => {
        const history = decided.current.get(one.input) ?? null
        const { comment } = one.body as { comment?: string }
        const said = `Your decision on ${one.name} was not kept: ${fault.message}${comment === undefined ? '' : ` Your comment was: ${comment}`}`
        decided.current.delete(one.input)
        setMade((before) => before.filter((other) => !('key' in other && other.key === one.key)))
        if (history !== null) restore(one.input, history)
        reviewInput(project, task, one.input).then(
          (fresh) => {
            setFeed((before) => returned(before, fresh))
            tellFault(new Error(`${said} It is in front again${history !== null && history.done.length > 0 ? ', with what you changed' : ''}: look at it and decide once more.`))
          },
          (gone: Fault) => {
            tellFault(new Error(said))
            if (isGone(gone)) forget(one.input)
            // it comes after all that is here, as it is when the server can be reached
            else setFeed((before) => ({ ...before, next: null, ended: false }))
          },
        )
      },
    }),
    [project, task, restore, forget],
  )
  const { outbox, waiting } = useOutbox(heard)

  const wanting = wants(feed)
  useEffect(() => {
    if (!wanting || error !== null) return
    let here = true
    reviewPage(project, task, filter, feed.next).then(
      (page) => {
        if (!here) return
        setProgress(page.progress)
        const unsent = outbox.waiting.filter((one) => one.task === task).map(({ input }) => input)
        setFeed((before) => loaded(before, page, new Set([...decided.current.keys(), ...unsent])))
      },
      (fault: Error) => here && setError(fault),
    )
    return () => {
      here = false
    }
  }, [project, task, filter, feed.next, wanting, error, outbox])

  const input = current(feed)
  useEffect(() => {
    const next = feed.items.slice(feed.at + 1, feed.at + 5).flatMap(({ id, kind }) => (kind === 'image' ? [id] : []))
    void painted().then(() => prefetch(project, next))
  }, [project, feed])

  const decide = useCallback(
    (history: History, action: Action, comment?: string) => {
      if (input === null) return
      const key = freshKey()
      const { id, name, seen } = input
      const said = action === 'approve' ? { ticked: tickedIds(history.draft), ...shaping(history) } : comment === undefined ? {} : { comment }
      decided.current.set(id, history)
      setMade((before) => [...before.slice(-49), { key, input, history, activity: null }])
      setFeed((before) => without(before, id))
      outbox.add({ key, path: `${taskPath(project, task)}/review/${id}`, body: { key, seen, action, ...said }, page: 'review', task, input: id, name })
    },
    [project, task, input, outbox],
  )

  const last = made.at(-1)
  const undoLast = useCallback(async () => {
    if (last === undefined) return null
    if ('activities' in last) {
      await undoActivities(project, last.activities).then((inputs) => tell(`${many(inputs, 'input waits', 'inputs wait')} as before.`), tellFault)
      setMade((before) => before.filter((one) => one !== last))
      setFeed(empty)
      return null
    }
    const back = (fresh: WorkInput): void => {
      decided.current.delete(last.input.id)
      setMade((before) => before.filter((one) => one !== last))
      setFeed((before) => returned(before, fresh))
    }
    if (outbox.take(last.key)) {
      back(last.input)
      return { id: last.input.id, history: last.history }
    }
    if (last.activity === null) {
      tell('The last decision is on its way to the server: try again in a moment.')
      return null
    }
    try {
      await undoActivity(project, last.activity)
      back(await reviewInput(project, task, last.input.id))
      setProgress((await reviewPage(project, task, {}, null, 1)).progress)
    } catch (fault) {
      tellFault(fault as Error)
      setMade((before) => before.filter((one) => one !== last))
    }
    return null
  }, [project, task, last, outbox])

  const unsent = waiting.filter((one) => one.task === task).length
  return {
    feed,
    input,
    over: input === null && feed.ended,
    error,
    progress: progress && { ...progress, mine_open: Math.max(0, progress.mine_open - unsent), mine_done: progress.mine_done + unsent },
    decide,
    undoLast: last === undefined ? null : undoLast,
    move: useCallback((by) => setFeed((before) => moved(before, by)), []),
    look: useCallback((id) => setFeed((before) => placed(before, id)), []),
    again: useCallback(() => {
      setError(null)
      setFeed((before) => ({ ...before, next: null, ended: false }))
    }, []),
    decidedMany: useCallback((activities) => {
      if (activities.length > 0) setMade((before) => [...before.slice(-49), { activities }])
      setError(null)
      setFeed(empty)
    }, []),
  }
}
