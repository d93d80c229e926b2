/** Lists of inputs. They may be long, so what moved is read again only where somebody looks. */
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query'

import * as call from './calls'
import { client } from './client'
import { moved } from './moved'
import type { Input, Page } from './types'

export type List = InfiniteData<Page<Input>, string | null>

const listKey = (project: number, filter: call.Filter) => ['inputs', project, 'list', filter]

export const useInputs = (project: number, filter: call.Filter) =>
  useInfiniteQuery({
    queryKey: listKey(project, filter),
    queryFn: ({ pageParam }) => call.inputs(project, filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    // never as a whole, which may be hundreds of pages: see renewInputs
    staleTime: Infinity,
  })
export const useInputCount = (project: number, filter: call.Filter) =>
  useQuery({ queryKey: ['inputs', project, 'count', filter], queryFn: () => call.countInputs(project, filter) })
export const useInput = (project: number, id: number, filter: call.Filter) =>
  useQuery({ queryKey: ['inputs', project, 'one', id, filter], queryFn: () => call.input(project, id, filter), placeholderData: (before) => before })

/** Reads the pages that hold these places again, and the last one, behind which new inputs appear. */
export async function renewInputs(project: number, filter: call.Filter, [first, last]: readonly [number, number]): Promise<void> {
  const key = listKey(project, filter)
  const data = client.getQueryData<List>(key)
  if (data === undefined) return
  for (const at of pagesOf(data, first, last)) {
    const fresh = await call.inputs(project, filter, data.pageParams[at] ?? null)
    client.setQueryData<List>(key, (now) => now && merged(now, data.pageParams[at] ?? null, fresh))
  }
}

/** Takes deleted inputs out of all lists, without reading any again. */
export function forgetInputs(project: number, ids: ReadonlySet<number>): void {
  client.setQueriesData<List>({ queryKey: ['inputs', project, 'list'] }, (list) => list && without(list, ids))
  moved(project, 'inputs', 'datasets', 'projects')
}

/** Which pages hold the places from `first` to `last`, and the last page of all. */
export function pagesOf({ pages }: List, first: number, last: number): number[] {
  let from = 0
  return pages.flatMap(({ items }, at) => {
    const [start, end] = [from, (from += items.length)]
    return (start <= last && end > first) || at === pages.length - 1 ? [at] : []
  })
}

/** A page as it is now. Where others follow it ends where it ended; an unchanged list stays the same object. */
export function merged(list: List, param: string | null, fresh: Page<Input>): List {
  const at = list.pageParams.indexOf(param)
  const old = list.pages[at]
  if (old === undefined) return list
  const final = at === list.pages.length - 1
  const end = old.items.at(-1)?.id ?? 0
  const items = (final ? fresh.items : fresh.items.filter(({ id }) => id <= end)).map((one) => {
    const before = old.items.find(({ id }) => id === one.id)
    return before !== undefined && JSON.stringify(before) === JSON.stringify(one) ? before : one
  })
  const next = final ? fresh.next : old.next
  if (next === old.next && items.length === old.items.length && items.every((one, place) => one === old.items[place])) return list
  return { ...list, pages: list.pages.with(at, { items, next }) }
}

export function without(list: List, ids: ReadonlySet<number>): List {
  return { ...list, pages: list.pages.map((page) => ({ ...page, items: page.items.filter(({ id }) => !ids.has(id)) })) }
}
