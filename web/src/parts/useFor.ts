import { useCallback, useState } from 'react'

/** A state that begins anew whenever `key` is another one. `initial` has to be the same object each time. */
export function useFor<T>(key: unknown, initial: T): [T, (next: T | ((before: T) => T)) => void] {
  const [state, set] = useState({ key, value: initial })
  const change = useCallback(
    (next: T | ((before: T) => T)) =>
      set((before) => {
        const now = before.key === key ? before.value : initial
        return { key, value: typeof next === 'function' ? (next as (value: T) => T)(now) : next }
      }),
    [key, initial],
  )
  return [state.key === key ? state.value : initial, change]
}
