import { afterEach, describe, expect, it, vi } from 'vitest'

import type { Input } from '../api/types'
import { Grid } from './grid'
import { GAP, Layout, proportion } from './layout'

const input = (id: number): Input => ({ id, kind: id % 5 === 0 ? 'text' : 'image', width: 640, height: 480, text: 'some words', length: 10, name: `${id}.jpg`, created_at: '2026-01-01T00:00:00Z', annotations: [] })

describe('layout', () => {
  it('fills every row but the last from edge to edge', () => {
    const layout = new Layout(1000, 150)
    layout.add(Array.from({ length: 23 }, (_, at) => 0.6 + (at % 4) * 0.4))
    for (const row of layout.rows.slice(0, -1)) {
      const last = row.cells.at(-1)
      expect((last?.x ?? 0) + (last?.width ?? 0)).toBeCloseTo(1000)
      expect(row.height).toBeLessThanOrEqual(150)
    }
    expect(layout.rows.flatMap(({ cells }) => cells.map(({ index }) => index))).toEqual(Array.from({ length: 23 }, (_, at) => at))
  })

  it('is the same whether tiles come at once or in pages', () => {
    const all = Array.from({ length: 100 }, (_, at) => 0.5 + ((at * 7) % 10) / 6)
    const [once, paged] = [new Layout(800, 120), new Layout(800, 120)]
    once.add(all)
    for (let at = 0; at < 100; at += 9) paged.add(all.slice(at, at + 9))
    expect(paged.rows).toEqual(once.rows)
  })

  it('says what is near, and what lies above and below', () => {
    const layout = new Layout(400 + 3 * GAP, 100)
    layout.add(Array<number>(40).fill(1))
    expect(layout.rows[0]?.cells.length).toBe(4)
    const pitch = (layout.rows[1]?.y ?? 0)
    expect(layout.between(pitch + 1, pitch * 2 + 1)).toEqual([1, 3])
    expect(layout.rowOf(9)).toBe(2)
    expect(layout.beside(9, 1)).toBe(13)
    expect(layout.beside(1, -1)).toBe(1)
  })

  it('leaves full rows alone when more arrive, however many there are', () => {
    const layout = new Layout(1400, 160)
    layout.add(Array.from({ length: 20_000 }, (_, at) => 0.6 + (at % 9) / 8))
    const full = layout.rows.slice(0, -1)
    layout.add([1, 1.5])
    expect(full.every((row, at) => row === layout.rows[at])).toBe(true)
  })

  it('keeps extreme proportions readable', () => {
    expect(proportion({ width: 9000, height: 10 })).toBe(2.4)
    expect(proportion({ width: null, height: null })).toBe(1.5)
  })
})

describe('grid', () => {
  const events = { open: vi.fn(), remove: vi.fn(), selected: vi.fn(), more: vi.fn() }
  const look = { thumbnail: ({ id }: Input) => `/t/${id}`, open: ({ id }: Input) => `/i/${id}`, colour: () => '#56b4e9', removable: true }
  let grid: Grid | undefined
  let items: Input[] = []

  function make(count: number): HTMLElement {
    const scroller = document.createElement('div')
    Object.defineProperties(scroller, { clientWidth: { value: 1200 }, clientHeight: { value: 800 } })
    document.body.replaceChildren(scroller)
    grid = new Grid(scroller, 150, look, events)
    items = Array.from({ length: count }, (_, at) => input(at + 1))
    grid.show(items)
    grid.paint()
    return scroller
  }

  afterEach(() => {
    grid?.close()
    vi.clearAllMocks()
  })

  it('keeps about 200 tiles in the page, wherever one is', () => {
    const scroller = make(20_000)
    expect(scroller.querySelectorAll('.tile').length).toBeLessThanOrEqual(220)
    scroller.scrollTop = 100_000
    grid?.paint()
    const shown = [...scroller.querySelectorAll<HTMLElement>('.tile')].map(({ dataset }) => Number(dataset.index))
    expect(shown.length).toBeLessThanOrEqual(220)
    expect(Math.min(...shown)).toBeGreaterThan(1000)
    expect(events.more).not.toHaveBeenCalledTimes(3)
  })

  it('shows what is newly said of an input where it is, and keeps its place', () => {
    const scroller = make(200)
    scroller.scrollTop = 900
    grid?.paint()
    const index = grid?.seen()[0] ?? 0
    const before = scroller.querySelector(`#tile-${index}`)
    const untouched = scroller.querySelector(`#tile-${index + 20}`)
    const said = { id: 1, task_id: 1, concept_id: 1, concept: 'shirt', present: true, region: null, score: 0.9, status: 'success' as const, labeler: 'finder' }
    grid?.show(Array.from({ length: 200 }, (_, at) => items[at] as Input).map((one, at) => (at === index ? { ...one, annotations: [said] } : one)))
    grid?.paint()
    expect(scroller.scrollTop).toBe(900)
    expect(before?.isConnected).toBe(false)
    expect(untouched?.isConnected).toBe(true)
    const chip = scroller.querySelector<HTMLElement>(`#tile-${index} .tile-chip`)
    expect([chip?.textContent, chip?.title]).toEqual(['shirt', 'approved'])
  })

  it('asks for more near the end', () => {
    make(30)
    expect(events.more).toHaveBeenCalled()
  })

  it('opens by click, selects by checkbox, range and keys, deletes by its button', () => {
    const scroller = make(40)
    const tile = (at: number): HTMLElement => scroller.querySelector(`#tile-${at}`) as HTMLElement
    tile(0).querySelector<HTMLElement>('.tile-link')?.click()
    expect(events.open).toHaveBeenCalledWith(input(1))
    tile(1).querySelector<HTMLElement>('.tile-check')?.click()
    tile(4).querySelector('.tile-link')?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, shiftKey: true }))
    expect(events.selected.mock.lastCall?.[0].map(({ id }: Input) => id)).toEqual([2, 3, 4, 5])
    const body = scroller.querySelector('.grid-body') as HTMLElement
    body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))
    body.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true }))
    expect(tile(5).getAttribute('aria-selected')).toBe('true')
    tile(2).querySelector<HTMLElement>('.tile-delete')?.click()
    expect(events.remove).toHaveBeenCalledWith([input(3)])
    grid?.select('none')
    expect(events.selected.mock.lastCall?.[0]).toEqual([])
  })
})
