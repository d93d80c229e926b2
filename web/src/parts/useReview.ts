/** One reviewer's way through what waits: the next inputs at hand, decisions sent behind one's back, the last taken back. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'

import { type Fault, isGone } from '../api/request'
import { type Decided, freshKey, type Progress, type ReviewFilter, reviewInput, reviewPage, taskPath, undoActivities, type WorkInput } from '../api/work'
import { current, empty, type Feed, loaded, moved, at as placed, returned, wants, without } from '../desk/feed'
import { type History, shaping, tickedIds } from '../desk/draft'
import type { Drafts } from '../desk/drafts'
import type { Unsaved } from '../desk/unsaved'
import { useOutbox } from './outbox'
import { painted } from './painted'
import { prefetch } from './pictures'
import { tell, tellFault } from './states'
import { type Earlier, useEarlier } from './useEarlier'
import { many } from './words'

export type Action = 'approve' | 'reject' | 'request_changes'

/** A decision as it was made, so that it can be taken back. */
interface Made {
  key: string
  /** Its id; null: many at once. */
  input: number | null
  /** As it was before, while the server does not know. */
  was: WorkInput | null
  /** null: the server does not know yet. */
  acts: readonly number[] | null
}

const MOST = 50

export interface Review {
  feed: Feed<WorkInput>
  input: WorkInput | null
  /** Nothing waits here any more, as far as the server says. */
  over: boolean
  error: Error | null
  progress: Progress | null
  decide: (history: History, action: Action, comment?: string) => void
  undoLast: (() => Promise<void>) | null
  /** What was said with a request for changes that was refused, by the input's id. */
  comments: ReadonlyMap<number, string>
  move: (by: 1 | -1) => void
  look: (id: number) => void
  /** Looks for what was skipped or has come since. */
  again: () => void
  /** Many inputs were decided at once, by these acts: all is read anew. */
  decidedMany: (activities: readonly number[]) => void
}

export function useReview(project: number, task: number, filter: ReviewFilter, { begun }: Drafts): Review {
  const [feed, setFeed] = useState<Feed<WorkInput>>(empty)
  const [error, setError] = useState<Error | null>(null)
  const [progress, setProgress] = useState<Progress | null>(null)
  const [comments, setComments] = useState<ReadonlyMap<number, string>>(new Map())
  const [made, setMade] = useState<readonly Made[]>([])
  const before = useCallback((found: readonly Earlier[]) => {
    const acts = found.map(({ id, input }): Made => ({ key: `${id}`, input, was: null, acts: [id] }))
    setMade((since) => [...acts.filter(({ key }) => !since.some((one) => one.acts?.includes(Number(key)))), ...since])
  }, [])
  useEarlier(project, task, before)
  /** Ids of inputs that were decided here and that the server may not know of when it sends the next ones. */
  const [decided] = useState(() => new Set<number>())
  /** The last that asked for progress, and whose was shown last: what was asked for before that is older. */
  const asking = useRef({ last: 0, shown: 0 })
  const ask = useCallback(() => (asking.current.last += 1), [])
  const told = useCallback((asked: number, now: Progress) => {
    if (asked < asking.current.shown) return
    asking.current.shown = asked
    setProgress(now)
  }, [])

  const heard = useMemo(
    () => ({
      page: 'review' as const,
      task,
      saved: (one: Unsaved, answer: unknown) => {
        const { activity_id, progress: now } = answer as Decided
        told(ask(), now) // whatever was asked for before knows nothing of it
        const others = (before: readonly Made[]): readonly Made[] => before.filter(({ key }) => key !== `${activity_id}`) // it may have been read meanwhile
        setMade((before) => others(before).map((other) => (other.key === one.key ? { ...other, was: null, acts: [activity_id] } : other)))
        decided.add(one.input)
      },
      refused: (one: Unsaved, fault: Fault) => {
        const { comment } = one.body as { comment?: string }
        const said = `Your decision on ${one.name} was not kept: ${fault.message}`
        decided.delete(one.input)
        if (comment !== undefined) setComments((before) => new Map(before).set(one.input, comment))
        setMade((before) => before.filter((other) => other.key !== one.key))
        reviewInput(project, task, one.input).then(
          (fresh) => {
            setFeed((before) => returned(before, fresh))
            tellFault(new Error(`${said} It is in front again${begun().includes(one.input) ? ', with what you changed' : ''}: look at it and decide once more.`))
          },
          (gone: Fault) => {
            const back = begun().includes(one.input) ? ' What you changed on it is there again should it wait for you again.' : ''
            tellFault(new Error(`${said}${back}${comment === undefined ? '' : ` Your comment was: ${comment}`}`))
            // others may wait no more, either; else it comes after all that is here, as it is when the server is reached
            setFeed((before) => (isGone(gone) ? empty() : { ...before, next: null, ended: false }))
          },
        )
      },
    }),
    [project, task, begun, decided, ask, told],
  )
  const { outbox, waiting } = useOutbox(heard)

  const wanting = wants(feed)
  useEffect(() => {
    if (!wanting || error !== null) return
    let here = true
    // what the server has heard of and sends all the same waits again; of what it hears meanwhile it may not know yet
    decided.clear()
    for (const one of outbox.waiting) if (one.task === task) decided.add(one.input)
    const asked = ask()
    reviewPage(project, task, filter, feed.next).then(
      (page) => {
        if (!here) return
        told(asked, page.progress)
        setFeed((before) => loaded(before, page, new Set(decided)))
      },
      (fault: Error) => here && setError(fault),
    )
    return () => {
      here = false
    }
  }, [project, task, filter, feed.next, wanting, error, outbox, decided, ask, told])

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
      decided.add(id)
      setMade((before) => [...before.slice(1 - MOST), { key, input: id, was: input, acts: null }])
      setFeed((before) => without(before, id))
      outbox.add({ key, path: `${taskPath(project, task)}/review/${id}`, body: { key, seen, action, ...said }, page: 'review', task, input: id, name })
    },
    [project, task, input, outbox, decided],
  )

  const last = made.at(-1)
  const undoLast = useCallback(async () => {
    if (last === undefined) return
    const { input: id, was, acts } = last
    const back = (fresh: WorkInput): void => {
      decided.delete(fresh.id)
      setFeed((before) => returned(before, fresh))
    }
    const taken = outbox.take(last.key)
    if (!taken && acts === null) return tell('The last decision is on its way to the server: try again in a moment.')
    setMade((before) => before.filter((one) => one !== last))
    if (taken) return was === null ? undefined : back(was)
    try {
      const inputs = await undoActivities(project, acts ?? [])
      if (id !== null) back(await reviewInput(project, task, id))
      else {
        tell(`${many(inputs, 'input waits', 'inputs wait')} as before.`)
        decided.clear()
        setFeed(empty)
      }
      const asked = ask()
      told(asked, (await reviewPage(project, task, {}, null, 1)).progress)
    } catch (fault) {
      tellFault(fault as Error)
    }
  }, [project, task, last, outbox, decided, ask, told])

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
      if (activities.length > 0) setMade((before) => [...before.slice(1 - MOST), { key: freshKey(), input: null, was: null, acts: activities }])
      setError(null)
      setFeed(empty)
    }, []),
    comments,
  }
}
