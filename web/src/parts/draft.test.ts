import { describe, expect, it } from 'vitest'

import type { Model } from '../api/types'
import { asked, asTask, BOTH, chosen, type Draft, EMPTY, freeName, fresh, joined, kindsOf, listed, majority, mayLabel, mayReview, missing, type Place, renamed, sharing, suggestedName, withModel } from './draft'

const model = (many: number): Model => ({ name: 'finder', runtime: 'onnx', licence: 'MIT', description: '', reads: ['image'], makes: 'box', concepts: Array.from({ length: many }, (_, at) => `c${at}`), models: [], version: '1', size: 1, selectable: true, reason: null, project_id: null })
const place: Place = { name: 'wardrobe', inputs: 12, kinds: BOTH, taken: false }
const whole = (draft: Partial<Draft>) => chosen({ ...EMPTY, ...draft }, {}, 1)
const PEOPLE = { auto: false, named: ['scratch'] } as const

describe('a draft of a task', () => {
  it('takes the few concepts of a model, and none of many', () => {
    expect(withModel(model(3)).concepts).toEqual(['c0', 'c1', 'c2'])
    expect(withModel(model(80)).concepts).toEqual([])
  })

  it('asks for the concepts of the project, each once', () => {
    const draft = chosen({ ...EMPTY, ...withModel(model(3)) }, { c0: 'shirt', c1: 'shirt' }, 1)
    expect(asked(draft)).toEqual(['shirt', 'c2'])
    expect(fresh(draft, ['shirt'])).toEqual(['c2'])
    expect(asked(whole(PEOPLE))).toEqual(['scratch'])
  })

  it('maps what is called otherwise, and only that', () => {
    expect(renamed({}, 'c0', ' shirt ')).toEqual({ c0: 'shirt' })
    expect(renamed({ c0: 'shirt', c1: 'shoe' }, 'c0', 'c0')).toEqual({ c1: 'shoe' })
    expect(renamed({ c0: 'shirt' }, 'c0', '')).toEqual({})
    expect(withModel(model(1)).mapping).toBeNull()
  })

  it('leaves out limits of concepts that are gone', () => {
    const own = { lower: 0.3, upper: 0.6 }
    const draft = { ...EMPTY, ...withModel(model(3)), concepts: ['c1', 'c2'], each: true, limits: { ...EMPTY.limits, by_concept: { c0: own, c2: own } } }
    expect(chosen(draft, {}, 1).thresholds.by_concept).toEqual({ c2: own })
    expect(chosen(draft, { c1: 'c0', c2: 'c0' }, 1).thresholds.by_concept).toEqual({ c0: own })
  })

  it('keeps own limits while they do not count', () => {
    const own = { lower: 0.3, upper: 0.6 }
    const draft = { ...EMPTY, ...withModel(model(3)), each: false, limits: { ...EMPTY.limits, by_concept: { c0: own } } }
    expect(asTask(chosen(draft, {}, 1), place, false).thresholds).toEqual(EMPTY.limits)
    expect(asTask(chosen({ ...draft, each: true }, {}, 1), place, false).thresholds?.by_concept).toEqual({ c0: own })
  })

  it('says the next thing that is missing', () => {
    expect(missing(whole({}), null)).toBe('Choose a dataset.')
    expect(missing(whole({ where: 'all' }), { ...place, name: '' })).toBe('Give the new dataset a name.')
    expect(missing(whole({}), { ...place, inputs: 0 })).toBe('This dataset has no inputs.')
    expect(missing(whole({}), place)).toBe('Choose a model.')
    expect(missing(whole({ ...EMPTY, ...withModel(model(80)) }), place)).toBe('Choose at least one concept.')
    expect(missing(whole({ ...EMPTY, ...withModel(model(2)) }), place)).toBeNull()
    expect(missing(whole({ auto: false }), place)).toBe('Name at least one concept.')
    expect(missing(whole({ ...PEOPLE, labelers: [] }), place)).toBe('Choose who labels.')
    expect(missing(whole({ ...PEOPLE, review: 'stacked', reviewers: [] }), place)).toMatch('stacked')
    expect(missing(whole({ ...PEOPLE, checked: true }), place)).toMatch('another reviewer')
    expect(missing(whole({ ...PEOPLE, checked: true, reviewers: [1, 2] }), place)).toBeNull()
  })

  it('takes in who just came into the project, one after the other', () => {
    const both = (['reviewer', 'admin'] as const).reduce<Draft>((draft, role, at) => ({ ...draft, ...joined(draft, { id: 7 + at, role }, 1) }), EMPTY)
    expect(chosen(both, {}, 1)).toMatchObject({ reviewers: [1, 7, 8], labelers: [1, 7, 8] })
    expect(joined(both, { id: 9, role: 'labeler' }, 1)).toEqual({ labelers: [1, 7, 8, 9] })
    expect(joined({ ...EMPTY, review: 'none' }, { id: 7, role: 'reviewer' }, 1)).toEqual({ labelers: [1, 7] })
    expect(joined(both, { id: 7, role: 'reviewer' }, 1)).toEqual({ reviewers: [1, 7, 8] })
    expect(joined(EMPTY, { id: 7, role: 'viewer' }, 1)).toEqual({})
  })

  it('says what nothing of the dataset can be labeled with', () => {
    const texts: Place = { ...place, kinds: ['text'] }
    expect(chosen({ ...EMPTY, ...PEOPLE }, {}, 1, ['text']).makes).toBe('class')
    expect(chosen({ ...EMPTY, ...PEOPLE }, {}, 1, ['image', 'text']).makes).toBe('box')
    expect(missing(chosen({ ...EMPTY, ...PEOPLE }, {}, 1, ['text']), texts)).toBeNull()
    expect(missing(whole({ ...PEOPLE, makes: 'polygon' }), texts)).toBe('People draw polygons on images, and this dataset has only texts: choose another type.')
    expect(missing(whole({ ...PEOPLE, makes: 'span' }), { ...place, kinds: ['image'] })).toMatch('spans on texts')
    expect(missing(whole(withModel(model(2))), texts)).toBe('finder reads images, and this dataset has only texts: choose another model.')
    expect([kindsOf(3, 3), kindsOf(3, 0), kindsOf(3, 1), kindsOf(3, undefined)]).toEqual([['image'], ['text'], BOTH, BOTH])
  })

  it('finds a free name for a new dataset and says of a taken one', () => {
    expect(['All inputs', 'Photos'].map((name) => freeName(name, ['All inputs', 'All inputs 2']))).toEqual(['All inputs 3', 'Photos'])
    expect(missing(whole({ where: 'all' }), { ...place, taken: true })).toBe('Give the new dataset a name that no other has.')
  })

  it('becomes what the server takes', () => {
    const draft = { ...EMPTY, ...withModel(model(2)), dataset: 7 }
    const rules = { review: 'even', checked: false, instructions: '', priority: 'medium' }
    expect(suggestedName(whole(draft), place)).toBe('wardrobe by finder')
    expect(asTask(chosen(draft, { c1: 'shoe', c9: 'hat' }, 1), place, false)).toEqual({
      name: 'wardrobe by finder', model: 'finder', concepts: ['c0', 'c1'], mapping: { c1: 'shoe' }, thresholds: EMPTY.limits, delete_earlier: false, reviewers: [1], labelers: [1], dataset_id: 7, ...rules,
    })
    expect(asTask(whole({ ...draft, name: ' mine ', review: 'none' }), place, true)).toMatchObject({ name: 'mine', all_inputs_as: 'wardrobe', review: 'none', reviewers: [], labelers: [1] })
    expect(asTask(whole({ ...PEOPLE, dataset: 7, review: 'stacked', reviewers: [1, 2, 3] }), place, false)).toEqual({
      name: 'wardrobe, boxes by people', model: null, makes: 'box', concepts: ['scratch'], reviewers: [1, 2, 3], labelers: [1, 2, 3], dataset_id: 7, agree: 2, ...rules, review: 'stacked',
    })
  })

  it('shares among reviewers', () => {
    const share = (review: 'even' | 'stacked', reviewers: number[], agree: number | null = null): string => sharing({ review, agree, reviewers })
    expect([share('even', [1]), share('even', [1, 2, 3]), share('stacked', [1, 2, 3]), share('stacked', [1, 2], 3)]).toEqual(['all of it', '33 % each', 'all see all, 2 of 3 must agree', 'all see all, 2 of 2 must agree'])
    expect([1, 2, 3, 4].map(majority)).toEqual([1, 2, 2, 3])
    const roles = ['owner', 'admin', 'reviewer', 'labeler', 'viewer'] as const
    expect(roles.map((role) => mayReview({ role }))).toEqual([true, true, true, false, false])
    expect(roles.map((role) => mayLabel({ role }))).toEqual([true, true, true, true, false])
    expect(listed(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more')
  })
})
