import { describe, expect, it } from 'vitest'

import { AS_IT_IS, filterOf } from './adjust'

describe('adjustments', () => {
  it('are no filter while all is as it is, so that nothing is painted twice', () => {
    expect(filterOf(AS_IT_IS)).toBe('none')
  })

  it('name what differs alone, in one order', () => {
    expect(filterOf({ ...AS_IT_IS, saturation: 0.2 })).toBe('saturate(0.2)')
    expect(filterOf({ ...AS_IT_IS, invert: true, brightness: 1.5 })).toBe('brightness(1.5) invert(1)')
    expect(filterOf({ brightness: 0.5, contrast: 2, saturation: 3, invert: true })).toBe('brightness(0.5) contrast(2) saturate(3) invert(1)')
  })
})
