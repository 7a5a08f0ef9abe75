import { describe, expect, test } from 'vitest'
import { SteadyChecks } from '../src/steady-state.ts'
import type { SteadyClock } from '../src/steady-state.ts'

/** A clock that stands still until the test lets somebody's pause end. */
function setUp(outcomes: readonly (() => unknown)[]) {
  let now = 0
  let calls = 0
  const pauses: { ms: number; end: () => void }[] = []
  const clock: Omit<SteadyClock, 'now'> = {
    pause: (ms, signal) =>
      new Promise((resolve, reject) => {
        const pause = { ms, end: () => resolve(undefined) }
        pauses.push(pause)
        signal.addEventListener('abort', () => {
          pauses.splice(pauses.indexOf(pause), 1)
          reject(new Error('aborted'))
        })
        if (signal.aborted) reject(new Error('aborted'))
      }),
  }
  const check = (): unknown => outcomes[calls++]?.()
  const checks = new SteadyChecks({ check, everyMs: 10, withinMs: 500 }, () => now, clock)
  const settle = (): Promise<void> => new Promise((resume) => setImmediate(resume))
  return {
    checks,
    calls: () => calls,
    /** Lets so many milliseconds pass, and ends the pause of that length. */
    pass: async (ms: number) => {
      await settle()
      now += ms
      const at = pauses.findIndex((pause) => pause.ms === ms)
      pauses.splice(at, 1)[0]?.end()
      await settle()
    },
  }
}

const fails = (): never => {
  throw new Error('out of stock')
}

test('checks go on, one at a time, until the end; stretches of equal outcome are one', async () => {
  const { checks, pass, calls } = setUp([() => true, () => undefined, fails, () => false, () => 7, () => 8])
  for (let i = 0; i < 4; i++) await pass(10)
  expect(calls()).toBe(5)
  const report = await checks.finish()
  expect(report).toMatchObject({ checks: 6, failed: 2 })
  expect(report.stretches).toEqual([
    { ok: true, fromMs: 0, toMs: 10, checks: 2 },
    { ok: false, fromMs: 20, toMs: 30, checks: 2, why: 'out of stock' },
    { ok: true, fromMs: 40, toMs: 40, checks: 2 },
  ])
})

test('a check that takes longer than it may has failed, and the next one comes', async () => {
  const { checks, pass, calls } = setUp([() => new Promise(() => {}), () => true])
  await pass(500)
  await pass(10)
  expect(calls()).toBe(2)
  expect((await checks.finish()).stretches).toEqual([
    { ok: false, fromMs: 0, toMs: 500, checks: 1, why: 'it took longer than 500 ms' },
    { ok: true, fromMs: 510, toMs: 510, checks: 2 },
  ])
})

test('what is so at the end counts: it is checked once more', async () => {
  const { checks, calls } = setUp([fails, () => true])
  const { stretches } = await checks.finish()
  expect([calls(), stretches.map(({ ok }) => ok)]).toEqual([2, [false, true]])
})

describe('a check has failed', () => {
  test.each([
    ['when it says false', () => false, 'it said false'],
    ['when it throws', fails, 'out of stock'],
    ['when it rejects', () => Promise.reject(new Error('out of stock')), 'out of stock'],
    ['when it rejects with no error', () => Promise.reject({ status: 503 }), '{"status":503}'],
  ])('%s', async (_name, outcome, why) => {
    const { checks } = setUp([outcome, () => true])
    expect((await checks.finish()).stretches[0]).toEqual({ ok: false, fromMs: 0, toMs: 0, checks: 1, why })
  })
})
