/** What a task would do to all its inputs, from the few that were tried. */
import type { Band, Sample, Thresholds } from '../api/types'
import { bandOf, limitsOf } from './bands'
import { duration } from './words'

export interface Tried {
  /** What was tried: the model, its concepts and the dataset. An estimate for others would be made up. */
  of: string
  /** How many inputs got an answer. */
  inputs: number
  /** That all which were tried took together, once the model was loaded. */
  seconds: number
  samples: readonly Pick<Sample, 'input_id' | 'concept' | 'score'>[]
}

/** Inputs out of `all` that have something in each band, as many as the tried ones let expect; null without any. */
export function estimate(tried: Tried, concepts: readonly string[], thresholds: Thresholds, all: number): Record<Band, number> | null {
  if (tried.inputs === 0) return null
  const asked = new Set(concepts)
  const seen: Record<Band, Set<number>> = { approved: new Set(), review: new Set(), discarded: new Set() }
  for (const { concept, score, input_id } of tried.samples) if (asked.has(concept)) seen[bandOf(score, limitsOf(thresholds, concept))].add(input_id)
  const expected = (band: Band): number => Math.round((seen[band].size / tried.inputs) * all)
  return { approved: expected('approved'), review: expected('review'), discarded: expected('discarded') }
}

/** How long the model will take for so many inputs, in words: as its tasks did (inputs a second), else roughly as the trial. */
export function modelTime(inputs: number, speed: number | null, tried: Tried | null): string {
  if (speed !== null) return `${duration(inputs / speed)} for the model`
  if (tried === null || tried.inputs === 0) return 'not known yet: trying the model on some inputs tells'
  return `${duration((inputs * tried.seconds) / tried.inputs)} for the model, a rough guess from the inputs tried`
}
