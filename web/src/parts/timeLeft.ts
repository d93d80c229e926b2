import { useState } from 'react'

import type { Ledger, TaskStatus } from '../api/types'
import { timeLeft } from './words'

interface Mark {
  at: number
  done: number
}

/** Seconds until all is done, from two looks at the same task; null while that says nothing. */
export function secondsLeft(first: Mark, last: Mark, inputs: number): number | null {
  const [seconds, done] = [(last.at - first.at) / 1000, last.done - first.done]
  return seconds < 2 || done <= 0 ? null : ((inputs - last.done) / done) * seconds
}

/**
 * "about 4 min left", by the speed seen since the page was opened; empty when nothing runs or too little is known.
 * `at`: when the server said so, in milliseconds.
 */
export function useTimeLeft({ inputs, waiting, status }: Ledger & { status: TaskStatus }, at: number): string {
  const last = { at, done: inputs - waiting }
  const [first] = useState(last)
  const seconds = status === 'running' ? secondsLeft(first, last, inputs) : null
  return seconds === null ? '' : timeLeft(seconds)
}
