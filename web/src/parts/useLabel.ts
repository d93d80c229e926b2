/** One labeler's way through what needs a person: an input is held for oneself alone, the next one is held already. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'

import { type Fault, isGone } from '../api/request'
import { type Decided, freshKey, giveBack, labelInput, labelNext, labelSubmitted, renewLease, taskPath, undoActivity, type WorkInput } from '../api/work'
import { type History, shaping } from '../desk/draft'
import type { Drafts } from '../desk/drafts'
import type { Unsaved } from '../desk/unsaved'
import { useOutbox } from './outbox'
import { prefetch } from './pictures'
import { tell, tellFault } from './states'

/** A lease lasts five minutes. */
const RENEWED = 60_000

/** A submission as it was made, so that it can be taken back. */
interface Made {
  key: string
  /** Its id. */
  input: number
  /** As it was before, while the server does not know. */
  was: WorkInput | null
  /** null: the server does not know yet. */
  act: number | null
}

const MOST = 50

/** What pages that were left are giving back: who comes again asks once that is done, else others' inputs could be theirs. */
const leaving = new Map<Promise<unknown>, number>()

/** `task`: of which something is given back. */
function leave(task: number, given: Promise<unknown>): void {
  const done = given.catch(() => undefined).finally(() => leaving.delete(done)) // a lease that stays runs out by itself
  leaving.set(done, task)
}

const givenBack = (task: number): Promise<unknown> => Promise.all([...leaving].map(([done, of]) => of === task && done))

export interface Label {
  /** What is worked on now; null: see `over`. */
  input: WorkInput | null
  over: boolean
  error: Error | null
  /** How many inputs wait for a person. */
  left: number
  /** The one that is shown was submitted before. */
  submitted: boolean
  submit: (history: History) => void
  skip: (() => void) | null
  previous: (() => void) | null
  next: (() => void) | null
  undoLast: (() => Promise<void>) | null
  again: () => void
}

