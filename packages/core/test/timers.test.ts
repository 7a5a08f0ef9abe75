import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Timers } from '../src/node/timers.ts'
import type { Timer } from '../src/node/timers.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'

const setUp = () => {
  const clock = new ManualClock(1_000)
  return { clock, timers: new Timers(clock), fired: [] as string[] }
}

describe('order', () => {
  test('timers fire in the order of their deadlines, not of setting them (PROC-067)', () => {
    const { clock, timers, fired } = setUp()
    for (const ms of [30, 10, 20, 5, 25]) timers.set(ms, () => fired.push(`${ms}`))
    clock.advance(100)
    expect(fired).toEqual(['5', '10', '20', '25', '30'])
  })

  test('a timer does not fire before its deadline', () => {
    const { clock, timers, fired } = setUp()
    timers.set(10, () => fired.push('ten'))
    clock.advance(9.5)
    expect(fired).toEqual([])
    clock.advance(0.5)
    expect(fired).toEqual(['ten'])
  })

  test('deadlines count, not delays: a short delay set later can be due later', () => {
    const { clock, timers, fired } = setUp()
    timers.set(50, () => fired.push('long'))
    clock.advance(45)
    timers.set(10, () => fired.push('short'))
    clock.advance(100)
    expect(fired).toEqual(['long', 'short'])
  })

  test('when the platform is late, everything due fires, still in order of deadlines', () => {
    const { clock, timers, fired } = setUp()
    for (const ms of [3, 1, 2]) timers.set(ms, () => fired.push(`${ms}`))
    clock.moveTo(5_000)
    clock.advance(0)
    expect(fired).toEqual(['1', '2', '3'])
  })

  test('a timer set for 0 ms fires later, never at once (PROC-068)', () => {
    const { clock, timers, fired } = setUp()
    timers.set(0, () => fired.push('zero'))
    expect(fired).toEqual([])
    clock.advance(0)
    expect(fired).toEqual(['zero'])
  })

  test('a timer that fires may set another, also one that is due at once', () => {
    const { clock, timers, fired } = setUp()
    timers.set(1, () => {
      fired.push('first')
      timers.set(0, () => fired.push('second'))
    })
    clock.advance(1)
    clock.advance(0)
    expect(fired).toEqual(['first', 'second'])
  })
})

describe('cancelling', () => {
  test('answers the milliseconds that were left, rounded up, and the timer never fires (PROC-062)', () => {
    const { clock, timers, fired } = setUp()
    const timer = timers.set(100, () => fired.push('cancelled'))
    clock.advance(39.5)
    expect(timers.cancel(timer)).toBe(61)
    clock.advance(1_000)
    expect(fired).toEqual([])
  })

  test('answers false for one that fired or was cancelled (PROC-062)', () => {
    const { clock, timers } = setUp()
    const one = timers.set(1, () => undefined)
    const other = timers.set(2, () => undefined)
    expect(timers.cancel(other)).toBe(2)
    expect(timers.cancel(other)).toBe(false)
    clock.advance(1)
    expect(timers.cancel(one)).toBe(false)
  })

  test('answers 0, not less, for one that is overdue', () => {
    const { clock, timers } = setUp()
    const timer = timers.set(1, () => undefined)
    clock.moveTo(2_000)
    expect(timers.cancel(timer)).toBe(0)
  })

  test('a timer may cancel one that is due at the same moment', () => {
    const { clock, timers, fired } = setUp()
    const set: Timer[] = []
    timers.set(5, () => timers.cancel(set[0] as Timer))
    set.push(timers.set(5, () => fired.push('second')))
    timers.set(5, () => fired.push('third'))
    clock.advance(5)
    expect(fired).toEqual(['third'])
  })

  test('of any one of equal delays leaves the others in order', () => {
    for (const cancelled of [0, 1, 2]) {
      const { clock, timers, fired } = setUp()
      const set = ['0', '1', '2'].map((name) => timers.set(7, () => fired.push(name)))
      timers.cancel(set[cancelled] as Timer)
      clock.advance(7)
      expect(fired).toEqual(['0', '1', '2'].filter((name) => name !== `${cancelled}`))
    }
  })

  test('clear cancels everything and lets the platform go', () => {
    const { clock, timers, fired } = setUp()
    const timer = timers.set(5, () => fired.push('five'))
    timers.set(9, () => fired.push('nine'))
    timers.clear()
    expect({ count: timers.count, platform: clock.count }).toEqual({ count: 0, platform: 0 })
    clock.advance(100)
    expect(fired).toEqual([])
    expect(timers.cancel(timer)).toBe(false)
    timers.set(1, () => fired.push('after'))
    clock.advance(1)
    expect(fired).toEqual(['after'])
  })
})

