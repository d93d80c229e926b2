/**
 * What a person has begun on inputs and the server does not have: kept in the browser's storage, so that neither a reload
 * nor a look at another page loses it.
 */
import { begin, condensed, type Given, type History, rebased } from './draft'
import { stored } from './unsaved'

const PREFIX = 'labelmill-draft'
/** Milliseconds after which what was changed is written down. */
const SOON = 300

interface Input {
  id: number
  annotations: readonly Given[]
}

export class Drafts {
  readonly #storage: Storage
  readonly #prefix: string
  readonly #watchers = new Set<() => void>()
  /** Changed since it was written down last. */
  readonly #changed = new Set<number>()
  #kept: ReadonlyMap<number, History>
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `place`: whose they are, and where they were begun. */
  constructor(place: string, storage: Storage) {
    this.#prefix = `${PREFIX}-${place}-`
    this.#storage = storage
    this.#kept = new Map(this.#read())
  }

  #read(): [number, History][] {
    const names = Array.from({ length: this.#storage.length }, (_, at) => this.#storage.key(at) as string)
    return names
      .filter((name) => name.startsWith(this.#prefix))
      .map((name) => [Number(name.slice(this.#prefix.length)), JSON.parse(this.#storage.getItem(name) as string) as History])
  }

  /** By the input's id: those that were begun. The same map until one changes. */
  get kept(): ReadonlyMap<number, History> {
    return this.#kept
  }

  readonly change = (input: Input, how: (history: History) => History): void => {
    const was = drafted(this.#kept, input)
    const now = how(was)
    if (now !== was) this.#put(new Map(this.#kept).set(input.id, now), input.id)
  }

  /** Ids of inputs on which something was changed. */
  readonly begun = (): number[] => [...this.#kept].flatMap(([id, { done }]) => (done.length > 0 ? [id] : []))

  /** The draft of an input is done with. */
  readonly forget = (id: number): void => {
    const now = new Map(this.#kept)
    if (!now.delete(id)) return
    this.#put(now, id)
    this.save()
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }

  /** Writes down what has changed; false: the browser has no room for some, which lasts as long as the page does. */
  readonly save = (): boolean => {
    clearTimeout(this.#timer)
    for (const id of this.#changed) if (this.#write(id)) this.#changed.delete(id)
    return this.#changed.size === 0
  }

  #put(now: ReadonlyMap<number, History>, id: number): void {
    this.#kept = now
    this.#changed.add(id)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.save, SOON)
    for (const watch of this.#watchers) watch()
  }

  #write(id: number): boolean {
    const history = this.#kept.get(id)
    const name = `${this.#prefix}${id}`
    this.#storage.removeItem(name)
    return history === undefined || history.done.length === 0 || stored(this.#storage, name, condensed(history))
  }
}

/** The draft of an input; of one that has changed meanwhile it is laid over what the input is now. */
export function drafted(kept: ReadonlyMap<number, History>, { id, annotations }: Input): History {
  const one = kept.get(id)
  if (one === undefined) return begin(annotations)
  return one.given === annotations ? one : rebased(one, annotations)
}
