import { describe, expect, it } from 'vitest'

import { leftOut, madeOf, many, neighbour, notified, percent, progress, timeLeft } from './words'

const ledger = { inputs: 300, waiting: 1, annotated: 290, empty: 5, failed: 4 }

describe('words', () => {
  it('never call something complete that is not', () => {
    expect(percent({ ...ledger, inputs: 30_000, waiting: 1 })).toBe(99)
    expect(percent({ ...ledger, waiting: 0 })).toBe(100)
    expect(percent({ inputs: 0, waiting: 0, annotated: 0, empty: 0, failed: 0 })).toBe(0)
    expect(progress({ ...ledger, status: 'running' })).toBe('99 %')
    expect(progress({ ...ledger, waiting: 0, status: 'complete' })).toBe('Complete')
    expect(progress({ ...ledger, waiting: 300, status: 'waiting' })).toBe('Waiting to start')
  })

  it('tell how long it will take, and no more than is known', () => {
    expect([3, 42, 58, 240, 5400].map(timeLeft)).toEqual(['a few seconds left', 'about 40 s left', 'about 1 min left', 'about 4 min left', 'about 1.5 h left'])
  })

  it('count one and many', () => {
    expect([many(1, 'input'), many(1204, 'input'), many(0, 'class', 'classes')]).toEqual(['1 input', '1,204 inputs', '0 classes'])
  })

  it('tell inputs from annotations in what a version has not', () => {
    expect(leftOut({ inputs: 5, success: 322, awaiting_review: 1200, rejected: 3 })).toBe(
      '5 inputs not through or rejected; annotations: 322 approved on inputs still under review, 1,200 to review, 3 rejected',
    )
    expect([leftOut({ inputs: 1 }), leftOut({ inputs: 0, pending: 2 }), leftOut({ inputs: 0 })]).toEqual(['1 input not through or rejected', 'annotations: 2 with changes requested', 'nothing'])
  })

  it('tell what one is in a task, and no more', () => {
    const assigned = (reviewer: boolean, labeler: boolean): string => notified({ kind: 'assigned', reviewer, labeler })
    expect([assigned(true, false), assigned(false, true), assigned(true, true), assigned(false, false)]).toEqual(['You are a reviewer of', 'You label in', 'You review and label in', 'You had work in'])
    expect(notified({ kind: 'finished', reviewer: true, labeler: true })).toBe('Finished:')
  })

  it('go round a list', () => {
    expect([neighbour(-1, 1, 3), neighbour(-1, -1, 3), neighbour(2, 1, 3), neighbour(0, -1, 3), neighbour(-1, 1, 0)]).toEqual([0, 2, 0, 2, -1])
  })

  it('say what a workflow is made of', () => {
    expect(madeOf({ models: [] })).toBe('')
    expect(madeOf({ models: ['people', 'faces', 'hats'] })).toBe('Workflow of people, faces, and hats')
  })
})
