import { InvalidOption } from '@bulkhead/core'
import { describe, expect, test } from 'vitest'
import { Backoff, checkBackoff } from '../src/backoff.ts'

const at =
  (now: number): (() => number) =>
  () =>
    now

describe('waits', () => {
  test('begin at minMs, grow by factor, and stay at maxMs', () => {
    const backoff = new Backoff({ minMs: 100, maxMs: 1_000, factor: 3, jitter: 0 }, at(0), () => 0.5)
    expect([1, 2, 3, 4, 5].map(() => backoff.afterEnd())).toEqual([100, 300, 900, 1_000, 1_000])
  })

  test('double unless told otherwise', () => {
    const backoff = new Backoff({ minMs: 10, maxMs: 1_000, jitter: 0 }, at(0), () => 0.5)
    expect([1, 2, 3].map(() => backoff.afterFailedStart())).toEqual([10, 20, 40])
  })

  test.each([
    [0, 1_000],
    [0.5, 900],
    [0.999_999, 800],
  ])('jitter 0.2 with chance %d shortens 1000 ms to about %d', (chance, expected) => {
    const backoff = new Backoff({ minMs: 1_000, maxMs: 1_000 }, at(0), () => chance)
    expect(backoff.afterEnd()).toBeCloseTo(expected, 2)
  })

  test('are finite after very many failures', () => {
    const backoff = new Backoff({ minMs: 1, maxMs: 5_000, jitter: 0 }, at(0), () => 0)
    for (let i = 0; i < 5_000; i++) backoff.afterFailedStart()
    expect(backoff.afterFailedStart()).toBe(5_000)
  })
})

describe('a quiet time', () => {
  test('of resetAfterMs begins at minMs again', () => {
    let now = 0
    const options = { minMs: 100, maxMs: 1_000, jitter: 0, resetAfterMs: 3_000 }
    const backoff = new Backoff(
      options,
      () => now,
      () => 0,
    )
    backoff.started()
    expect([backoff.afterEnd(), backoff.afterEnd()]).toEqual([100, 200])
    backoff.started()
    now = 2_999
    expect(backoff.afterEnd()).toBe(400)
    backoff.started()
    now = 2_999 + 3_000
    expect(backoff.afterEnd()).toBe(100)
  })

  test('is maxMs unless told otherwise', () => {
    let now = 0
    const backoff = new Backoff(
      { minMs: 100, maxMs: 1_000, jitter: 0 },
      () => now,
      () => 0,
    )
    backoff.started()
    backoff.afterEnd()
    now = 1_000
    expect(backoff.afterEnd()).toBe(100)
  })

  test('does not pass while the child cannot be started', () => {
    let now = 0
    const backoff = new Backoff(
      { minMs: 100, maxMs: 1_000, jitter: 0 },
      () => now,
      () => 0,
    )
    backoff.afterFailedStart()
    now = 60_000
    expect(backoff.afterFailedStart()).toBe(200)
  })
})

describe('options', () => {
  test.each([
    ['children.a.backoff', 'fast'],
    ['children.a.backoff', null],
    ['children.a.backoff.minMs', { maxMs: 10 }],
    ['children.a.backoff.minMs', { minMs: 0, maxMs: 10 }],
    ['children.a.backoff.maxMs', { minMs: 10 }],
    ['children.a.backoff.maxMs', { minMs: 10, maxMs: 5 }],
    ['children.a.backoff.maxMs', { minMs: 10, maxMs: Infinity }],
    ['children.a.backoff.factor', { minMs: 10, maxMs: 50, factor: 0.5 }],
    ['children.a.backoff.jitter', { minMs: 10, maxMs: 50, jitter: 1.5 }],
    ['children.a.backoff.jitter', { minMs: 10, maxMs: 50, jitter: 'some' }],
    ['children.a.backoff.jiter', { minMs: 10, maxMs: 50, jiter: 0.1 }],
    ['children.a.backoff.resetAfterMs', { minMs: 10, maxMs: 50, resetAfterMs: -1 }],
  ])('%s is named when it is wrong: %j', (field, value) => {
    expect(() => checkBackoff('children.a.backoff', value)).toThrow(InvalidOption)
    expect(() => checkBackoff('children.a.backoff', value)).toThrow(field)
  })

  test('that are right are kept', () => {
    expect(checkBackoff('b', { minMs: 1, maxMs: 2, factor: 1, jitter: 0, resetAfterMs: 0 })).toEqual({
      minMs: 1,
      maxMs: 2,
      factor: 1,
      jitter: 0,
      resetAfterMs: 0,
    })
  })
})
