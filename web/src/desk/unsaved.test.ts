import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Fault } from '../api/request'
import { Outbox, type Unsaved } from './unsaved'

const one = (key: string): Unsaved => ({ key, path: `/review/${key}`, body: { key, action: 'approve' }, page: 'review', task: 1, input: 1, name: `${key}.jpg` })

const alone = vi.fn()
const done = vi.fn()

let sent: string[]
let answers: (() => unknown)[]

async function send(path: string): Promise<unknown> {
  sent.push(path)
  return (answers.shift() ?? (() => ({ work: 'reviewed' })))()
}

const fails = (status: number) => (): never => {
  throw new Fault(status, 'any', 'The reason.')
}

beforeEach(() => {
  localStorage.clear()
  alone.mockReset()
  done.mockReset()
  sent = []
  answers = []
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

describe('unsaved decisions', () => {
  it('are sent in their order and told of', async () => {
    const box = new Outbox(1, localStorage, send, alone, done)
    const saved = vi.fn()
    box.hear({ page: 'review', task: 1, saved, refused: vi.fn() })
    for (const key of ['a', 'b', 'c']) box.add(one(key))
    expect(box.waiting.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
    await vi.waitFor(() => expect(box.waiting).toEqual([]))
    expect(sent).toEqual(['/review/a', '/review/b', '/review/c'])
    expect(saved).toHaveBeenCalledTimes(3)
    expect(done.mock.calls.map(([{ key }]) => key as string)).toEqual(['a', 'b', 'c'])
    expect(localStorage).toHaveLength(0)
  })

  it('outlive a broken line and a reload, whose are whose', async () => {
    answers = [fails(0), fails(503), fails(401)]
    const box = new Outbox(1, localStorage, send, alone, done)
    box.add(one('a'))
    box.add(one('b'))
    await vi.advanceTimersByTimeAsync(1_500)
    expect(box.stuck).toBe(true)
    expect(box.waiting).toHaveLength(2)
    box.close()

    expect(new Outbox(2, localStorage, send, alone, done).waiting).toEqual([])
    const again = new Outbox(1, localStorage, send, alone, done)
    expect(again.waiting.map(({ key }) => key)).toEqual(['a', 'b'])
    void again.flush()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(again.waiting).toEqual([])
    expect(again.stuck).toBe(false)
    expect(sent).toEqual(['/review/a', '/review/a', '/review/a', '/review/a', '/review/b'])
  })

  it('are given up when they are refused, and those after them go on', async () => {
    answers = [fails(409)]
    const box = new Outbox(1, localStorage, send, alone, done)
    const refused = vi.fn()
    box.hear({ page: 'review', task: 1, saved: vi.fn(), refused })
    box.add(one('a'))
    box.add(one('b'))
    await vi.waitFor(() => expect(box.waiting).toEqual([]))
    expect(refused).toHaveBeenCalledExactlyOnceWith(one('a'), expect.objectContaining({ status: 409 }))
    expect(sent).toEqual(['/review/a', '/review/b'])
  })

  it('are told of by the page that decided, or by whoever else there is', async () => {
    answers = [fails(409), fails(409), () => ({})]
    const box = new Outbox(1, localStorage, send, alone, done)
    const [grid, other] = [{ page: 'grid' as const, task: 1 }, { page: 'review' as const, task: 2 }].map((of) => ({ ...of, saved: vi.fn(), refused: vi.fn() }))
    for (const hearer of [grid, other]) box.hear(hearer as NonNullable<typeof grid>)
    for (const which of [one('a'), { ...one('b'), page: 'grid' as const }, one('c')]) box.add(which)
    await vi.waitFor(() => expect(box.waiting).toEqual([]))
    expect(alone).toHaveBeenCalledExactlyOnceWith(one('a'), expect.objectContaining({ status: 409 }))
    expect(grid?.refused).toHaveBeenCalledExactlyOnceWith({ ...one('b'), page: 'grid' }, expect.objectContaining({ status: 409 }))
    expect([grid?.saved, other?.saved, other?.refused].map((mock) => mock?.mock.calls.length)).toEqual([0, 0, 0])
  })

  it('do not wait for ever behind one that the server stumbles over', async () => {
    answers = Array.from({ length: 6 }, () => fails(500))
    const box = new Outbox(1, localStorage, send, alone, done)
    const refused = vi.fn()
    box.hear({ page: 'review', task: 1, saved: vi.fn(), refused })
    box.add(one('a'))
    box.add(one('b'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(refused).toHaveBeenCalledExactlyOnceWith(one('a'), expect.objectContaining({ status: 500 }))
    expect(sent.at(-1)).toBe('/review/b')
    expect(box.waiting).toEqual([])
  })

  it('can be taken back until they are on their way', async () => {
    const box = new Outbox(1, localStorage, send, alone, done)
    box.add(one('a'))
    box.add(one('b'))
    expect(box.take('a')).toBe(false)
    expect(box.take('b')).toBe(true)
    await vi.waitFor(() => expect(box.waiting).toEqual([]))
    expect(sent).toEqual(['/review/a'])
  })

  it('tell who watches of every change', async () => {
    const box = new Outbox(1, localStorage, send, alone, done)
    const seen: number[] = []
    const stop = box.watch(() => seen.push(box.waiting.length))
    box.add(one('a'))
    await vi.waitFor(() => expect(seen).toEqual([1, 0]))
    stop()
    box.add(one('b'))
    expect(seen).toEqual([1, 0])
  })

  it('are sent though the storage is full, and say so until they are', async () => {
    const full = Object.create(localStorage, {
      length: { value: 0 },
      removeItem: { value: () => undefined },
      setItem: {
        value: () => {
          throw new DOMException('full', 'QuotaExceededError')
        },
      },
    }) as Storage
    answers = [fails(503)]
    const box = new Outbox(1, full, send, alone, done)
    box.add(one('a'))
    await vi.waitFor(() => expect(box.stuck).toBe(true))
    expect(box.fragile).toBe(true)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(box.waiting).toEqual([])
    expect(box.fragile).toBe(false)
  })
})
