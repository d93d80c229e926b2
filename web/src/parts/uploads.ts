/** Uploads of one visit: files go in batches, two at a time, and go on while one looks at other pages. */
import { useSyncExternalStore } from 'react'

import { upload } from '../api/calls'
import { moved } from '../api/moved'

const BATCH_FILES = 40
const BATCH_BYTES = 24 * 2 ** 20
const ABREAST = 2

export interface Chosen {
  file: File
  /** With its folders, where it came in one. */
  path: string
}

export interface Progress {
  files: number
  bytes: number
  sent: number
  done: number
  accepted: number
  failures: { source: string; message: string }[]
  running: boolean
}

const NOTHING: Progress = { files: 0, bytes: 0, sent: 0, done: 0, accepted: 0, failures: [], running: false }
let state = NOTHING
let stop = new AbortController()
const hearers = new Set<() => void>()

function set(more: Partial<Progress>): void {
  state = { ...state, ...more }
  for (const hear of hearers) hear()
}

export function useUploads(): Progress {
  return useSyncExternalStore(
    (hear) => {
      hearers.add(hear)
      return () => hearers.delete(hear)
    },
    () => state,
  )
}

export function dismissUploads(): void {
  stop.abort()
  set(NOTHING)
}

/** Files into batches that a request can hold; one that is too large for any goes alone. */
export function batches(chosen: readonly Chosen[]): Chosen[][] {
  const found: Chosen[][] = []
  let bytes = Infinity
  for (const one of chosen) {
    const last = found.at(-1)
    if (last === undefined || last.length >= BATCH_FILES || bytes + one.file.size > BATCH_BYTES) {
      found.push([one])
      bytes = one.file.size
    } else {
      last.push(one)
      bytes += one.file.size
    }
  }
  return found
}

export async function startUpload(project: number, chosen: readonly Chosen[], dataset: string): Promise<void> {
  if (chosen.length === 0) return
  const before = state.running ? state : NOTHING
  if (!state.running) stop = new AbortController()
  const bytes = chosen.reduce((sum, { file }) => sum + file.size, 0)
  set({ ...before, files: before.files + chosen.length, bytes: before.bytes + bytes, running: true })
  const waiting = batches(chosen)
  const { signal } = stop
  const work = async (): Promise<void> => {
    for (let batch = waiting.shift(); batch !== undefined && !signal.aborted; batch = waiting.shift()) await sendBatch(project, batch, dataset, signal)
  }
  await Promise.all(Array.from({ length: ABREAST }, work))
  if (signal.aborted) return
  set({ running: state.done < state.files })
  moved(project, 'inputs', 'datasets', 'projects')
}

async function sendBatch(project: number, batch: Chosen[], dataset: string, signal: AbortSignal): Promise<void> {
  const form = new FormData()
  if (dataset !== '') form.append('dataset', dataset)
  for (const { file, path } of batch) form.append('files', file, path)
  const size = batch.reduce((sum, { file }) => sum + file.size, 0)
  let told = 0
  const tell = (share: number): void => {
    const now = Math.round(share * size)
    set({ sent: state.sent + now - told })
    told = now
  }
  try {
    const said = await upload(project, form, tell, signal)
    if (!signal.aborted) set({ accepted: state.accepted + said.accepted, failures: [...state.failures, ...said.failures] })
  } catch (error) {
    if (signal.aborted) return
    const message = (error as Error).message
    set({ failures: [...state.failures, ...batch.map(({ path }) => ({ source: path, message }))] })
  }
  tell(1)
  set({ done: state.done + batch.length })
}

/** All files of a drop, those in folders with their folders' names. */
export async function dropped(transfer: DataTransfer): Promise<Chosen[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  if (entries.length === 0) return chosenOf(transfer.files)
  return (await Promise.all(entries.map((entry) => walk(entry, '')))).flat()
}

export function chosenOf(files: Iterable<File>): Chosen[] {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name })).filter(({ path }) => seen(path))
}

function seen(path: string): boolean {
  return !path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX' || part === 'Thumbs.db')
}

async function walk(entry: FileSystemEntry, folder: string): Promise<Chosen[]> {
  const path = folder + entry.name
  if (!seen(path)) return []
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    return [{ file, path }]
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: Chosen[] = []
  for (;;) {
    // a reader gives at most a hundred entries at a time, and none when it is through
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return found
    found.push(...(await Promise.all(some.map((one) => walk(one, `${path}/`)))).flat())
  }
}
