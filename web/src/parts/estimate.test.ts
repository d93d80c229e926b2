import { describe, expect, it } from 'vitest'

import { estimate, modelTime, type Tried } from './estimate'

const said = (input_id: number, concept: string, score: number) => ({ input_id, concept, score })
const tried: Tried = { of: 'model', inputs: 4, seconds: 2, samples: [said(1, 'shirt', 0.95), said(1, 'shirt', 0.92), said(1, 'shoe', 0.6), said(2, 'shirt', 0.6), said(3, 'hat', 0.6)] }
const thresholds = { lower: 0.5, upper: 0.9, by_concept: {} }

describe('the time of a model', () => {
  it('is that of its tasks, else roughly that of the trial', () => {
    expect(modelTime(1200, 10, tried)).toBe('about 2 min for the model')
    expect(modelTime(1200, null, tried)).toBe('about 10 min for the model, a rough guess from the inputs tried')
    expect(modelTime(1200, null, null)).toMatch('not known yet')
    expect(modelTime(1200, null, { ...tried, inputs: 0 })).toMatch('not known yet')
  })
})

describe('estimate', () => {
  it('counts inputs, not predictions, and only of the concepts asked for', () => {
    expect(estimate(tried, ['shirt', 'shoe'], thresholds, 100)).toEqual({ approved: 25, review: 50, discarded: 0 })
  })

  it('heeds limits of single concepts and those that approve nothing', () => {
    expect(estimate(tried, ['shirt', 'shoe'], { ...thresholds, by_concept: { shoe: { lower: 0.7, upper: 0.9 } } }, 100)).toEqual({ approved: 25, review: 25, discarded: 25 })
    expect(estimate(tried, ['shirt'], { ...thresholds, upper: null }, 100)).toEqual({ approved: 0, review: 50, discarded: 0 })
  })

  it('says nothing when nothing was answered', () => {
    expect(estimate({ ...tried, inputs: 0 }, ['shirt'], thresholds, 100)).toBeNull()
  })
})
