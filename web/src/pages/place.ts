/** What an address says: which project, which filter. A link shows a colleague the same. */
import { useCallback, useMemo } from 'react'
import { useParams, useSearchParams } from 'react-router'

import type { Filter } from '../api/calls'
import { useConcepts, useProject } from '../api/queries'
import { conceptColours } from '../canvas/colours'

export function useId(name: 'project' | 'input' | 'task'): number {
  return Number(useParams()[name])
}

const NAMES = ['dataset_id', 'task_id', 'kind'] as const

export function useFilter(): [Filter, (more: Filter) => void, string] {
  const [search, setSearch] = useSearchParams()
  const text = search.toString()
  const filter = useMemo(() => {
    const given = new URLSearchParams(text)
    return Object.fromEntries(NAMES.flatMap((name) => (given.get(name) ? [[name, given.get(name) as string]] : []))) as Filter
  }, [text])
  const change = useCallback(
    (more: Filter) =>
      setSearch((before) => {
        for (const [name, value] of Object.entries(more)) {
          if (value) before.set(name, value)
          else before.delete(name)
        }
        return before
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
