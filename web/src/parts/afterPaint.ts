/** What a key shows comes first, and what else it does after that frame. Whatever a person does next meets all of it done. */
import { flushSync } from 'react-dom'

import { painted } from './painted'

let waiting: (() => void) | null = null

/** Does it once what is changed now is on the screen, or before the next key or click is heard. */
export function afterPaint(then: () => void): void {
  settle()
  waiting = then
  void painted().then(() => {
    if (waiting === then) settle()
  })
}

/** Something still follows a key. */
export const pends = (): boolean => waiting !== null

function settle(): void {
  const then = waiting
  waiting = null
  if (then !== null) flushSync(then)
}

// on the way down, so before anybody hears of it
for (const kind of ['keydown', 'pointerdown', 'click', 'beforeunload', 'pagehide']) window.addEventListener(kind, settle, true)
