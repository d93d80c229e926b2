export interface Span {
  id: number
  concept: string
  /** In code points, end exclusive. */
  span: [number, number]
}

export interface Piece {
  from: number
  words: string
  /** What covers it, the shortest first. */
  spans: Span[]
}

/** A text cut wherever a span begins or ends. Offsets count code points; JavaScript's strings count otherwise. */
export function pieces(text: string, spans: readonly Span[]): Piece[] {
  const points = Array.from(text)
  const cuts = new Set([0, points.length])
  for (const { span } of spans) for (const at of span) if (at > 0 && at < points.length) cuts.add(at)
  const places = [...cuts].sort((a, b) => a - b)
  const byLength = [...spans].sort((a, b) => a.span[1] - a.span[0] - (b.span[1] - b.span[0]))
  return places.slice(0, -1).map((from, at) => {
    const to = places[at + 1] as number
    return { from, words: points.slice(from, to).join(''), spans: byLength.filter(({ span }) => span[0] <= from && span[1] >= to) }
  })
}

/** How many code points lie before a place in a string; a place within a pair of surrogates counts to the pair's start, or with `end` to its end. */
export function pointsBefore(words: string, offset: number, end = false): number {
  const splits = offset > 0 && offset < words.length && /[\uD800-\uDBFF]/.test(words[offset - 1] as string) && /[\uDC00-\uDFFF]/.test(words[offset] as string)
  return Array.from(words.slice(0, splits ? offset + (end ? 1 : -1) : offset)).length
}

/** Where each word lies, in code points, end exclusive. */
export function wordsOf(text: string): [number, number][] {
  let at = 0
  const found: [number, number][] = []
  for (const { segment, isWordLike } of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)) {
    const from = at
    at += Array.from(segment).length
    if (isWordLike) found.push([from, at])
  }
  return found
}

/** The word after or before what is marked; without anything marked the first or the last. */
export function stepWord(words: readonly [number, number][], marked: [number, number] | null, by: 1 | -1): [number, number] | null {
  if (marked === null) return words.at(by > 0 ? 0 : -1) ?? null
  const found = by > 0 ? words.find(([from]) => from >= marked[1]) : words.findLast(([, to]) => to <= marked[0])
  return found ?? marked
}

/** What is marked, its end one word further or one less; it never becomes empty. */
export function stretched(words: readonly [number, number][], [from, to]: [number, number], by: 1 | -1): [number, number] {
  const end = by > 0 ? words.find((word) => word[1] > to)?.[1] : words.findLast((word) => word[1] < to && word[1] > from)?.[1]
  return [from, end ?? to]
}

/** One end moved by so many characters, within the text. */
export function moved([from, to]: [number, number], end: 'start' | 'end', by: number, length: number): [number, number] {
  return end === 'end' ? [from, Math.min(length, Math.max(from + 1, to + by))] : [Math.max(0, Math.min(to - 1, from + by)), to]
}
