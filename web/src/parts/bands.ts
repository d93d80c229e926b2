/** What two limits do to scores; the same arithmetic as the server's, so that a slider answers at once. */
import type { Band, BandCounts, Limits, Thresholds } from '../api/types'

export const BANDS: readonly Band[] = ['approved', 'review', 'discarded']
export const BAND_NAMES: Record<Band, string> = { approved: 'approved', review: 'to a reviewer', discarded: 'discarded' }
export const STEP = 0.01

const bin = (score: number): number => Math.min(1000, Math.floor(score * 1000 + 1e-6))

/** Counts per band from a histogram of thousandths; a score equal to a limit belongs to the band above. */
export function count(histogram: readonly number[], { lower, upper }: Limits): BandCounts {
  const low = bin(lower)
  const high = upper === null ? histogram.length : bin(upper)
  const counts: BandCounts = { approved: 0, review: 0, discarded: 0 }
  histogram.forEach((number, at) => (counts[at >= high ? 'approved' : at >= low ? 'review' : 'discarded'] += number))
  return counts
}

export function bandOf(score: number, { lower, upper }: Limits): Band {
  return upper !== null && score >= upper ? 'approved' : score >= lower ? 'review' : 'discarded'
}

export function limitsOf(thresholds: Thresholds, concept: string): Limits {
  return thresholds.by_concept[concept] ?? { lower: thresholds.lower, upper: thresholds.upper }
}

/** With the own limits of these concepts alone. */
export function counting(thresholds: Thresholds, concepts: readonly string[]): Thresholds {
  const names = new Set(concepts)
  return { ...thresholds, by_concept: Object.fromEntries(Object.entries(thresholds.by_concept).filter(([one]) => names.has(one))) }
}

export function same(one: Limits, other: Limits): boolean {
  return one.lower === other.lower && one.upper === other.upper
}

export function sameThresholds(one: Thresholds, other: Thresholds): boolean {
  const names = new Set([...Object.keys(one.by_concept), ...Object.keys(other.by_concept)])
  return same(one, other) && [...names].every((name) => same(limitsOf(one, name), limitsOf(other, name)))
}

/** What two limits do, in plain words; a band that nothing can fall into is left out. */
export function told({ lower, upper }: Limits): string {
  const range = (from: number, to: number): string => (from === to ? score(from) : `${score(from)} to ${score(to)}`)
  const approved = upper === null ? 'nothing approved by itself' : `${range(upper, 1)} approved`
  const review = upper === lower ? [] : [`${range(lower, upper ?? 1)} to a reviewer`]
  return [approved, ...review, ...(lower > 0 ? [`below ${score(lower)} discarded`] : [])].join(', ')
}

/** With two digits, or as many as it has. */
export function score(value: number): string {
  const short = value.toFixed(2)
  return Number(short) === value ? short : String(value)
}

/** A limit moved to a new place: rounded, within 0 and 1, pushing the other one along rather than passing it. */
export function move(limits: Limits, which: 'lower' | 'upper', to: number, least = 0): Limits {
  const value = Math.min(1, Math.max(least, Math.round(to * 1000) / 1000))
  if (which === 'lower') return { lower: value, upper: limits.upper === null ? null : Math.max(value, limits.upper) }
  return { lower: Math.min(value, limits.lower), upper: value }
}

/** Own limits for one concept; those that say the same as the general ones are forgotten. */
export function withConcept(thresholds: Thresholds, concept: string, limits: Limits): Thresholds {
  const others = Object.fromEntries(Object.entries(thresholds.by_concept).filter(([name]) => name !== concept))
  return { ...thresholds, by_concept: same(limits, thresholds) ? others : { ...others, [concept]: limits } }
}

/** How far a score is from the limit that it is nearest to. */
export function nearness(score: number, { lower, upper }: Limits): number {
  return Math.min(Math.abs(score - lower), upper === null ? 1 : Math.abs(score - upper))
}

/** Histograms of thousandths, one for each band, of scores each under the limits of its concept. */
export function stacked(said: readonly { concept: string; score: number }[], thresholds: Thresholds): Record<Band, number[]> {
  const none = (): number[] => Array<number>(1001).fill(0)
  const counts: Record<Band, number[]> = { approved: none(), review: none(), discarded: none() }
  for (const { concept, score } of said) {
    const of = counts[bandOf(score, limitsOf(thresholds, concept))]
    of[bin(score)] = (of[bin(score)] as number) + 1
  }
  return counts
}

/** Thousandths gathered into as many bars as there is room for; the last takes the scores of exactly 1. */
export function bars(histogram: readonly number[], many: number): number[] {
  const found = Array<number>(many).fill(0)
  histogram.forEach((number, at) => {
    const bar = Math.min(many - 1, Math.floor((at * many) / 1000))
    found[bar] = (found[bar] as number) + number
  })
  return found
}
