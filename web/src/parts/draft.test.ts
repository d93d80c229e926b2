import { describe, expect, it } from 'vitest'

import type { Model } from '../api/types'
import { asTask, EMPTY, listed, mayReview, missing, shareOf, suggestedName, withConcepts, withModel } from './draft'

const model = (many: number): Model => ({ name: 'finder', runtime: 'onnx', licence: 'MIT', description: '', reads: ['image'], makes: 'box', concepts: Array.from({ length: many }, (_, at) => `c${at}`), version: '1', selectable: true, reason: null, project_id: null })
const place = { name: 'wardrobe', inputs: 12 }

describe('a draft of a task', () => {
  it('takes the few concepts of a model, and none of many', () => {
    expect(withModel(EMPTY, model(3)).concepts).toEqual(['c0', 'c1', 'c2'])
    expect(withModel(EMPTY, model(80)).concepts).toEqual([])
  })

  it('forgets limits of concepts that are gone', () => {
    const own = { lower: 0.3, upper: 0.6 }
    const draft = { ...withModel(EMPTY, model(3)), thresholds: { ...EMPTY.thresholds, by_concept: { c0: own, c2: own } } }
    expect(withConcepts(draft, ['c1', 'c2']).thresholds.by_concept).toEqual({ c2: own })
    expect(withModel(draft, { ...model(1), name: 'other' }).thresholds.by_concept).toEqual({ c0: own })
  })

  it('says the next thing that is missing', () => {
    expect(missing(EMPTY, null)).toBe('Choose a dataset.')
    expect(missing({ ...EMPTY, where: 'all' }, { name: '', inputs: 5 })).toBe('Give the new dataset a name.')
    expect(missing(EMPTY, { ...place, inputs: 0 })).toBe('This dataset has no inputs.')
    expect(missing(EMPTY, place)).toBe('Choose a model.')
    expect(missing(withModel(EMPTY, model(80)), place)).toBe('Choose at least one concept.')
    expect(missing(withModel(EMPTY, model(2)), place)).toBeNull()
  })

  it('becomes what the server takes', () => {
    const draft = { ...withModel(EMPTY, model(2)), dataset: 7 }
    expect(suggestedName(draft, place)).toBe('wardrobe by finder')
    expect(asTask(draft, place, false, [1])).toEqual({ name: 'wardrobe by finder', model: 'finder', concepts: ['c0', 'c1'], thresholds: EMPTY.thresholds, reviewers: [1], dataset_id: 7 })
    expect(asTask({ ...draft, name: ' mine ' }, place, true, [])).toMatchObject({ name: 'mine', all_inputs_as: 'wardrobe', reviewers: [] })
  })

  it('shares among reviewers', () => {
    expect([shareOf(1), shareOf(3)]).toEqual(['all of it', '33 % each'])
    expect(['owner', 'admin', 'reviewer', 'labeler', 'viewer'].map((role) => mayReview({ role: role as 'owner' }))).toEqual([true, true, true, false, false])
    expect(listed(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more')
  })
})
