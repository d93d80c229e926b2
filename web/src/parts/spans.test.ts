import { describe, expect, it } from 'vitest'

import { moved, pieces, pointsBefore, stepWord, stretched, wordsOf } from './spans'

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

describe('what is marked', () => {
  it('is counted in code points, whole ones', () => {
    expect([0, 1, 2, 3, 4].map((at) => pointsBefore('a🎉b', at))).toEqual([0, 1, 1, 2, 3])
    expect(pointsBefore('a🎉b', 2, true)).toBe(2)
  })

  const text = 'Warm 🎉 coat, fits.'
  const words = wordsOf(text)

  it('goes from word to word', () => {
    expect(words).toEqual([[0, 4], [7, 11], [13, 17]])
    expect(stepWord(words, null, 1)).toEqual([0, 4])
    expect(stepWord(words, [0, 4], 1)).toEqual([7, 11])
    expect(stepWord(words, [13, 17], 1)).toEqual([13, 17])
    expect(stepWord(words, [7, 11], -1)).toEqual([0, 4])
    expect(stepWord([], null, 1)).toBeNull()
  })

  it('is stretched by words and characters, within the text', () => {
    expect(stretched(words, [0, 4], 1)).toEqual([0, 11])
    expect(stretched(words, [0, 11], -1)).toEqual([0, 4])
    expect(stretched(words, [0, 4], -1)).toEqual([0, 4])
    expect(moved([7, 11], 'end', 99, 18)).toEqual([7, 18])
    expect(moved([7, 11], 'end', -9, 18)).toEqual([7, 8])
    expect(moved([7, 11], 'start', -9, 18)).toEqual([0, 11])
  })
})
