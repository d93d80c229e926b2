/** How pages learn that something has changed, be it by themselves or by an event of the server's. */
import { useEffect } from 'react'

import { client } from './client'

const hearers = new Set<() => void>()

export type Noun = 'inputs' | 'datasets' | 'concepts' | 'imports' | 'tasks' | 'projects'

/** Something of a project has changed: what shows it is read again. Lists of inputs hear of it, and read what is seen. */
export function moved(project: number, ...nouns: Noun[]): void {
  for (const noun of new Set(nouns))
    void client.invalidateQueries({ queryKey: noun === 'projects' ? [noun] : [noun, project], predicate: ({ queryKey }) => queryKey[2] !== 'list' })
  if (nouns.includes('inputs')) for (const hear of hearers) hear()
}

/** Calls `renew` when inputs have moved and when the page comes back into sight, one call at a time. */
export function useInputsMoved(renew: () => Promise<void>): void {
  useEffect(() => {
    let [busy, again] = [false, false]
    const hear = (): void => {
      again = true
      if (busy) return
      busy = true
      void (async () => {
        while (again) {
          again = false
          await renew().catch(() => undefined) // the page's own requests tell of a server that is gone
        }
        busy = false
      })()
    }
    const back = (): void => void (document.visibilityState === 'visible' && hear())
    hearers.add(hear)
    document.addEventListener('visibilitychange', back)
    hear()
    return () => {
      hearers.delete(hear)
      document.removeEventListener('visibilitychange', back)
    }
  }, [renew])
}
