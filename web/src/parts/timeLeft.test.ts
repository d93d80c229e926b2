import { expect, it } from 'vitest'

import { secondsLeft } from './timeLeft'

it('reckons by the speed that was seen', () => {
  expect(secondsLeft({ at: 0, done: 100 }, { at: 10_000, done: 200 }, 700)).toBe(50)
  expect(secondsLeft({ at: 0, done: 100 }, { at: 500, done: 200 }, 700)).toBeNull()
  expect(secondsLeft({ at: 0, done: 100 }, { at: 10_000, done: 100 }, 700)).toBeNull()
})