export function useLabel(project: number, task: number, { begun }: Drafts): Label {
  const [held, setHeld] = useState<WorkInput | null>(null)
  const [ahead, setAhead] = useState<WorkInput | null>(null)
  const [ended, setEnded] = useState(false)
  const [left, setLeft] = useState(0)
  const [error, setError] = useState<Error | null>(null)
  /** Ids of what was submitted before, the newest first, and which of them is looked at. */
  const [before, setBefore] = useState<readonly number[]>([])
  const [looked, setLooked] = useState<{ at: number; input: WorkInput } | null>(null)
  const [made, setMade] = useState<readonly Made[]>([])

  const mine = useRef<readonly WorkInput[]>([])
  useEffect(() => {
    mine.current = [held, ahead].filter((one) => one !== null)
  }, [held, ahead])

  /** An input comes back and is worked on at once. */
  const front = useCallback(
    (fresh: WorkInput) => {
      const { id } = fresh
      // what has been submitted is looked at again; else it waits for somebody, which is oneself
      if (fresh.work !== 'label') {
        setBefore((all) => [id, ...all.filter((other) => other !== id)])
        return setLooked({ at: 0, input: fresh })
      }
      const [next, beyond] = mine.current.filter((one) => one.id !== id)
      if (beyond !== undefined) giveBack(project, task, beyond.id).catch(() => undefined) // else it runs out by itself
      setBefore((all) => all.filter((other) => other !== id))
      setLooked(null)
      setAhead(next ?? null)
      setHeld(fresh)
    },
    [project, task],
  )

  const heard = useMemo(
    () => ({
      page: 'label' as const,
      task,
      saved: (one: Unsaved, answer: unknown) => {
        const { activity_id } = answer as Decided
        setMade((all) => all.map((other) => (other.key === one.key ? { ...other, was: null, act: activity_id } : other)))
        setEnded(false)
      },
      refused: (one: Unsaved, fault: Fault) => {
        const said = `What you submitted on ${one.name} was not kept: ${fault.message}`
        setMade((all) => all.filter(({ key }) => key !== one.key))
        setBefore((all) => all.filter((id) => id !== one.input))
        setEnded(false)
        again(project, task, one.input).then(
          (fresh) => {
            front(fresh)
            tellFault(new Error(`${said} It is in front again${begun().includes(one.input) ? ', with what you drew' : ''}: look at it and submit once more.`))
          },
          (gone: Fault) => {
            tellFault(new Error(isGone(gone) ? `${said} It is not yours to label any more.` : said))
          },
        )
      },
    }),
    [project, task, begun, front],
  )
  const { outbox, waiting } = useOutbox(heard)

  // the first one, and one more beyond it, so that it is there when the first is submitted; what was submitted has to be
  // saved before, or it would come again
  const unsent = waiting.some((one) => one.task === task)
  const wanting = !ended && !unsent && error === null && (held === null || ahead === null)
  const after = held?.id ?? null
  const gone = useRef(false)
  const asking = useRef<Promise<unknown>>(Promise.resolve())
  useEffect(() => {
    if (!wanting) return
    let here = true
    const asked = givenBack(task).then(() => (gone.current ? { input: null, expires_at: null, left: 0 } : labelNext(project, task, after)))
    const answered = asked.then(
      ({ input, left: now }) => {
        if (!here) return gone.current && input !== null ? giveBack(project, task, input.id) : undefined
        setLeft(now)
        if (input === null || input.id === after) return setEnded(true)
        mine.current = [...mine.current, input] // now: when the page goes before it is drawn anew, nothing else knows of it
        if (after === null) return setHeld(input)
        setAhead(input)
        if (input.kind === 'image') prefetch(project, [input.id])
      },
      (fault: Error) => here && setError(fault),
    )
    asking.current = Promise.allSettled([asking.current, answered])
    return () => {
      here = false
    }
  }, [project, task, wanting, after])

  useEffect(() => {
    labelSubmitted(project, task).then(({ items }) => {
      setBefore((all) => [...new Set([...all, ...items.map(({ input_id }) => input_id)])])
      const earlier = items.toReversed().map(({ id, input_id }): Made => ({ key: `${id}`, input: input_id, was: null, act: id }))
      setMade((since) => [...earlier.filter(({ act }) => !since.some((one) => one.act === act)), ...since])
    }, tellFault)
  }, [project, task])

  useEffect(() => {
    const renew = (): void => {
      for (const { id, name } of mine.current)
        renewLease(project, task, id).catch((fault: Fault) => {
          if (fault.status !== 409) return // a line that is broken is told of elsewhere; the lease lasts some minutes more
          setAhead((now) => (now?.id === id ? null : now))
          setHeld((now) => (now?.id === id ? null : now))
          setEnded(false)
          tellFault(new Error(`${name}: ${fault.message}${begun().includes(id) ? ' What you drew on it is there again should it come back to you.' : ''}`))
        })
    }
    const timer = setInterval(renew, RENEWED)
    gone.current = false
    return () => {
      gone.current = true
      clearInterval(timer)
      leave(task, asking.current)
      for (const { id } of mine.current) leave(task, giveBack(project, task, id))
    }
  }, [project, task, begun])

  const input = looked?.input ?? held
  const forward = useCallback(() => {
    setHeld(ahead)
    setAhead(null)
    setEnded(false)
  }, [ahead])

  const submit = useCallback(
    (history: History) => {
      if (input === null) return
      const key = freshKey()
      const { id, name, seen } = input
      setMade((all) => [...all.slice(1 - MOST), { key, input: id, was: input, act: null }])
      setBefore((all) => [id, ...all.filter((other) => other !== id)])
      setLooked(null)
      if (id === held?.id) {
        forward()
        setLeft((now) => Math.max(0, now - 1))
      }
      outbox.add({ key, path: `${taskPath(project, task)}/label/${id}`, body: { key, seen, ...shaping(history) }, page: 'label', task, input: id, name })
    },
    [project, task, input, held, forward, outbox],
  )
  const skip = useCallback(() => {
    if (held === null) return
    giveBack(project, task, held.id).then(forward, tellFault)
  }, [project, task, held, forward])

  const look = useCallback(
    (at: number) => {
      const id = before[at]
      if (id === undefined) return setLooked(null)
      labelInput(project, task, id).then((found) => setLooked({ at, input: found }), tellFault)
    },
    [project, task, before],
  )
  const at = looked?.at ?? -1
  const previous = useCallback(() => look(at + 1), [look, at])
  const next = useCallback(() => look(at - 1), [look, at])

  const last = made.at(-1)
  const undoLast = useCallback(async () => {
    if (last === undefined) return
    const { input: id, was, act } = last
    const taken = outbox.take(last.key)
    if (!taken && act === null) return tell('What you submitted is on its way to the server: try again in a moment.')
    setMade((all) => all.filter((one) => one !== last))
    if (taken) return was === null ? undefined : front(was)
    try {
      await undoActivity(project, act ?? 0)
      front(await again(project, task, id))
    } catch (fault) {
      tellFault(fault as Error)
    }
  }, [project, task, last, front, outbox])

  return {
    input,
    over: input === null && ended && !unsent,
    error,
    left,
    submitted: looked !== null,
    submit,
    skip: looked === null && held !== null ? skip : null,
    previous: at + 1 < before.length ? previous : null,
    next: looked === null ? null : next,
    undoLast: last === undefined ? null : undoLast,
    again: useCallback(() => {
      setError(null)
      setEnded(false)
    }, []),
  }
}

/** An input as it is now, held for oneself where it waits for somebody. */
async function again(project: number, task: number, id: number): Promise<WorkInput> {
  const fresh = await labelInput(project, task, id)
  if (fresh.work === 'label') await renewLease(project, task, id)
  return fresh
}
