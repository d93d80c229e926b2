/** One labeler's way through what needs a person: an input is held for oneself alone, the next one is held already. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'

import type { Fault } from '../api/request'
import { type Decided, freshKey, giveBack, labelInput, labelNext, labelSubmitted, renewLease, taskPath, undoActivity, type WorkInput } from '../api/work'
import { type History, shaping } from '../work/draft'
import type { Unsaved } from '../work/unsaved'
import { useOutbox } from './outbox'
import { prefetch } from './pictures'
import { tell, tellFault } from './states'

/** A lease lasts five minutes. */
const RENEWED = 60_000

interface Made {
  key: string
  input: WorkInput
  history: History
  activity: number | null
}

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
  undoLast: (() => Promise<{ id: number; history: History } | null>) | null
  again: () => void
}

export function useLabel(project: number, task: number): Label {
  const [held, setHeld] = useState<WorkInput | null>(null)
  const [ahead, setAhead] = useState<WorkInput | null>(null)
  const [ended, setEnded] = useState(false)
  const [left, setLeft] = useState(0)
  const [error, setError] = useState<Error | null>(null)
  /** Ids of what was submitted before, the newest first, and which of them is looked at. */
  const [before, setBefore] = useState<readonly number[]>([])
  const [looked, setLooked] = useState<{ at: number; input: WorkInput } | null>(null)
  const [made, setMade] = useState<readonly Made[]>([])

  const heard = useMemo(
    () => ({
      saved: (one: Unsaved, answer: unknown) => {
        if (one.task !== task) return
        const { activity_id } = answer as Decided
        setMade((all) => all.map((other) => (other.key === one.key ? { ...other, activity: activity_id } : other)))
        setEnded(false)
      },
      refused: (one: Unsaved, fault: Fault) => {
        if (one.task !== task) return
        setMade((all) => all.filter(({ key }) => key !== one.key))
        setBefore((all) => all.filter((id) => id !== one.input))
        setEnded(false)
        tellFault(new Error(`What you submitted on ${one.name} was not kept: ${fault.message}`))
      },
    }),
    [task],
  )
  const { outbox, waiting } = useOutbox(heard)

  // the first one, and one more beyond it, so that it is there when the first is submitted; what was submitted has to be
  // saved before, or it would come again
  const unsent = waiting.some((one) => one.task === task)
  const wanting = !ended && !unsent && error === null && (held === null || ahead === null)
  const after = held?.id ?? null
  const gone = useRef(false)
  useEffect(() => {
    if (!wanting) return
    let here = true
    labelNext(project, task, after).then(
      ({ input, left: now }) => {
        if (!here) {
          if (gone.current && input !== null) giveBack(project, task, input.id).catch(() => undefined)
          return
        }
        setLeft(now)
        if (input === null || input.id === after) return setEnded(true)
        if (after === null) return setHeld(input)
        setAhead(input)
        if (input.kind === 'image') prefetch(project, [input.id])
      },
      (fault: Error) => here && setError(fault),
    )
    return () => {
      here = false
    }
  }, [project, task, wanting, after])

  useEffect(() => {
    labelSubmitted(project, task).then(({ items }) => setBefore((all) => [...new Set([...all, ...items.map(({ input_id }) => input_id)])]), tellFault)
  }, [project, task])

  const mine = useRef<readonly WorkInput[]>([])
  useEffect(() => {
    mine.current = [held, ahead].filter((one) => one !== null)
  }, [held, ahead])
  useEffect(() => {
    const renew = (): void => {
      for (const { id, name } of mine.current)
        renewLease(project, task, id).catch((fault: Fault) => {
          if (fault.status !== 409) return // a line that is broken is told of elsewhere; the lease lasts some minutes more
          setAhead((now) => (now?.id === id ? null : now))
          setHeld((now) => (now?.id === id ? null : now))
          setEnded(false)
          tellFault(new Error(`${name}: ${fault.message}`))
        })
    }
    const timer = setInterval(renew, RENEWED)
    gone.current = false
    return () => {
      gone.current = true
      clearInterval(timer)
      // else it runs out by itself
      for (const { id } of mine.current) giveBack(project, task, id).catch(() => undefined)
    }
  }, [project, task])

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
      setMade((all) => [...all.slice(-49), { key, input, history, activity: null }])
      setBefore((all) => [id, ...all.filter((other) => other !== id)])
      setLooked(null)
      if (id === held?.id) {
        forward()
        setLeft((now) => Math.max(0, now - 1))
      }
      outbox.add({ key, path: `${taskPath(project, task)}/label/${id}`, body: { key, seen, ...shaping(history) }, task, input: id, name })
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
    if (last === undefined) return null
    const { id } = last.input
    const back = (fresh: WorkInput): void => {
      setMade((all) => all.filter((one) => one !== last))
      // what had been submitted before this as well is looked at again; else it waits for somebody, which is oneself
      if (fresh.work !== 'label') return setLooked({ at: before.indexOf(id), input: fresh })
      setBefore((all) => all.filter((other) => other !== id))
      setLooked(null)
      setAhead((now) => held ?? now)
      setHeld(fresh)
    }
    if (outbox.take(last.key)) {
      back(last.input)
      return { id, history: last.history }
    }
    if (last.activity === null) {
      tell('What you submitted is on its way to the server: try again in a moment.')
      return null
    }
    try {
      await undoActivity(project, last.activity)
      const fresh = await labelInput(project, task, id)
      if (fresh.work === 'label') await renewLease(project, task, id)
      back(fresh)
    } catch (fault) {
      setMade((all) => all.filter((one) => one !== last))
      tellFault(fault as Error)
    }
    return null
  }, [project, task, last, held, before, outbox])

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
