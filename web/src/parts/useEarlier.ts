import { useEffect } from 'react'

import { useMe } from '../api/queries'
import { decisions } from '../api/work'
import { tellFault } from './states'

export interface Earlier {
  /** The act's id. */
  id: number
  /** null: on many inputs at once. */
  input: number | null
}

/** Hands over what one decided in a task before one came here, the first first; `take` has to stay the same function. */
export function useEarlier(project: number, task: number, take: (found: readonly Earlier[]) => void): void {
  const me = useMe().data?.id
  useEffect(() => {
    if (me === undefined) return
    let here = true
    decisions(project, task, me).then((found) => here && take(found.toReversed()), tellFault)
    return () => {
      here = false
    }
  }, [project, task, me, take])
}
