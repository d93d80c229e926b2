/** What an address says: which project, which filter. A link shows a colleague the same. */
import { useCallback, useMemo } from 'react'
import { useParams, useSearchParams } from 'react-router'

import type { Filter } from '../api/calls'
import { useConcepts, useProject } from '../api/queries'
import { conceptColours } from '../canvas/colours'

export function useId(name: 'project' | 'input' | 'task'): number {
  return Number(useParams()[name])
}

/**
 * What follows the ? of the address, and how to change it: from what stands there by then, as what was drawn last may be
 * older, and one of two changes at nearly the same time would be lost.
 */
export function useAddress(): [URLSearchParams, (change: (now: URLSearchParams) => void, how?: { replace: boolean }) => void] {
  const [search, setSearch] = useSearchParams()
  const change = useCallback(
    (to: (now: URLSearchParams) => void, how?: { replace: boolean }) => {
      const now = new URLSearchParams(window.location.search)
      to(now)
      setSearch(now, how)
    },
    [setSearch],
  )
  return [search, change]
}

const NAMES = ['dataset_id', 'task_id', 'kind'] as const

export function useFilter(): [Filter, (more: Filter) => void, string] {
  const [search, setSearch] = useAddress()
  const text = search.toString()
  const filter = useMemo(() => {
    const given = new URLSearchParams(text)
    return Object.fromEntries(NAMES.flatMap((name) => (given.get(name) ? [[name, given.get(name) as string]] : []))) as Filter
  }, [text])
  const change = useCallback(
    (more: Filter) =>
      setSearch((now) => {
        for (const [name, value] of Object.entries(more)) {
          if (value) now.set(name, value)
          else now.delete(name)
        }
      }),
    [setSearch],
  )
  const chosen = new URLSearchParams({ ...filter }).toString()
  return [filter, change, chosen === '' ? '' : `?${chosen}`]
}

export function useColours(project: number): (concept: string) => string {
  const { data } = useConcepts(project)
  return useMemo(() => conceptColours(data ?? []), [data])
}

export function useMayChange(project: number): boolean {
  const role = useProject(project).data?.role
  return role === 'owner' || role === 'admin'
}
