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
