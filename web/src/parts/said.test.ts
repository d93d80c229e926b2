import { expect, it } from 'vitest'

import type { Hints } from '../api/work'
import { begin } from '../desk/draft'
import { offers } from './said'

const box = { kind: 'box' as const, value: [0, 0, 0.5, 0.5] as [number, number, number, number] }
const hints: Hints = {
  model: 'finder',
  predictions: [
    { concept: 'shirt', score: 0.9, region: box },
    { concept: 'shirt', score: 0.4, region: { kind: 'box', value: [0.5, 0.5, 1, 1] } },
    { concept: 'car', score: 0.8, region: box },
  ],
}
const SHIRTS = { concepts: ['shirt'], makes: null }

it('offers what lies within the scores and is a concept of the task', () => {
  expect(offers(hints, [0.3, 1], SHIRTS, []).map(({ score }) => score)).toEqual([0.9, 0.4])
  expect(offers(hints, [0.3, 0.5], SHIRTS, []).map(({ score }) => score)).toEqual([0.4])
  expect(offers(undefined, [0, 1], SHIRTS, [])).toEqual([])
})

it('offers what a task for people takes', () => {
  expect(offers(hints, [0, 1], { ...SHIRTS, makes: 'box' }, [])).toHaveLength(2)
  expect(offers(hints, [0, 1], { ...SHIRTS, makes: 'polygon' }, [])).toEqual([])
})

it('offers nothing twice', () => {
  const { draft } = begin([{ id: 1, task_id: 1, concept_id: 1, concept: 'shirt', present: true, region: box, score: null, status: 'success', labeler: 'Ana' }])
  expect(offers(hints, [0, 1], { concepts: ['shirt', 'car'], makes: null }, draft).map(({ concept, score }) => [concept, score])).toEqual([['shirt', 0.4], ['car', 0.8]])
})
