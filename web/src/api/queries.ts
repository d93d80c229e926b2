/** What pages read, kept fresh by the server's events; every key starts with the noun that an event names. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import * as call from './calls'
import { brings, isKnown, put } from './heads'
import { moved, type Noun } from './moved'
import { BASE, keepCsrf } from './request'
import type { Concept, TaskHead } from './types'

export const useMe = () =>
  useQuery({
    queryKey: ['me'],
    queryFn: async () => {
      const me = await call.whoAmI()
      keepCsrf(me.csrf)
      return me
    },
    staleTime: 300_000,
  })

export const useTokens = () => useQuery({ queryKey: ['tokens'], queryFn: call.tokens })
export const useMembers = (project: number) => useQuery({ queryKey: ['members', project], queryFn: () => call.members(project) })
export const useImportFolders = (project: number, folder: string | null) =>
  useQuery({ queryKey: ['import-folders', project, folder], queryFn: () => call.importFolders(project, folder), placeholderData: (before) => before })
export const useImports = (project: number) =>
  useQuery({
    queryKey: ['imports', project],
    queryFn: () => call.imports(project),
    enabled: project > 0,
    refetchInterval: ({ state }) => (state.data?.items.some(({ ended_at }) => ended_at === null) ? 10_000 : false),
  })

export const useImport = (project: number, id: number) => useQuery({ queryKey: ['imports', project, id], queryFn: () => call.oneImport(project, id) })

export const useProjects = (archived = false) => useQuery({ queryKey: ['projects', archived], queryFn: () => call.projects(archived) })
export const useProject = (id: number) => useQuery({ queryKey: ['projects', 'one', id], queryFn: () => call.project(id), enabled: id > 0 })
export const useDatasets = (project: number) => useQuery({ queryKey: ['datasets', project], queryFn: () => call.datasets(project) })
export const useConceptList = (project: number) => useQuery({ queryKey: ['concepts', project], queryFn: () => call.concepts(project), enabled: project > 0 })
export const useConcepts = (project: number) =>
  useQuery({ queryKey: ['concepts', project], queryFn: () => call.concepts(project), enabled: project > 0, select: names })
export const useModels = (project: number) => useQuery({ queryKey: ['models', project], queryFn: () => call.models(project) })

const ALL_TASKS: call.TaskFilter = {}

export const useTasks = (project: number, filter: call.TaskFilter = ALL_TASKS) =>
  useInfiniteQuery({
    queryKey: ['tasks', project, 'found', filter],
    queryFn: ({ pageParam }) => call.tasks(project, filter, pageParam),
    enabled: project > 0,
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    // while one types, what was found before stays; but never that of another project
    placeholderData: (before, { queryKey } = {} as never) => (queryKey?.[1] === project ? before : undefined),
    refetchInterval: 30_000,
  })
export const useTask = (project: number, id: number) =>
  useQuery({ queryKey: ['tasks', project, id], queryFn: () => call.task(project, id), refetchInterval: 30_000 })
export const useTaskPeople = (project: number, id: number) =>
  useQuery({ queryKey: ['tasks', project, id, 'people'], queryFn: async () => (await call.taskPeople(project, id)).items })
export const useMapping = (project: number, model: string | null) =>
  useQuery({ queryKey: ['mappings', project, model], queryFn: async () => (await call.mappingOf(project, model ?? '')).mapping, enabled: model !== null })
export const useSpeed = (project: number, model: string | null) =>
  useQuery({ queryKey: ['speeds', project, model], queryFn: () => call.speedOf(project, model ?? ''), enabled: model !== null })
export const useHistograms = (project: number, id: number) =>
  useQuery({
    queryKey: ['tasks', project, id, 'histograms'],
    queryFn: async () => {
      const { concepts } = await call.histograms(project, id)
      return Object.fromEntries(Object.entries(concepts).map(([name, bins]) => [name, dense(bins)]))
    },
  })
export const useTaskConcepts = (project: number, id: number) =>
  useQuery({ queryKey: ['tasks', project, id, 'concepts'], queryFn: async () => (await call.taskConcepts(project, id)).concepts })
export const useSamples = (project: number, id: number, concept: string, near: number) =>
  useQuery({ queryKey: ['tasks', project, id, 'samples', concept, near], queryFn: () => call.samples(project, id, concept, near), placeholderData: (before) => before })
export const useFailures = (project: number, id: number) =>
  useInfiniteQuery({
    queryKey: ['tasks', project, id, 'failures'],
    queryFn: ({ pageParam }) => call.failures(project, id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  })

/** The versions of a dataset, newest first. */
export const useVersions = (project: number, dataset: number) =>
  useInfiniteQuery({
    queryKey: ['datasets', project, dataset, 'versions'],
    queryFn: ({ pageParam }) => call.versions(project, dataset, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  })
/** What people did in a project, or in one task of it, newest first. */
/** What people, or one of them, did in a task, or (null) in the whole project. */
export const useActs = (project: number, task: number | null, person: number | null) =>
  useInfiniteQuery({
    queryKey: ['tasks', project, task, 'acts', person],
    queryFn: ({ pageParam }) => call.acts(project, task, person, pageParam),
    staleTime: 0, // whatever one did on another page adds to it
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  })
export const useStory = (project: number, annotation: number) =>
  useQuery({ queryKey: ['inputs', project, 'story', annotation], queryFn: async () => (await call.story(project, annotation)).items })
export const useNotifications = () =>
  useInfiniteQuery({
    queryKey: ['notifications', 'list'],
    queryFn: ({ pageParam }) => call.notifications(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  })
export const useUnread = () => useQuery({ queryKey: ['notifications', 'unread'], queryFn: call.unread, refetchInterval: 30_000 })

// in one place, so that the same list gives the same names
const names = (some: Concept[]): string[] => some.map(({ name }) => name)

function dense(bins: [number, number][]): number[] {
  const counts = Array<number>(1001).fill(0)
  for (const [bin, number] of bins) counts[bin] = number
  return counts
}

/** At most this often is anything read again because of events, however many come. */
const BREATH = 700
/** Milliseconds in which a stream has told how all stands, if there is anything. */
const FIRST_LOOK = 2_000

/** So long a connection may be gone before one is told: the server closes it now and then, and it opens again at once. */
const PATIENCE = 5000

/**
 * Listens to a project, and says whether it cannot. An event says which noun moved, and what shows it is read again. After a gap in the
 * connection everything is, so that a page left open over night still tells the truth.
 */
export function useEvents(project: number): boolean {
  const [lost, setLost] = useState(false)
  useEffect(() => {
    if (project <= 0) return
    const heard = new Set<Noun>()
    /** What the stream begins with: how all stands, which pages read at the same time. Null: it goes on. */
    let beginning: Map<number, TaskHead> | null = new Map()
    let begun: ReturnType<typeof setTimeout> | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const flush = (): void => {
      timer = undefined
      moved(project, ...heard)
      heard.clear()
    }
    const note = (...nouns: Noun[]): void => {
      for (const noun of nouns) heard.add(noun)
      timer ??= setTimeout(flush, BREATH)
    }
    const take = (head: TaskHead): void => {
      put(project, head)
      note('tasks', ...(head.waiting < head.inputs ? (['inputs'] as const) : []), ...(brings(project, head) ? (['concepts'] as const) : []))
    }
    const begin = (): void => {
      for (const head of beginning?.values() ?? []) if (!isKnown(project, head) || brings(project, head)) take(head)
      beginning = null
    }
    const beginIn = (time: number): void => {
      clearTimeout(begun)
      begun = setTimeout(begin, time)
    }
    let source: EventSource
    let gap: ReturnType<typeof setTimeout> | undefined
    let again: ReturnType<typeof setTimeout> | undefined
    const listen = (): void => {
      source = new EventSource(`${BASE}/projects/${project}/events`)
      source.onopen = () => {
        if (gap !== undefined) note('tasks', 'inputs', 'datasets', 'concepts', 'imports')
        clearTimeout(gap)
        gap = undefined
        setLost(false)
        if (beginning !== null) beginIn(FIRST_LOOK)
      }
      source.onerror = () => {
        gap ??= setTimeout(() => setLost(true), PATIENCE)
        // after an answer that is no stream of events, such as a proxy's, a browser does not come again by itself
        if (source.readyState === EventSource.CLOSED) again = setTimeout(listen, PATIENCE)
      }
      source.addEventListener('task', (event) => {
        const head = JSON.parse((event as MessageEvent<string>).data) as TaskHead
        if (beginning === null) return take(head)
        if (beginning.size === 0) beginIn(BREATH)
        beginning.set(head.id, head)
      })
      source.addEventListener('gone', () => note('tasks', 'inputs'))
      source.addEventListener('import', () => note('imports', 'inputs', 'datasets'))
    }
    listen()
    return () => {
      source.close()
      setLost(false)
      for (const one of [timer, gap, again, begun]) clearTimeout(one)
    }
  }, [project])
  return lost
}
