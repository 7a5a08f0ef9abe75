import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RestartIntensity } from '../src/restart-intensity.ts'

/** Charges at the given times; true where the restart is allowed. */
function charges(limit: { intensity: number; periodMs: number }, times: readonly number[]): boolean[] {
  let now = 0
  const budget = new RestartIntensity(limit, () => now)
  return times.map((time) => {
    now = time
    return budget.charge('child')
  })
}

describe('the window (SUP-030, SUP-032, SUP-033)', () => {
  test.each([0, 1, 2, 5])('intensity %d: restart intensity+1 is the first that is too many', (intensity) => {
    const times = Array.from({ length: intensity + 1 }, (_, i) => i)
    const allowed = charges({ intensity, periodMs: 5_000 }, times)
    expect(allowed).toEqual([...Array.from({ length: intensity }, () => true), false])
  })

  test('intensity 0 allows no restart at all', () => {
    expect(charges({ intensity: 0, periodMs: 1 }, [0])).toEqual([false])
  })

  test('slides: old restarts drop out one by one', () => {
    expect(charges({ intensity: 2, periodMs: 1_000 }, [0, 900, 1_001, 1_500])).toEqual([true, true, true, false])
  })

  test('is not a counter that is reset per period', () => {
    expect(charges({ intensity: 2, periodMs: 1_000 }, [0, 999, 1_001, 1_002])).toEqual([true, true, true, false])
  })

  test('includes its edge: a restart exactly one period ago counts', () => {
    expect(charges({ intensity: 1, periodMs: 1_000 }, [0, 1_000])).toEqual([true, false])
    expect(charges({ intensity: 1, periodMs: 1_000 }, [0, 1_000.5])).toEqual([true, true])
  })

  test('allows exactly what a count over the last period allows', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 })
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 1, max: 100 }),
        steps,
        (intensity, periodMs, gaps) => {
          let at = 0
          const times = gaps.map((gap) => (at += gap))
          const expected = times.map(
            (time, i) => times.slice(0, i + 1).filter((other) => other >= time - periodMs).length <= intensity,
          )
          expect(charges({ intensity, periodMs }, times)).toEqual(expected)
        },
      ),
    )
  })
})

describe('failure domains', () => {
  test('children that ended with one domain are one charge', () => {
    const budget = new RestartIntensity({ intensity: 1, periodMs: 5_000 }, () => 0)
    expect(['a', 'b', 'c', 'd', 'e'].map((child) => budget.charge(child, 'thread 7'))).toEqual([
      true,
      true,
      true,
      true,
      true,
    ])
    expect(budget.charge('a', 'thread 8')).toBe(false)
  })

  test('an end without a domain is a charge of its own', () => {
    const budget = new RestartIntensity({ intensity: 1, periodMs: 5_000 }, () => 0)
    expect(budget.charge('a')).toBe(true)
    expect(budget.charge('b')).toBe(false)
  })

  test('all children of one domain get the same answer', () => {
    const budget = new RestartIntensity({ intensity: 0, periodMs: 5_000 }, () => 0)
    expect(budget.charge('a', 'thread 7')).toBe(false)
    expect(budget.charge('b', 'thread 7')).toBe(false)
  })

  test('a domain stays one charge after its window has passed: restarting its children may take long', () => {
    let now = 0
    const budget = new RestartIntensity({ intensity: 1, periodMs: 100 }, () => now)
    budget.charge('a', 'thread 7')
    now = 1_000
    expect(budget.charge('b', 'thread 7')).toBe(true)
    expect(budget.charge('c')).toBe(true)
    expect(budget.charge('c')).toBe(false)
  })
})

describe('forgiving a held child', () => {
  test('takes its charges back and leaves those of its siblings', () => {
    const budget = new RestartIntensity({ intensity: 2, periodMs: 5_000 }, () => 0)
    expect([budget.charge('a'), budget.charge('b'), budget.charge('a')]).toEqual([true, true, false])
    budget.forgive('a')
    expect([budget.charge('c'), budget.charge('c')]).toEqual([true, false])
  })

  test('leaves the charge of a domain that took others too', () => {
    const budget = new RestartIntensity({ intensity: 1, periodMs: 5_000 }, () => 0)
    budget.charge('a', 'thread 7')
    budget.charge('b', 'thread 7')
    budget.forgive('a')
    expect(budget.charge('c')).toBe(false)
  })
})

describe('a failure domain that is excused', () => {
  const budget = () => new RestartIntensity({ intensity: 1, periodMs: 1_000 }, () => 0)

  test('costs nothing, however many children it took', () => {
    const restarts = budget()
    restarts.excuse('node 2')
    expect(['a', 'b', 'c'].map((each) => restarts.charge(each, 'node 2'))).toEqual([true, true, true])
    expect([restarts.charge('a'), restarts.charge('a')]).toEqual([true, false])
  })

  test('gives back what was paid for it before, and nothing else', () => {
    const restarts = budget()
    expect(restarts.charge('a', 'node 2')).toBe(true)
    restarts.excuse('node 2')
    expect(restarts.charge('b', 'node 3')).toBe(true)
    restarts.excuse('node 4')
    expect(restarts.charge('c', 'node 5')).toBe(false)
  })
})
