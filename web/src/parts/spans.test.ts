import { expect, it } from 'vitest'

import { pieces } from './spans'

it('cuts a text at code points, the shortest span first', () => {
  const found = pieces('a🎉bcd', [
    { id: 1, concept: 'all', span: [1, 5] },
    { id: 2, concept: 'some', span: [2, 4] },
  ])
  expect(found.map(({ words, spans }) => [words, spans.map(({ id }) => id)])).toEqual([
    ['a', []],
    ['🎉', [1]],
    ['bc', [2, 1]],
    ['d', [1]],
  ])
  expect(pieces('', [])).toEqual([])
  expect(pieces('ab', [{ id: 1, concept: 'x', span: [0, 2] }])).toHaveLength(1)
})
