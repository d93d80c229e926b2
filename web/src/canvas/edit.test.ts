import { describe, expect, it } from 'vitest'

import { addPoint, boundsOf, boxOf, drag, type Drawable, handleAt, handles, meant, onSide, polygonOf, removePoint, shift, stretch } from './edit'

const box: Drawable = { kind: 'box', value: [0.2, 0.2, 0.6, 0.4] }
const square = polygonOf([[0.2, 0.2], [0.6, 0.2], [0.6, 0.6], [0.2, 0.6]]) as Drawable
const holed: Drawable = { kind: 'polygon', value: [[[[0, 0], [1, 0], [1, 1], [0, 1]], [[0.4, 0.4], [0.6, 0.4], [0.5, 0.6]]]] }
const near = (region: Drawable): number[] => boundsOf(region).map((value) => Math.round(value * 1000) / 1000)

describe('boxes', () => {
  it('have eight handles and are held by corners first', () => {
    expect(handles(box)).toHaveLength(8)
    expect(handleAt(box, [0.605, 0.405], [0.02, 0.02])?.grip).toEqual({ kind: 'side', x: 1, y: 1 })
    expect(handleAt(box, [0.4, 0.2], [0.02, 0.02])?.grip).toEqual({ kind: 'side', x: 0, y: -1 })
    expect(handleAt(box, [0.4, 0.3], [0.02, 0.02])).toBeNull()
  })

  it('are resized by a side, and turned inside out when pulled past the other one', () => {
    expect(near(drag(box, { kind: 'side', x: 1, y: 0 }, [0.6, 0.3], [0.8, 0.9]))).toEqual([0.2, 0.2, 0.8, 0.4])
    expect(near(drag(box, { kind: 'side', x: 1, y: 0 }, [0.6, 0.3], [0.1, 0.3]))).toEqual([0.1, 0.2, 0.2, 0.4])
  })

  it('move as far as the image reaches, keep their size and snap to its edges', () => {
    expect(near(shift(box, 0.9, -0.9))).toEqual([0.6, 0, 1, 0.2])
    expect(near(shift(box, -0.19, 0, [0.02, 0.02]))).toEqual([0, 0.2, 0.4, 0.4])
    expect(near(drag(box, { kind: 'side', x: -1, y: 0 }, [0.2, 0.3], [0.01, 0.3], [0.02, 0.02]))).toEqual([0, 0.2, 0.6, 0.4])
  })

  it('are drawn from any corner and clipped', () => {
    expect(boxOf([0.9, 1.4], [-0.3, 0.5])).toEqual({ kind: 'box', value: [0, 0.5, 0.9, 1] })
    expect(meant(boxOf([0.1, 0.1], [0.11, 0.5]), [0.01, 0.01])).toBe(false)
  })
})

describe('polygons', () => {
  it('need three points that enclose something', () => {
    expect(polygonOf([[0, 0], [1, 1]])).toBeNull()
    expect(polygonOf([[0, 0], [0.5, 0.5], [1, 1]])).toBeNull()
    expect(polygonOf([[0, 0], [0, 0], [1, 0], [1, 1], [0, 0]])).toEqual({ kind: 'polygon', value: [[[[1, 0], [1, 1], [0, 0]]]] })
  })

  it('get a point on a side and lose one again', () => {
    const found = onSide(square, [0.4, 0.205], [0.02, 0.02])
    expect(found?.place).toEqual({ part: 0, ring: 0, at: 0 })
    const more = addPoint(square, found?.place ?? { part: 0, ring: 0, at: 3 }, found?.point ?? [0, 0])
    expect(more).toEqual({ kind: 'polygon', value: [[[[0.2, 0.2], [0.4, 0.2], [0.6, 0.2], [0.6, 0.6], [0.2, 0.6]]]] })
    expect(removePoint(more, { part: 0, ring: 0, at: 1 })).toEqual(square)
    expect(onSide(square, [0.4, 0.4], [0.02, 0.02])).toBeNull()
    expect(onSide(square, [0.2, 0.4], [0.02, 0.02])?.place.at).toBe(3)
  })

  it('lose a hole of two points, and themselves', () => {
    expect(removePoint(holed, { part: 0, ring: 1, at: 0 })).toEqual({ kind: 'polygon', value: [[[[0, 0], [1, 0], [1, 1], [0, 1]]]] })
    const triangle = polygonOf([[0, 0], [1, 0], [1, 1]]) as Drawable
    expect(removePoint(triangle, { part: 0, ring: 0, at: 2 })).toBeNull()
  })

  it('move by a point or whole, holes with them', () => {
    expect(near(drag(square, { kind: 'point', part: 0, ring: 0, at: 0 }, [0.2, 0.2], [0.1, -0.4]))).toEqual([0.1, 0, 0.6, 0.6])
    expect(shift({ kind: 'polygon', value: [[[[0, 0], [0.5, 0], [0.5, 0.5]], [[0.25, 0.125], [0.375, 0.125], [0.375, 0.25]]]] }, 0.25, 0.5)).toEqual({
      kind: 'polygon', value: [[[[0.25, 0.5], [0.75, 0.5], [0.75, 1]], [[0.5, 0.625], [0.625, 0.625], [0.625, 0.75]]]],
    })
  })
})

describe('stretching', () => {
  // numbers that jump about and are the same each time
  const chance = (at: number): number => (Math.sin(at * 12.9898) * 43758.5453) % 1
  const polygons = Array.from({ length: 200 }, (_, number): Extract<Drawable, { kind: 'polygon' }> => {
    const at = (point: number): [number, number] => [Math.abs(chance(number * 31 + point)), Math.abs(chance(number * 57 + point + 0.5))]
    return { kind: 'polygon', value: [[[at(1), at(2), at(3), at(4)], [at(5), at(6), at(7)]]] }
  })
  const close = (region: Drawable, other: Drawable): void => {
    const [some, others] = [region.value.flat(3) as number[], other.value.flat(3) as number[]]
    expect(some).toHaveLength(others.length)
    some.forEach((value, at) => expect(value).toBeCloseTo(others[at] as number, 9))
  }

  it('moves the right and lower bound and leaves the others, within the image', () => {
    for (const [number, region] of [...polygons, box].entries()) {
      const [dx, dy] = [chance(number), chance(number + 0.25)]
      const [x1, y1, x2, y2] = boundsOf(region)
      const now = boundsOf(stretch(region, dx, dy))
      const bounds = [x1, y1, Math.min(1, Math.max(x1, x2 + dx)), Math.min(1, Math.max(y1, y2 + dy))]
      now.forEach((value, at) => expect(value).toBeCloseTo(bounds[at] as number, 9))
    }
  })

  it('is taken back by the opposite, as every point keeps its share of the way', () => {
    for (const region of polygons) {
      const [x1, y1, x2, y2] = boundsOf(region)
      const [dx, dy] = [(x1 - x2) / 2, (1 - y2) / 2]
      const there = stretch(region, dx, dy)
      close(stretch(there, -dx, -dy), region)
      const halved = region.value.map((rings) => rings.map((ring) => ring.map(([x, y]): [number, number] => [x1 + (x - x1) / 2, y1 + ((y - y1) * (y2 + dy - y1)) / (y2 - y1)])))
      close(there, { kind: 'polygon', value: halved })
    }
  })
})
