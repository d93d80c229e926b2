import { describe, expect, it } from 'vitest'

import type { Region } from '../api/types'
import { conceptColours, CYCLE, inkOn } from './colours'
import { Hits } from './hits'
import { alike, contains, type Drawn, shapes } from './shapes'
import { fit, pan, reveal, zoom } from './view'

const drawn = (id: number, region: Region): Drawn => ({ id, concept: 'shirt', region, score: 0.5, status: 'success' })
const box = (id: number, ...value: [number, number, number, number]): Drawn => drawn(id, { kind: 'box', value })
const ring = (x1: number, y1: number, x2: number, y2: number): [number, number][] => [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]

describe('shapes', () => {
  it('measures a polygon less its hole, in pixels', () => {
    const [shape] = shapes([drawn(1, { kind: 'polygon', value: [[ring(0, 0, 1, 1), ring(0.25, 0.25, 0.75, 0.75)]] })], 100, 200)
    expect(shape?.area).toBeCloseTo(0.75 * 20000)
    expect(contains(shape?.rings ?? [], 0.1, 0.1)).toBe(true)
    expect(contains(shape?.rings ?? [], 0.5, 0.5)).toBe(false)
  })

  it('leaves out what has no place in the picture', () => {
    expect(shapes([drawn(1, { kind: 'span', value: [0, 4] }), { ...box(2, 0, 0, 1, 1), region: null }], 10, 10)).toEqual([])
  })

  it('are drawn alike as long as nothing that is drawn differs', () => {
    const one = box(1, 0, 0, 1, 1)
    expect(alike([one], [{ ...one }])).toBe(true)
    for (const other of [{ ...one, status: 'rejected' as const }, { ...one, concept: 'hat' }, { ...one, score: null }, box(1, 0, 0, 1, 1), box(2, 0, 0, 1, 1)]) expect(alike([one], [other])).toBe(false)
    expect(alike([one], [])).toBe(false)
    expect(alike([], [one])).toBe(false)
  })

  it('outlines by status', () => {
    const found = shapes([box(1, 0, 0, 1, 1), { ...box(2, 0, 0, 1, 1), status: 'awaiting_review' }, { ...box(3, 0, 0, 1, 1), status: 'rejected' }], 1, 1)
    expect(found.map(({ outline }) => outline)).toEqual(['solid', 'dashed', 'dotted'])
  })
})

describe('hits', () => {
  it('lets the smallest region win', () => {
    const hits = new Hits(shapes([box(1, 0, 0, 1, 1), box(2, 0.4, 0.4, 0.6, 0.6), box(3, 0.3, 0.3, 0.7, 0.7)], 100, 100))
    expect(hits.at(0.5, 0.5)?.id).toBe(2)
    expect(hits.at(0.35, 0.35)?.id).toBe(3)
    expect(hits.at(0.1, 0.1)?.id).toBe(1)
    expect(hits.at(0.5, 0.5, 0, 0, ({ id }) => id !== 2)?.id).toBe(3)
  })

  it('falls through holes and reaches thin regions', () => {
    const hits = new Hits(shapes([drawn(1, { kind: 'polygon', value: [[ring(0, 0, 1, 1), ring(0.2, 0.2, 0.8, 0.8)]] }), box(2, 0.5, 0.1, 0.501, 0.9)], 100, 100))
    expect(hits.at(0.3, 0.5)).toBeNull()
    expect(hits.at(0.495, 0.5, 0.01, 0.01)?.id).toBe(2)
    expect(new Hits([]).at(0.5, 0.5)).toBeNull()
  })

  it('finds among 5,000 within a fraction of a frame', () => {
    const many = Array.from({ length: 5000 }, (_, at) => box(at, (at % 100) / 100, Math.floor(at / 100) / 50, (at % 100) / 100 + 0.05, Math.floor(at / 100) / 50 + 0.05))
    const hits = new Hits(shapes(many, 4000, 3000))
    const start = performance.now()
    for (let at = 0; at < 1000; at++) hits.at((at % 97) / 97, (at % 89) / 89)
    expect((performance.now() - start) / 1000).toBeLessThan(1)
  })
})

describe('view', () => {
  const [picture, stage] = [{ width: 1000, height: 500 }, { width: 632, height: 532 }]

  it('fits with a margin, in the middle', () => {
    expect(fit(picture, stage)).toEqual({ scale: 0.6, x: 16, y: 116 })
  })

  it('zooms about the point under the pointer', () => {
    const before = fit(picture, stage)
    const after = zoom(before, 2, 100, 200, before.scale)
    expect(after.scale).toBeCloseTo(1.2)
    expect((100 - after.x) / after.scale).toBeCloseTo((100 - before.x) / before.scale)
    expect(zoom(before, 1e-6, 0, 0, before.scale).scale).toBeCloseTo(0.3)
  })

  it('never loses the picture', () => {
    const lost = pan(fit(picture, stage), 1e6, -1e6, picture, stage)
    expect(lost.x).toBe(632 - 48)
    expect(lost.y).toBe(48 - 300)
  })

  it('reveals what is out of sight and leaves alone what is in sight', () => {
    const view = fit(picture, stage)
    expect(reveal(view, [0.2, 0.2, 0.6, 0.6], picture, stage)).toBe(view)
    const near = reveal({ scale: 4, x: -3000, y: 0 }, [0, 0, 0.1, 0.1], picture, stage)
    expect(near.x + 0.05 * 1000 * near.scale).toBeCloseTo(316)
  })
})

describe('colours', () => {
  it('stay with a concept and keep clear of the three that mean something', () => {
    const colour = conceptColours(['shirt', 'pants'])
    expect([colour('shirt'), colour('pants')]).toEqual([CYCLE[0], CYCLE[1]])
    expect(colour('elsewhere')).toBe(colour('elsewhere'))
    expect(inkOn('#f0e442')).toBe('#101216')
    expect(inkOn('#0072b2')).toBe('#ffffff')
  })
})
