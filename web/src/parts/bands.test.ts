import { describe, expect, it } from 'vitest'

import { bars, count, counting, limitsOf, move, nearness, sameThresholds, stacked, told, withConcept } from './bands'

const histogram = Array<number>(1001).fill(0)
for (const [at, number] of [[50, 3], [500, 2], [899, 1], [900, 4], [1000, 5]] as const) histogram[at] = number

describe('bands', () => {
  it('counts as the server does: a score equal to a limit belongs to the band above', () => {
    expect(count(histogram, { lower: 0.5, upper: 0.9 })).toEqual({ approved: 9, review: 3, discarded: 3 })
    expect(count(histogram, { lower: 0.501, upper: 1 })).toEqual({ approved: 5, review: 5, discarded: 5 })
    expect(count(histogram, { lower: 0, upper: null })).toEqual({ approved: 0, review: 15, discarded: 0 })
    expect(count(histogram, { lower: 0.29, upper: 0.57 })).toEqual({ approved: 10, review: 2, discarded: 3 })
  })

  it('answers a slider for 80 concepts well within a frame', () => {
    const start = performance.now()
    for (let at = 0; at < 80; at++) count(histogram, { lower: at / 100, upper: 0.9 })
    expect(performance.now() - start).toBeLessThan(50)
  })

  it('moves a limit and pushes the other', () => {
    expect(move({ lower: 0.5, upper: 0.9 }, 'lower', 0.95)).toEqual({ lower: 0.95, upper: 0.95 })
    expect(move({ lower: 0.5, upper: 0.9 }, 'upper', 0.2)).toEqual({ lower: 0.2, upper: 0.2 })
    expect(move({ lower: 0.5, upper: null }, 'lower', -3, 0.05)).toEqual({ lower: 0.05, upper: null })
  })

  it('keeps own limits only where they differ', () => {
    const general = { lower: 0.5, upper: 0.9, by_concept: {} }
    const own = withConcept(general, 'shirt', { lower: 0.3, upper: 0.9 })
    expect(limitsOf(own, 'shirt').lower).toBe(0.3)
    expect(limitsOf(own, 'pants').lower).toBe(0.5)
    expect(sameThresholds(own, general)).toBe(false)
    expect(withConcept(own, 'shirt', { lower: 0.5, upper: 0.9 })).toEqual(general)
  })

  it('count own limits of the concepts named', () => {
    const own = { lower: 0.3, upper: 0.9 }
    const limits = { lower: 0.5, upper: 0.9, by_concept: { shirt: own, shoe: own } }
    expect(counting(limits, ['shoe', 'hat']).by_concept).toEqual({ shoe: own })
    expect(counting(limits, [])).toEqual({ lower: 0.5, upper: 0.9, by_concept: {} })
  })

  it('stack scores by the limits of their concepts', () => {
    const limits = { lower: 0.5, upper: 0.9, by_concept: { shoe: { lower: 0.7, upper: null } } }
    const found = stacked([['shirt', 0.6], ['shoe', 0.6], ['shoe', 0.95], ['shirt', 1]].map(([concept, score]) => ({ concept: String(concept), score: Number(score) })), limits)
    const of = (band: 'approved' | 'review' | 'discarded') => found[band].flatMap((number, at) => (number > 0 ? [[at, number]] : []))
    expect([of('approved'), of('review'), of('discarded')]).toEqual([[[1000, 1]], [[600, 1], [950, 1]], [[600, 1]]])
    expect([0.55, 0.88].map((score) => Math.round(nearness(score, limits) * 100))).toEqual([5, 2])
    expect(nearness(0.9, { lower: 0.5, upper: null })).toBeCloseTo(0.4)
  })

  it('are told in plain words', () => {
    expect(told({ lower: 0.5, upper: 0.9 })).toBe('0.90 to 1.00 approved, 0.50 to 0.90 to a reviewer, below 0.50 discarded')
    expect(told({ lower: 0.125, upper: null })).toBe('nothing approved by itself, 0.125 to 1.00 to a reviewer, below 0.125 discarded')
    expect(told({ lower: 0.8, upper: 0.8 })).toBe('0.80 to 1.00 approved, below 0.80 discarded')
    expect(told({ lower: 0, upper: 1 })).toBe('1.00 approved, 0.00 to 1.00 to a reviewer')
  })

  it('gathers thousandths into bars without losing one', () => {
    const found = bars(histogram, 40)
    expect(found.reduce((a, b) => a + b)).toBe(15)
    expect(found[39]).toBe(5)
  })
})
