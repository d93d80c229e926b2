import { describe, expect, it } from 'vitest'

import { batches, chosenOf } from './uploads'

const file = (name: string, size = 10): File => Object.defineProperty(new File([], name), 'size', { value: size })

describe('uploads', () => {
  it('go in batches of bounded number and size, in order', () => {
    const many = batches(chosenOf(Array.from({ length: 95 }, (_, at) => file(`${at}.jpg`))))
    expect(many.map(({ length }) => length)).toEqual([40, 40, 15])
    const large = batches(chosenOf([file('a', 20 * 2 ** 20), file('b', 20 * 2 ** 20), file('c', 1), file('d', 90 * 2 ** 20), file('e', 1)]))
    expect(large.map((batch) => batch.map(({ path }) => path).join())).toEqual(['a', 'b,c', 'd', 'e'])
  })

  it('leave out what systems put into folders', () => {
    expect(chosenOf([file('.DS_Store'), file('Thumbs.db'), file('a.jpg')]).map(({ path }) => path)).toEqual(['a.jpg'])
  })
})
