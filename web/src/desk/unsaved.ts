/**
 * Decisions that the server has not heard of yet: kept in the browser's storage, so that a reload or a lost line loses
 * none, and sent one after another in the order they were made. Each carries a key of its own: what was sent twice
 * because the answer got lost does nothing twice.
 */
import { Fault } from '../api/request'

/** Where it was decided. */
export type WorkPage = 'review' | 'grid' | 'label'

export interface Unsaved {
  key: string
  /** Below the API's base. */
  path: string
  body: unknown
  page: WorkPage
  /** The task, and the input, that it decides on, for those who show them. */
  task: number
  input: number
  name: string
}

/** Hears what becomes of the decisions of one page. */
export interface Heard {
  page: WorkPage
  task: number
  saved: (one: Unsaved, answer: unknown) => void
  /** It was refused and is not kept: somebody else was first, or it may not be done. */
  refused: (one: Unsaved, fault: Fault) => void
}

type Refused = Heard['refused']

type Send = (path: string, body: unknown) => Promise<unknown>

/** Milliseconds until it is tried again, the first times and then. */
const PAUSES = [1_000, 2_000, 5_000, 10_000, 15_000]

const PREFIX = 'labelmill-unsaved'

export class Outbox {
  readonly #storage: Storage
  readonly #send: Send
  readonly #alone: Refused
  readonly #saved: (one: Unsaved) => void
  /** Keys of those for which the storage has no room. */
  readonly #homeless = new Set<string>()
  readonly #prefix: string
  readonly #hearers = new Set<Heard>()
  readonly #watchers = new Set<() => void>()
  #waiting: readonly Unsaved[]
  #sending: string | null = null
  #tries = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #last = 0
  readonly #places = new Map<string, string>()

  /**
   * `person`: whose decisions they are; another who signs in at the same browser does not send them. `alone`: told of what
   * is refused when the page that decided it is not open. `saved`: told of all that the server has, before the page is.
   */
  constructor(person: number, storage: Storage, send: Send, alone: Refused, saved: (one: Unsaved) => void) {
    this.#prefix = `${PREFIX}-${person}-`
    this.#storage = storage
    this.#send = send
    this.#alone = alone
    this.#saved = saved
    this.#waiting = this.#read()
  }

  #read(): Unsaved[] {
    const places = Array.from({ length: this.#storage.length }, (_, at) => this.#storage.key(at) as string).filter((one) => one.startsWith(this.#prefix))
    return places.sort().map((place) => {
      const one = JSON.parse(this.#storage.getItem(place) as string) as Unsaved
      this.#places.set(one.key, place)
      return one
    })
  }

  /** The same list until it changes. */
  get waiting(): readonly Unsaved[] {
    return this.#waiting
  }

  /** It has been tried in vain. */
  get stuck(): boolean {
    return this.#tries > 0
  }

  /** Some would be lost with the page: the storage has no room for them. */
  get fragile(): boolean {
    return this.#homeless.size > 0
  }

  add(one: Unsaved): void {
    this.#last = Math.max(Date.now(), this.#last + 1)
    // the names sort as the decisions were made
    const place = `${this.#prefix}${this.#last}-${one.key}`
    this.#places.set(one.key, place)
    if (!stored(this.#storage, place, one)) this.#homeless.add(one.key)
    this.#change([...this.#waiting, one])
    void this.flush()
  }

  /** Takes back what is not on its way yet; false: it is too late for that. */
  take(key: string): boolean {
    if (key === this.#sending || !this.#waiting.some((one) => one.key === key)) return false
    this.#remove(key)
    return true
  }

  hear(hearer: Heard): () => void {
    this.#hearers.add(hearer)
    return () => this.#hearers.delete(hearer)
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#watchers.clear()
    this.#hearers.clear()
  }

  /** Sends all that waits; returns when nothing does or the line is found broken. */
  async flush(): Promise<void> {
    if (this.#sending !== null) return
    clearTimeout(this.#timer)
    for (let one = this.#waiting[0]; one !== undefined; one = this.#waiting[0]) {
      this.#sending = one.key
      try {
        const answer = await this.#send(one.path, one.body)
        this.#settle(one.key)
        this.#saved(one)
        for (const { saved } of this.#hearing(one)) saved(one, answer)
      } catch (error) {
        this.#sending = null
        if (!(error instanceof Fault)) throw error
        if (passes(error, this.#tries)) return this.#wait()
        this.#settle(one.key)
        const hearing = this.#hearing(one)
        for (const { refused } of hearing) refused(one, error)
        if (hearing.length === 0) this.#alone(one, error)
      }
    }
  }

  #hearing(one: Unsaved): Heard[] {
    return [...this.#hearers].filter(({ page, task }) => page === one.page && task === one.task)
  }

  #settle(key: string): void {
    this.#sending = null
    this.#tries = 0
    this.#remove(key)
  }

  #wait(): void {
    this.#timer = setTimeout(() => void this.flush(), PAUSES[Math.min(this.#tries, PAUSES.length - 1)])
    this.#tries += 1
    this.#change([...this.#waiting])
  }

  #remove(key: string): void {
    this.#storage.removeItem(this.#places.get(key) as string)
    this.#places.delete(key)
    this.#homeless.delete(key)
    this.#change(this.#waiting.filter((one) => one.key !== key))
  }

  #change(waiting: readonly Unsaved[]): void {
    this.#waiting = waiting
    for (const watch of this.#watchers) watch()
  }
}

/** Puts it into the storage; false: there is no room. */
export function stored(storage: Storage, place: string, what: unknown): boolean {
  try {
    storage.setItem(place, JSON.stringify(what))
  } catch (fault) {
    if (fault instanceof DOMException) return false
    throw fault
  }
  return true
}

/**
 * What may be well by itself later: no server, a server that starts, a session to begin anew, too much at once. A fault
 * of the server's own may be due to this decision alone: it must not hold up the others for ever.
 */
function passes({ status }: Fault, tries: number): boolean {
  return status === 0 || status === 401 || status === 429 || status > 500 || (status === 500 && tries < PAUSES.length)
}
