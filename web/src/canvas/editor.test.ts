import { beforeEach, describe, expect, it, vi } from 'vitest'

import type { Drawable } from './edit'
import { Editor } from './editor'
import type { Drawn } from './shapes'

const sheet = { lend: vi.fn(), lift: vi.fn(), touch: vi.fn(), reach: (pixels: number): [number, number] => [pixels / 1000, pixels / 500], seen: (): [number, number, number, number] => [0, 0, 1, 1] }
const box: Drawn = { id: 7, concept: 'shirt', region: { kind: 'box', value: [0.2, 0.2, 0.6, 0.6] }, score: 0.6, status: 'awaiting_review' }
const triangle: Drawn = { ...box, id: 8, region: { kind: 'polygon', value: [[[[0.2, 0.2], [0.6, 0.2], [0.6, 0.6]]]] } }
const press = { altKey: false } as PointerEvent

let drawn: Drawable[]
let changed: [number, Drawable][]
let editor: Editor

beforeEach(() => {
  drawn = []
  changed = []
  editor = new Editor(sheet, { drawn: (region) => drawn.push(region), changed: (id, region) => changed.push([id, region]) })
})

const pull = (from: [number, number], to: [number, number]): boolean => {
  if (!editor.down(from, press)) return false
  editor.move(to)
  return editor.up(to)
}

it('has nothing drawn anew where nothing changes', () => {
  editor.use('select')
  editor.edit(null, '#ffffff')
  sheet.touch.mockClear()
  editor.use('select')
  editor.edit(null, '#ffffff')
  expect(sheet.touch).not.toHaveBeenCalled()
  editor.edit(box, '#ffffff')
  editor.edit(null, '#ffffff')
  editor.use('box')
  expect(sheet.touch).toHaveBeenCalledTimes(3)
})

describe('the box tool', () => {
  it('draws from corner to corner, and takes a mere click for none', () => {
    editor.use('box')
    expect(pull([0.1, 0.1], [0.3, 0.4])).toBe(true)
    expect(drawn).toEqual([{ kind: 'box', value: [0.1, 0.1, 0.3, 0.4] }])
    expect(pull([0.1, 0.1], [0.101, 0.1])).toBe(false)
    expect(drawn).toHaveLength(1)
  })

  it('puts one in the middle for those who have no mouse', () => {
    editor.use('box')
    editor.drawMiddle()
    expect(drawn).toEqual([{ kind: 'box', value: [0.375, 0.375, 0.625, 0.625] }])
  })
})

describe('the polygon tool', () => {
  const points: [number, number][] = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5]]
  const click = (at: [number, number]): boolean => pull(at, at)

  it('closes by its first point, by the double click and by a key', () => {
    editor.use('polygon')
    points.forEach(click)
    click([0.101, 0.101])
    points.forEach(click)
    click([0.501, 0.501])
    editor.double()
    points.forEach(click)
    expect(editor.close()).toBe(true)
    expect(drawn).toEqual(Array(3).fill({ kind: 'polygon', value: [[points]] }))
    expect(editor.close()).toBe(false)
  })

  it('takes points back one by one and all with Escape', () => {
    editor.use('polygon')
    points.forEach(click)
    editor.takePoint()
    editor.close()
    expect(drawn).toEqual([])
    points.forEach(click)
    expect(editor.drawing).toBe(true)
    editor.cancel()
    expect(editor.drawing).toBe(false)
  })
})

describe('the selected region', () => {
  it('is resized by its handles and moved by its inside; a click on it stays a click', () => {
    editor.edit(box, '#fff')
    expect(pull([0.6, 0.6], [0.8, 0.8])).toBe(true)
    editor.edit(box, '#fff')
    expect(pull([0.4, 0.4], [0.5, 0.4])).toBe(true)
    expect(changed.map(([id, { value }]) => [id, (value as number[]).map((one) => Math.round(one * 100))])).toEqual([[7, [20, 20, 80, 80]], [7, [30, 20, 70, 60]]])
    editor.edit(box, '#fff')
    expect(pull([0.4, 0.4], [0.401, 0.4])).toBe(false)
    expect(editor.down([0.9, 0.9], press)).toBe(false)
    expect(changed).toHaveLength(2)
  })

  it('gets a point where its side is pulled, and loses the chosen one', () => {
    editor.edit(triangle, '#fff')
    expect(pull([0.4, 0.2], [0.4, 0.1])).toBe(true)
    const [, region] = changed[0] as [number, Drawable]
    expect(region).toEqual({ kind: 'polygon', value: [[[[0.2, 0.2], [0.4, 0.1], [0.6, 0.2], [0.6, 0.6]]]] })
    editor.edit({ ...triangle, region }, '#fff')
    expect(editor.takePoint()).toBe(true)
    expect(changed[1]).toEqual([8, { kind: 'polygon', value: [[[[0.2, 0.2], [0.6, 0.2], [0.6, 0.6]]]] }])
    editor.edit(triangle, '#fff')
    expect(editor.takePoint()).toBe(false)
  })

  it('is changed by keys: all of it, a point of it, its size', () => {
    editor.edit(box, '#fff')
    editor.nudge(10, 0)
    editor.grow(0, 50)
    editor.edit(triangle, '#fff')
    editor.step(-1)
    editor.nudge(0, 50)
    editor.grow(100, 0)
    editor.grow(-400, 0) // too thin to be meant
    const values = changed.map(([, { value }]) => (value as unknown[]).flat(3).map((one) => Math.round((one as number) * 100)))
    expect(values).toEqual([[21, 20, 61, 60], [20, 20, 60, 70], [20, 20, 60, 20, 60, 70], [20, 20, 70, 20, 70, 60]])
  })
})
