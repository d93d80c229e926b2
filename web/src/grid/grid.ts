import type { Input } from '../api/types'
import { GAP, Layout, proportion, type Row } from './layout'
import { Selection } from './selection'
import { type Look, makeTile } from './tile'

export interface Events {
  open: (input: Input) => void
  remove: (inputs: Input[]) => void
  selected: (inputs: Input[]) => void
  /** The end is near: load the next page. */
  more: () => void
}

/** Tiles kept beyond what is seen, in heights of the window; a limit keeps their number near 200. */
const BEYOND = 0.75
const MOST_TILES = 220
/** Milliseconds of a frame for rows that nobody sees yet. */
const SLICE = 4

/**
 * A grid of thumbnails and text cards in rows of equal width. Only rows near the window are in the page; inputs come
 * in pages, and rows that are full never move again.
 */
export class Grid {
  readonly #scroller: HTMLElement
  readonly #body = document.createElement('div')
  #look: Look
  readonly #events: Events
  readonly #stop = new AbortController()
  readonly #watch: ResizeObserver
  readonly #rows = new Map<number, HTMLElement>()
  readonly #selection = new Selection()
  #items: readonly Input[] = []
  #layout: Layout
  #size: number
  #focus = 0
  #frame = 0

  constructor(scroller: HTMLElement, size: number, look: Look, events: Events) {
    this.#scroller = scroller
    this.#size = size
    this.#look = look
    this.#events = events
    this.#layout = new Layout(this.#width(), size)
    this.#body.className = 'grid-body'
    this.#body.setAttribute('role', 'grid')
    this.#body.setAttribute('aria-label', 'Inputs')
    this.#body.setAttribute('aria-multiselectable', 'true')
    this.#body.tabIndex = 0
    scroller.append(this.#body)
    this.#listen()
    this.#watch = new ResizeObserver(() => this.#arrange())
    this.#watch.observe(scroller)
  }

  /** The inputs known by now. A list that only grew keeps everything in place; what is said of inputs may be new. */
  show(items: readonly Input[]): void {
    const before = this.#items
    const grew = items.length >= before.length && before.every(({ id }, at) => id === items[at]?.id)
    this.#items = items
    if (grew && before.length > 0) {
      const last = this.#layout.rows.length - 1
      this.#layout.add(items.slice(before.length).map(proportion))
      if (items.length > before.length) this.#drop(last)
      for (const at of this.#rows.keys())
        if (this.#layout.rows[at]?.cells.some(({ index }) => before[index] !== items[index])) this.#drop(at)
      this.#draw()
    } else {
      this.#selection.keep(new Set(items.map(({ id }) => id)))
      this.#arrange()
      this.#chosen()
    }
  }

  /** Other colours or addresses: what is in the page is made again, where it is. */
  dress(look: Look): void {
    if (look === this.#look) return
    this.#look = look
    for (const at of this.#rows.keys()) this.#drop(at)
    this.#draw()
  }

  /** Places of the first and the last input that are in sight. */
  seen(): [number, number] {
    const { scrollTop: top, clientHeight: height } = this.#scroller
    const [first, last] = this.#layout.between(top, top + height)
    return [this.#layout.rows[first]?.cells[0]?.index ?? 0, this.#layout.rows[last - 1]?.cells.at(-1)?.index ?? 0]
  }

  resize(size: number): void {
    this.#size = size
    this.#arrange()
  }

  select(which: 'all' | 'none'): void {
    if (which === 'none') this.#selection.clear()
    else for (const { id } of this.#items) this.#selection.add(id)
    this.#chosen()
  }

  /** Which tile the keys are on. */
  get at(): number {
    return this.#focus
  }

  /** Have the keys on a tile. */
  focus(at: number): void {
    this.#body.focus({ preventScroll: true })
    this.#go(at)
  }

  close(): void {
    if (this.#selection.size > 0) this.#events.selected([])
    this.#stop.abort()
    this.#watch.disconnect()
    cancelAnimationFrame(this.#frame)
    this.#body.remove()
  }

  #width(): number {
    return Math.max(200, this.#scroller.clientWidth - 2 * GAP)
  }

  #arrange(): void {
    const anchor = this.#layout.rows[this.#layout.between(this.#scroller.scrollTop, Infinity)[0]]?.cells[0]?.index ?? 0
    this.#layout = new Layout(this.#width(), this.#size)
    this.#layout.add(this.#items.map(proportion))
    for (const row of this.#rows.values()) row.remove()
    this.#rows.clear()
    this.#body.style.height = `${this.#layout.height}px`
    const row = this.#layout.rows[this.#layout.rowOf(anchor)]
    if (anchor > 0 && row !== undefined) this.#scroller.scrollTop = row.y
    this.#draw()
  }

  #drop(at: number): void {
    this.#rows.get(at)?.remove()
    this.#rows.delete(at)
    this.#body.style.height = `${this.#layout.height}px`
  }

  #draw(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0
      this.paint()
    })
  }

  /** Put the rows near the window into the page and take the others out; those out of sight as time allows. */
  paint(): void {
    const start = performance.now()
    const { scrollTop: top, clientHeight: height } = this.#scroller
    const [first, last] = this.#near(top, height)
    const [seenFirst, seenLast] = this.#layout.between(top, top + height)
    for (const [at, row] of this.#rows)
      if (at < first || at >= last) {
        row.remove()
        this.#rows.delete(at)
      }
    for (let at = seenFirst; at < seenLast; at++) this.#put(at)
    for (let at = first; at < last && performance.now() - start < SLICE; at++) this.#put(at)
    if (this.#rows.size < last - first) this.#draw()
    if (top + 3 * height > this.#layout.height) this.#events.more()
  }

  #put(at: number): void {
    if (this.#rows.has(at)) return
    const row = this.#makeRow(this.#layout.rows[at] as Row)
    this.#rows.set(at, row)
    this.#body.append(row)
  }

  #near(top: number, height: number): [number, number] {
    let [first, last] = this.#layout.between(top - BEYOND * height, top + (1 + BEYOND) * height)
    const [seenFirst, seenLast] = this.#layout.between(top, top + height)
    const tiles = (): number => this.#layout.rows.slice(first, last).reduce((sum, row) => sum + row.cells.length, 0)
    while (tiles() > MOST_TILES && (first < seenFirst || last > seenLast)) {
      if (first < seenFirst) first++
      if (last > seenLast) last--
    }
    return [first, last]
  }

  #makeRow({ y, height, cells }: Row): HTMLElement {
    const row = document.createElement('div')
    row.className = 'grid-row'
    row.setAttribute('role', 'row')
    row.style.transform = `translateY(${y}px)`
    row.style.height = `${height}px`
    for (const { index, width } of cells) {
      const tile = makeTile(this.#items[index] as Input, index, width, height, this.#look)
      tile.id = `tile-${index}`
      this.#mark(tile, index)
      row.append(tile)
    }
    return row
  }

  #mark(tile: HTMLElement, index: number): void {
    const selected = this.#selection.has((this.#items[index] as Input).id)
    tile.setAttribute('aria-selected', String(selected))
    tile.classList.toggle('focused', index === this.#focus)
    ;(tile.querySelector('.tile-check') as HTMLInputElement).checked = selected
  }

  #chosen(): void {
    for (const tile of this.#body.querySelectorAll<HTMLElement>('.tile')) this.#mark(tile, Number(tile.dataset.index))
    this.#body.classList.toggle('selecting', this.#selection.size > 0)
    this.#events.selected(this.#items.filter(({ id }) => this.#selection.has(id)))
  }

  #go(index: number): void {
    this.#focus = Math.max(0, Math.min(this.#items.length - 1, index))
    const row = this.#layout.rows[this.#layout.rowOf(this.#focus)]
    if (row === undefined) return
    const { scrollTop: top, clientHeight: height } = this.#scroller
    if (row.y < top) this.#scroller.scrollTop = row.y
    else if (row.y + row.height > top + height) this.#scroller.scrollTop = row.y + row.height - height + GAP
    this.paint()
    this.#body.setAttribute('aria-activedescendant', `tile-${this.#focus}`)
    for (const tile of this.#body.querySelectorAll('.tile')) tile.classList.toggle('focused', tile.id === `tile-${this.#focus}`)
  }

  #listen(): void {
    const { signal } = this.#stop
    this.#scroller.addEventListener('scroll', () => this.#draw(), { signal, passive: true })
    this.#body.addEventListener('click', (event) => this.#click(event), { signal })
    this.#body.addEventListener('keydown', (event) => this.#key(event), { signal })
  }

  #click(event: MouseEvent): void {
    const target = event.target as HTMLElement
    const tile = target.closest<HTMLElement>('.tile')
    if (tile === null) return
    const index = Number(tile.dataset.index)
    const item = this.#items[index] as Input
    this.#focus = index
    if (target.closest('.tile-delete')) return this.#events.remove([item])
    if (event.shiftKey) {
      event.preventDefault()
      this.#selection.reach(this.#items.map(({ id }) => id), index)
    } else if (target.closest('.tile-check') || event.metaKey || event.ctrlKey) {
      this.#selection.toggle(item.id, index)
      if (!target.closest('.tile-check')) event.preventDefault()
    } else {
      event.preventDefault()
      return this.#events.open(item)
    }
    this.#chosen()
  }

  #key(event: KeyboardEvent): void {
    const item = this.#items[this.#focus]
    if (item === undefined) return
    const moves: Record<string, () => number> = {
      ArrowRight: () => this.#focus + 1,
      ArrowLeft: () => this.#focus - 1,
      ArrowDown: () => this.#layout.beside(this.#focus, 1),
      ArrowUp: () => this.#layout.beside(this.#focus, -1),
      Home: () => 0,
      End: () => this.#items.length - 1,
    }
    const move = moves[event.key]
    if (move !== undefined) this.#go(move())
    else if (event.key === 'Enter') this.#events.open(item)
    else if (event.key === ' ') {
      this.#selection.toggle(item.id, this.#focus)
      this.#chosen()
    } else return
    event.preventDefault()
  }
}
