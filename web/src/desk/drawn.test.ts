import { expect, it } from 'vitest'

import { fits, onlyType, toolsFor } from './drawn'

it('gives the tools that draw what a task is for', () => {
  expect(toolsFor(null)).toEqual(['box', 'polygon'])
  expect(toolsFor('polygon')).toEqual(['polygon'])
  expect([toolsFor('class'), toolsFor('span')]).toEqual([[], []])
})

it('knows what a task for people takes', () => {
  const span = { kind: 'span', value: [0, 3] as [number, number] } as const
  expect([fits('span', span), fits('box', span), fits('class', span), fits(null, span)]).toEqual([true, false, false, true])
  expect([fits('class', null), fits('box', null), fits(null, null)]).toEqual([true, false, true])
})

it('draws nothing where a model gives classes alone', () => {
  expect(onlyType({ makes: null, annotation_types: ['class'] })).toBe('class')
  expect(onlyType({ makes: null, annotation_types: ['box', 'class'] })).toBeNull()
  expect(onlyType({ makes: 'span', annotation_types: ['span'] })).toBe('span')
})
