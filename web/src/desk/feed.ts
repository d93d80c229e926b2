/** The inputs that a person goes through, pure: those at hand, where one is, and whether more can be had. */

export interface Feed<T extends { id: number }> {
  items: readonly T[]
  at: number
  /** Where the next page begins; null: from the start again, for what was skipped or has come since. */
  next: string | null
  /** The last page has been read since the start: nothing follows what is here. */
  ended: boolean
}

/** So many are kept at hand ahead of the one that is shown. */
export const AHEAD = 6

export function empty<T extends { id: number }>(): Feed<T> {
  return { items: [], at: 0, next: null, ended: false }
}

/** `without`: what was decided here and the server may not know yet. */
export function loaded<T extends { id: number }>(feed: Feed<T>, page: { items: readonly T[]; next: string | null }, without: ReadonlySet<number>): Feed<T> {
  const here = new Set(feed.items.map(({ id }) => id))
  const fresh = page.items.filter(({ id }) => !here.has(id) && !without.has(id))
  return { ...feed, items: [...feed.items, ...fresh], next: page.next, ended: page.next === null }
}

export function current<T extends { id: number }>(feed: Feed<T>): T | null {
  return feed.items[feed.at] ?? null
}

/** Whether to read a page: too few are ahead, and there may be more. */
export function wants<T extends { id: number }>(feed: Feed<T>): boolean {
  return !feed.ended && feed.items.length - feed.at <= AHEAD
}

/** One is decided: the next moves into its place. At the end one goes to what was skipped. */
export function without<T extends { id: number }>(feed: Feed<T>, id: number): Feed<T> {
  const place = feed.items.findIndex((one) => one.id === id)
  if (place < 0) return feed
  const items = feed.items.filter((one) => one.id !== id)
  const at = place < feed.at ? feed.at - 1 : feed.at
  return { ...feed, items, at: at < items.length ? at : 0 }
}

export function moved<T extends { id: number }>(feed: Feed<T>, by: 1 | -1): Feed<T> {
  const at = feed.at + by
  return at < 0 || at >= feed.items.length ? feed : { ...feed, at }
}

export function at<T extends { id: number }>(feed: Feed<T>, id: number): Feed<T> {
  const place = feed.items.findIndex((one) => one.id === id)
  return place < 0 ? feed : { ...feed, at: place }
}

/** One comes back, as it is now: it is shown at once, before all that was ahead. */
export function returned<T extends { id: number }>(feed: Feed<T>, item: T): Feed<T> {
  const rest = without(feed, item.id)
  return { ...rest, items: rest.items.toSpliced(rest.at, 0, item) }
}
