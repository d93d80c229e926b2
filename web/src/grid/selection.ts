/** Which inputs are selected, by id, and where a range starts. */
export class Selection {
  readonly #ids = new Set<number>()
  #anchor = 0

  get size(): number {
    return this.#ids.size
  }

  has(id: number): boolean {
    return this.#ids.has(id)
  }

  add(id: number): void {
    this.#ids.add(id)
  }

  toggle(id: number, index: number): void {
    if (!this.#ids.delete(id)) this.#ids.add(id)
    this.#anchor = index
  }

  /** Everything from where the last choice was made to here. */
  reach(ids: readonly number[], index: number): void {
    const [from, to] = [Math.min(this.#anchor, index), Math.max(this.#anchor, index)]
    for (const id of ids.slice(from, to + 1)) this.#ids.add(id)
  }

  /** Forget what is not there any more. */
  keep(known: ReadonlySet<number>): void {
    for (const id of this.#ids) if (!known.has(id)) this.#ids.delete(id)
  }

  clear(): void {
    this.#ids.clear()
  }
}
