import { expect, test } from 'vitest'
import { offsetBetween, sharedNow } from '../../src/nodejs/shared-now.ts'

test('a thread that is held up while it compares the clocks does not read the time of another one', () => {
  const trueOffset = 1_000
  let now = 0
  // What passes between the reading of the one clock and of the other, in milliseconds.
  const heldUp = [7, 0.5, 0.001, 3, 0.2]
  let reading = 0
  const offset = offsetBetween(
    () => now + trueOffset,
    () => (now += heldUp[reading++ % heldUp.length]!),
  )
  expect(trueOffset - offset).toBeCloseTo(0.001, 6)
})

test('it is the clock of the operating system', () => {
  const [seconds, nanoseconds] = process.hrtime()
  const now = sharedNow()
  const [afterSeconds, afterNanoseconds] = process.hrtime()
  expect(now).toBeGreaterThanOrEqual(seconds * 1e3 + nanoseconds / 1e6 - 0.1)
  expect(now).toBeLessThanOrEqual(afterSeconds * 1e3 + afterNanoseconds / 1e6 + 0.1)
})