describe('long delays', () => {
  const beyond = 2 ** 31 + 12_345

  test('a delay beyond 2^31-1 ms fires at its time and not before (PROC-069)', () => {
    const { clock, timers, fired } = setUp()
    timers.set(beyond, () => fired.push('month'))
    clock.advance(beyond - 1)
    expect(fired).toEqual([])
    clock.advance(1)
    expect(fired).toEqual(['month'])
  })

  test('the platform is never asked for more than 2^31-1 ms', () => {
    const { clock, timers } = setUp()
    timers.set(Number.MAX_SAFE_INTEGER, () => undefined)
    expect(clock.longestMs).toBe(2 ** 31 - 1)
  })

  test('a short timer set meanwhile does not disturb a long one', () => {
    const { clock, timers, fired } = setUp()
    timers.set(beyond, () => fired.push('long'))
    clock.advance(2 ** 31 - 10)
    timers.set(5, () => fired.push('short'))
    clock.advance(beyond)
    expect(fired).toEqual(['short', 'long'])
  })
})

describe('what the platform sees', () => {
  test('one timer at most, however many are set', () => {
    const { clock, timers } = setUp()
    for (let ms = 1_000; ms > 0; ms--) timers.set(ms, () => undefined)
    expect({ count: timers.count, platform: clock.count }).toEqual({ count: 1_000, platform: 1 })
  })

  test('none once nothing is set any more and the last wake-up has passed', () => {
    const { clock, timers } = setUp()
    const timer = timers.set(10, () => undefined)
    timers.cancel(timer)
    clock.advance(10)
    expect(clock.count).toBe(0)
  })
})

type Step =
  | { readonly do: 'set'; readonly ms: number }
  | { readonly do: 'cancel'; readonly which: number }
  | { readonly do: 'wait'; readonly ms: number }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('set' as const), ms: fc.nat(40) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('set' as const), ms: fc.integer({ min: 2 ** 31 - 5, max: 2 ** 31 + 5 }) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat(30) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(30) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constant(2 ** 31) }) },
  ),
  { maxLength: 200 },
)

test('any program of set, cancel and wait behaves as a sorted array would', () => {
  fc.assert(
    fc.property(steps, (program) => {
      const { clock, timers } = setUp()
      const all: { readonly timer: Timer; readonly deadline: number; open: boolean }[] = []
      const fired: number[] = []
      const expected: number[] = []
      const pass = (ms: number): void => {
        const due = all.filter(({ open, deadline }) => open && deadline <= clock.now() + ms)
        for (const each of due.toSorted((a, b) => a.deadline - b.deadline)) {
          each.open = false
          expected.push(each.deadline)
        }
        clock.advance(ms)
      }
      for (const step of program) {
        if (step.do === 'set') {
          const deadline = clock.now() + step.ms
          all.push({ timer: timers.set(step.ms, () => fired.push(deadline)), deadline, open: true })
        } else if (step.do === 'cancel') {
          const each = all[step.which % (all.length || 1)]
          if (each === undefined) continue
          expect(timers.cancel(each.timer)).toBe(each.open ? each.deadline - clock.now() : false)
          each.open = false
        } else pass(step.ms)
        expect(timers.count).toBe(all.filter(({ open }) => open).length)
      }
      pass(2 ** 33)
      expect(fired).toEqual(expected)
    }),
    { numRuns: 500 },
  )
})

test('a timer that is gone leads to no other, which would keep those from being collected', () => {
  const { timers } = setUp()
  const [first, second, third] = [timers.set(10, () => {}), timers.set(10, () => {}), timers.set(10, () => {})]
  timers.drop(second)
  expect(Object.values(second)).not.toContain(first)
  expect(Object.values(second)).not.toContain(third)
  expect(timers.cancel(third)).toBe(10)
  expect(timers.cancel(first)).toBe(10)
})
