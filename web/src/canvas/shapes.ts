/** Regions as the canvas holds them: plain numbers in shares of the image, measured once. */
import type { Region, Ring, Status } from '../api/types'

export type Outline = 'solid' | 'dashed' | 'dotted'

export interface Shape {
  id: number
  concept: string
  outline: Outline
  /** Outer rings and holes alike, flat: x, y, x, y. Inside is what an odd number of rings encloses. */
  rings: Float64Array[]
  bounds: [number, number, number, number]
  /** In pixels of the image, so that regions of any proportions compare. */
  area: number
  box: boolean
  score: number | null
}

export interface Drawn {
  id: number
  concept: string
  region: Region | null
  score: number | null
  status: Status
}

/** Whether two lists are drawn alike: the same regions (the very same objects), said the same way. */
export function alike(one: readonly Drawn[], other: readonly Drawn[]): boolean {
  const same = (a: Drawn, b: Drawn | undefined): boolean => a.id === b?.id && a.region === b.region && a.concept === b.concept && a.status === b.status && a.score === b.score
  return one === other || (one.length === other.length && one.every((a, at) => same(a, other[at])))
}

export const OUTLINES: Record<Status, Outline> = {
  success: 'solid',
  awaiting_review: 'dashed',
  awaiting_consensus_review: 'dashed',
  pending: 'dashed',
  rejected: 'dotted',
}

export function shapes(annotations: readonly Drawn[], width: number, height: number): Shape[] {
  const found: Shape[] = []
  for (const { id, concept, region, score, status } of annotations) {
    if (region === null || region.kind === 'span') continue
    const rings = region.kind === 'box' ? [corners(region.value)] : region.value.flat().map(flat)
    const outline = OUTLINES[status]
    found.push({ id, concept, outline, rings, bounds: bounds(rings), area: area(rings) * width * height, box: region.kind === 'box', score })
  }
  return found
}

function corners([x1, y1, x2, y2]: [number, number, number, number]): Float64Array {
  return Float64Array.of(x1, y1, x2, y1, x2, y2, x1, y2)
}

function flat(ring: Ring): Float64Array {
  return Float64Array.from(ring.flat())
}

function bounds(rings: Float64Array[]): [number, number, number, number] {
  let [x1, y1, x2, y2] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const ring of rings)
    for (let at = 0; at < ring.length; at += 2) {
      const [x, y] = [ring[at] as number, ring[at + 1] as number]
      x1 = Math.min(x1, x)
      x2 = Math.max(x2, x)
      y1 = Math.min(y1, y)
      y2 = Math.max(y2, y)
    }
  return [x1, y1, x2, y2]
}

/** Rings by the odd-even rule: a ring that lies in another is a hole of it, whatever way it turns. */
function area(rings: Float64Array[]): number {
  return rings.reduce((sum, ring, at) => {
    const others = rings.filter((_, other) => other !== at)
    const holes = contains(others, ring[0] as number, ring[1] as number)
    return sum + (holes ? -1 : 1) * ringArea(ring)
  }, 0)
}

function ringArea(ring: Float64Array): number {
  let twice = 0
  for (let at = 0, before = ring.length - 2; at < ring.length; before = at, at += 2)
    twice += (ring[before] as number) * (ring[at + 1] as number) - (ring[at] as number) * (ring[before + 1] as number)
  return Math.abs(twice) / 2
}

export function contains(rings: readonly Float64Array[], x: number, y: number): boolean {
  let inside = false
  for (const ring of rings)
    for (let at = 0, before = ring.length - 2; at < ring.length; before = at, at += 2) {
      const [x1, y1] = [ring[at] as number, ring[at + 1] as number]
      const [x2, y2] = [ring[before] as number, ring[before + 1] as number]
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside
    }
  return inside
}
