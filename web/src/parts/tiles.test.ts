import { expect, it } from 'vitest'

import { tiled } from './tiles'

it('covers as much of a room as it can without a scroll bar', () => {
  for (const [width, height] of [[1028, 633], [1660, 913], [600, 500], [2400, 1300]] as const) {
    const { columns, rows } = tiled(width, height)
    const side = (width + 8) / columns - 8
    expect(side).toBeGreaterThanOrEqual(112)
    expect(side).toBeLessThanOrEqual(184)
    const used = rows * (side + 26 + 8) - 8
    expect(used).toBeLessThanOrEqual(height)
    expect(used / height).toBeGreaterThan(0.85)
  }
})

it('shows one at least', () => {
  expect(tiled(90, 50)).toEqual({ columns: 1, rows: 1 })
  expect(tiled(0, 0)).toEqual({ columns: 1, rows: 1 })
})
