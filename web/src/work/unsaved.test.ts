import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Fault } from '../api/request'
import { Outbox, type Unsaved } from './unsaved'

const one = (key: string): Unsaved => ({ key, path: `/review/${key}`, body: { key, action: 'approve' }, task: 1, input: 1, name: `${key}.jpg` })

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
  sent = []
  answers = []
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

describe('unsaved decisions', () => {
  it('are sent in their order and told of', async () => {
    const box = new Outbox(1, localStorage, send)
    const saved = vi.fn()
    box.hear({ saved, refused: vi.fn() })
    for (const key of ['a', 'b', 'c']) box.add(one(key))
    expect(box.waiting.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
    await vi.waitFor(() => expect(box.waiting).toEqual([]))
    expect(sent).toEqual(['/review/a', '/review/b', '/review/c'])
    expect(saved).toHaveBeenCalledTimes(3)
    expect(localStorage).toHaveLength(0)
  })

  it('outlive a broken line and a reload, whose are whose', async () => {
    answers = [fails(0), fails(503), fails(401)]
    const box = new Outbox(1, localStorage, send)
    box.add(one('a'))
    box.add(one('b'))
    await vi.advanceTimersByTimeAsync(1_500)
    expect(box.stuck).toBe(true)
    expect(box.waiting).toHaveLength(2)
    box.close()

    expect(new Outbox(2, localStorage, send).waiting).toEqual([])
    const again = new Outbox(1, localStorage, send)
    expect(again.waiting.map(({ key }) => key)).toEqual(['a', 'b'])
    void again.flush()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(again.waiting).toEqual([])
    expect(again.stuck).toBe(false)
    expect(sent).toEqual(['/review/a', '/review/a', '/review/a', '/review/a', '/review/b'])
  })

  it('are given up when they are refused, and those after them go on', async () => {
    answers = [fails(409)]
    const box = new Outbox(1, localStorage, send)
    const refused = vi.fn()
    box.hear({ saved: vi.fn(), refused })
    box.add(one('a'))
    box.add(one('b'))
    await vi.waitFor(() => expect(box.waiting).toEqual([]))
    expect(refused).toHaveBeenCalledExactlyOnceWith(one('a'), expect.objectContaining({ status: 409 }))
    expect(sent).toEqual(['/review/a', '/review/b'])
  })

  it('do not wait for ever behind one that the server stumbles over', async () => {
    answers = Array.from({ length: 6 }, () => fails(500))
    const box = new Outbox(1, localStorage, send)
    const refused = vi.fn()
    box.hear({ saved: vi.fn(), refused })
    box.add(one('a'))
    box.add(one('b'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(refused).toHaveBeenCalledExactlyOnceWith(one('a'), expect.objectContaining({ status: 500 }))
    expect(sent.at(-1)).toBe('/review/b')
    expect(box.waiting).toEqual([])
  })

  it('can be taken back until they are on their way', async () => {
    const box = new Outbox(1, localStorage, send)
    box.add(one('a'))
    box.add(one('b'))
    expect(box.take('a')).toBe(false)
    expect(box.take('b')).toBe(true)
    await vi.waitFor(() => expect(box.waiting).toEqual([]))
    expect(sent).toEqual(['/review/a'])
  })

  it('tell who watches of every change', async () => {
    const box = new Outbox(1, localStorage, send)
    const seen: number[] = []
    const stop = box.watch(() => seen.push(box.waiting.length))
    box.add(one('a'))
    await vi.waitFor(() => expect(seen).toEqual([1, 0]))
    stop()
    box.add(one('b'))
    expect(seen).toEqual([1, 0])
  })
})
