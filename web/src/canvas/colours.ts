/**
 * One colour for each concept, the same on canvas, chips and plots. Okabe and Ito's palette and Tol's muted one, safe
 * for the colour-blind, less their green, orange and grey: those would read as approved, review and discarded.
 */
export const CYCLE = [
  '#56b4e9', '#cc79a7', '#f0e442', '#0072b2', '#d55e00', '#882255', '#44aaaa', '#aa4499', '#ddcc77', '#6a5acd', '#88ccee',
  '#e6739f',
] as const

/** Colours by place in the project's list of concepts; a name outside it gets one that follows from its letters. */
export function conceptColours(concepts: readonly string[]): (concept: string) => string {
  const places = new Map(concepts.map((name, place) => [name, place]))
  return (concept) => CYCLE[(places.get(concept) ?? hash(concept)) % CYCLE.length] as string
}

function hash(text: string): number {
  let sum = 2166136261
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 16777619)
  return sum >>> 0
}

/** Black or white, whichever reads better on the colour. */
export function inkOn(colour: string): string {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) as [number, number, number]
  return r * 0.299 + g * 0.587 + b * 0.114 > 140 ? '#101216' : '#ffffff'
}
