/** Rows of equal width from tiles of any proportions. Pure: the grid puts into the page what this says. */
export interface Cell {
  index: number
  x: number
  width: number
}

export interface Row {
  y: number
  height: number
  cells: Cell[]
}

export const GAP = 4
const [NARROWEST, WIDEST] = [0.5, 2.4]

export function proportion(item: { width: number | null; height: number | null }): number {
  if (item.width === null || item.height === null) return 1.5
  return Math.min(WIDEST, Math.max(NARROWEST, item.width / item.height))
}

/**
 * Lays tiles out as they arrive: full rows are final, the last one is laid out again when more follow. So adding a
 * page costs that page, not all that came before it.
 */
export class Layout {
  readonly rows: Row[] = []
  readonly #width: number
  readonly #target: number
  #count = 0
  #open: { index: number; proportion: number }[] = []
  #closed = 0

  constructor(width: number, target: number) {
    this.#width = width
    this.#target = target
  }

  get height(): number {
    const last = this.rows.at(-1)
    return last === undefined ? 0 : last.y + last.height
  }

  add(proportions: readonly number[]): void {
    this.rows.length = this.#closed
    for (const one of proportions) {
      this.#open.push({ index: this.#count++, proportion: one })
      if (this.#needs(this.#target) >= this.#width) this.#close()
    }
    if (this.#open.length > 0) this.#put(this.#target)
  }

  #needs(height: number): number {
    return this.#open.reduce((sum, one) => sum + one.proportion * height, (this.#open.length - 1) * GAP)
  }

  #close(): void {
    const sum = this.#open.reduce((total, one) => total + one.proportion, 0)
    this.#put((this.#width - (this.#open.length - 1) * GAP) / sum)
    this.#open = []
    this.#closed = this.rows.length
  }

  #put(height: number): void {
    let x = 0
    const y = this.rows.length === 0 ? 0 : this.height + GAP
    const cells = this.#open.map(({ index, proportion: one }) => {
      const cell = { index, x, width: one * height }
      x += cell.width + GAP
      return cell
    })
    this.rows.push({ y, height, cells })
  }

  /** The rows that touch this stretch, as first (inclusive) and last (exclusive). */
  between(top: number, bottom: number): [number, number] {
    return [this.#search((row) => row.y + row.height >= top), this.#search((row) => row.y > bottom)]
  }

  rowOf(index: number): number {
    return this.#search((row) => (row.cells.at(-1) as Cell).index >= index)
  }

  /** The tile above or below one, the nearest to its middle. */
  beside(index: number, step: 1 | -1): number {
    const at = this.rowOf(index)
    const row = this.rows[at]
    const next = this.rows[at + step]
    const cell = row?.cells.find((one) => one.index === index)
    if (cell === undefined || next === undefined) return index
    const middle = cell.x + cell.width / 2
    const away = (one: Cell): number => Math.abs(one.x + one.width / 2 - middle)
    return next.cells.reduce((best, one) => (away(one) < away(best) ? one : best)).index
  }

  #search(passes: (row: Row) => boolean): number {
    let [low, high] = [0, this.rows.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (passes(this.rows[middle] as Row)) high = middle
      else low = middle + 1
    }
    return low
  }
}
