import type { Context } from '../actions'

/**
 * What can be done now. It lies outside of React's state, as it changes with every key: only what shows a change is drawn
 * anew, and a key never meets controls older than what is seen.
 */
export class Board {
  now: Context
  readonly #watchers = new Set<() => void>()

  constructor(now: Context) {
    this.now = now
  }

  put(more: Partial<Context>): void {
    this.now = { ...this.now, ...more }
    for (const watcher of this.#watchers) watcher()
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }
}
