import { expect, it } from 'vitest'

import { around, pathOf, squareOf } from './crop'

const size = { width: 400, height: 200 }

it('cuts a square around a region that stays within the picture', () => {
  const square = (...value: [number, number, number, number]): number[] => Object.values(squareOf({ ...size, region: { kind: 'box', value } })).map(Math.round)
  expect(square(0.45, 0.4, 0.55, 0.6)).toEqual([177, 77, 46])
  expect(square(0, 0, 0.1, 0.2)).toEqual([0, 0, 46])
  // all of a picture lies in the middle of its square
  expect(squareOf({ ...size, region: null })).toEqual({ left: 0, top: -100, side: 400 })
})

it('outlines boxes and every ring of a polygon in pixels', () => {
  expect(pathOf({ ...size, region: { kind: 'box', value: [0, 0, 0.5, 1] } })).toBe('M0 0H200V200H0Z')
  expect(pathOf({ ...size, region: { kind: 'polygon', value: [[[[0, 0], [1, 0], [1, 1]], [[0.5, 0.25], [0.75, 0.25], [0.75, 0.5]]]] } })).toBe(
    'M0 0L400 0L400 200ZM200 50L300 50L300 100Z',
  )
})

it('shows words with what is around them, in code points', () => {
  expect(around('a🎉bcdef', { kind: 'span', value: [2, 4] }, 1)).toEqual(['…🎉', 'bc', 'd'])
  expect(around('abcdef', null, 1)).toEqual(['abc', '', ''])
})
