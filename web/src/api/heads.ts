/** What events tell of tasks, beside what was read of them. */
import type { InfiniteData } from '@tanstack/react-query'

import { client } from './client'
import type { Concept, Page, Task, TaskHead } from './types'

/** Whether all that a head says stands in what was read of the task last, if anything was. */
export function isKnown(project: number, head: TaskHead): boolean {
  const listed = client.getQueriesData<InfiniteData<Page<TaskHead>>>({ queryKey: ['tasks', project, 'found'] }).flatMap(([, data]) => data?.pages ?? [])
  const read = [client.getQueryData<Task>(['tasks', project, head.id]), ...listed.flatMap(({ items }) => items.filter(({ id }) => id === head.id))]
  const found = read.filter((one) => one !== undefined)
  const told = Object.entries(head).map(([name, value]) => [name, JSON.stringify(value)] as const)
  return (found.length > 0 || listed.length === 0) && found.every((one) => told.every(([name, value]) => JSON.stringify(one[name as keyof TaskHead]) === value))
}

/** Whether a task made concepts that were not there when they were read. */
export function brings(project: number, { concepts }: TaskHead): boolean {
  const known = client.getQueryData<Concept[]>(['concepts', project])?.map(({ name }) => name)
  return known !== undefined && concepts.some((one) => !known.includes(one))
}

/**
 * A task's new numbers go into the table at once; what else shows it is read again a moment later. A head that somebody looked up before
 * the newest act that is known is older than what was read: by it what was cancelled would run again under the pointer.
 */
export function put(project: number, head: TaskHead): void {
  const renewed = <T extends TaskHead>(one: T): T => (one.id !== head.id || (head.last_act ?? 0) < (one.last_act ?? 0) ? one : { ...one, ...head })
  client.setQueriesData<InfiniteData<Page<TaskHead>>>({ queryKey: ['tasks', project, 'found'] }, (before) =>
    before && { ...before, pages: before.pages.map((page) => ({ ...page, items: page.items.map(renewed) })) },
  )
  client.setQueryData<Task>(['tasks', project, head.id], (before) => before && renewed(before))
}
