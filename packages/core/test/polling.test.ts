import { describe, expect, test } from 'vitest'
import { Polling } from '../src/messaging/polling.ts'

/** A reader to whom something comes at each of the given times; it looks every 10 us until it sleeps. Tells how often it looked in vain. */
function vainLooks(polling: Polling, arrivals: readonly number[]): number {
  let vain = 0
  for (const [index, at] of arrivals.entries()) {
    polling.arrived(at)
    const next = arrivals[index + 1] ?? Infinity
    for (let now = at; now < next && polling.looksAgain(now); now += 0.01) vain++
  }
  return vain
}

const every = (ms: number, count: number): number[] => Array.from({ length: count }, (_, index) => index * ms)

describe('a reader that found nothing', () => {
  test('looks again for 50 us after an arrival, then sleeps', () => {
    const polling = new Polling()
    polling.arrived(10)
    expect([10, 10.049, 10.051, 10.06].map((now) => polling.looksAgain(now))).toEqual([true, true, false, false])
  })

  test('to which nothing has come sleeps', () => {
    expect(new Polling().looksAgain(0.1)).toBe(false)
  })

  test('never sleeps while something comes soon after each look', () => {
    const polling = new Polling()
    for (const at of every(0.02, 1_000)) {
      polling.arrived(at)
      expect(polling.looksAgain(at + 0.01)).toBe(true)
    }
  })

  test('looks in vain the more seldom, the more often it was in vain', () => {
    const polling = new Polling()
    const [first, later] = [every(1, 100), every(1, 1_000).map((at) => at + 100)]
    expect(vainLooks(polling, first)).toBeLessThan(100 * 0.5)
    expect(vainLooks(polling, later)).toBeLessThan(1_000 * 0.05)
  })

  test('takes up looking again when it pays once more', () => {
    const polling = new Polling()
    vainLooks(polling, every(1, 5_000))
    const soon = every(0.02, 600).map((at) => at + 10_000)
    expect(vainLooks(polling, soon)).toBeGreaterThan(300)
  })
})
