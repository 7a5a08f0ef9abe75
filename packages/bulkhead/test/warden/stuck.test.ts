import { describe, expect, test } from 'vitest'
import { lookBusyMs, lookIdleMs, StuckJudge } from '../../src/warden/stuck.ts'
import type { Judgement, Look } from '../../src/warden/stuck.ts'

const limitMs = 1_000

/** A thread at one moment of a test's story. */
interface Scene {
  /** A turn that began then and still runs. */
  readonly turnSince?: number
  /** A ping of then that was not answered. */
  readonly unansweredSince?: number
  readonly freeAt?: number
  readonly activeMs?: number
  readonly cpuMs?: number | undefined
  readonly blocked?: boolean
  readonly waitedMs?: number
  readonly exempt?: boolean
  readonly isLoading?: boolean
}

function lookAt(now: number, scene: Scene): Look {
  const {
    turnSince,
    unansweredSince,
    freeAt = -1_000,
    activeMs = 0,
    blocked = false,
    waitedMs = 0,
    exempt = false,
    isLoading = false,
  } = scene
  const cpuMs = 'cpuMs' in scene ? scene.cpuMs : now
  return {
    now,
    turn: turnSince === undefined ? 2 : 3,
    turnAt: turnSince ?? 0,
    unansweredSince,
    freeAt,
    activeMs,
    cpuMs: () => cpuMs,
    blocked: () => blocked,
    waitedMs,
    exempt,
    isLoading,
  }
}

/** Looks as often as the judge wants, from 0 on, until it says stuck or `untilMs` is reached. */
function watch(scene: (now: number) => Scene, untilMs: number): { readonly at: number; readonly judgement: Judgement } {
  const judge = new StuckJudge(limitMs)
  for (let now = 0; ;) {
    const judgement = judge.look(lookAt(now, scene(now)))
    if (judgement.state === 'stuck' || now >= untilMs) return { at: now, judgement }
    now += judgement.state === 'busy' ? judgement.nextLookMs : lookIdleMs(limitMs)
  }
}

describe('a node is stuck', () => {
  test('when one turn lasts for the limit: to the millisecond', () => {
    const { at, judgement } = watch(() => ({ turnSince: -30 }), 5_000)
    expect(judgement).toEqual({ state: 'stuck', what: 'turn', forMs: limitMs })
    expect(at).toBe(limitMs - 30)
  })

  test('when its loop answers no ping for the limit, counted from when it became active', () => {
    const { judgement, at } = watch((now) => (now === 0 ? { activeMs: 40 } : { unansweredSince: 0 }), 5_000)
    expect(judgement).toEqual({ state: 'stuck', what: 'loop', forMs: limitMs })
    expect(at).toBe(limitMs - 40)
  })

  test('when it is blocked, without using the CPU', () => {
    const { judgement, at } = watch(() => ({ turnSince: 0, cpuMs: 5, blocked: true }), 5_000)
    expect(judgement.state).toBe('stuck')
    expect(at).toBeLessThanOrEqual(limitMs + lookBusyMs)
  })

  test('after four times the limit when it starves', () => {
    const { judgement, at } = watch(() => ({ turnSince: 0, cpuMs: 5 }), 10_000)
    expect(judgement.state).toBe('stuck')
    expect(at).toBeGreaterThanOrEqual(4 * limitMs)
    expect(at).toBeLessThanOrEqual(4 * limitMs + lookBusyMs)
  })

  test('as soon as it has used the CPU for half of the limit, however little of it it gets', () => {
    const { judgement, at } = watch((now) => ({ turnSince: 0, cpuMs: now / 4 }), 10_000)
    expect(judgement.state).toBe('stuck')
    expect(at).toBe(2 * limitMs)
  })

  test('by the clock alone where nobody tells CPU times', () => {
    expect(watch(() => ({ turnSince: 0, cpuMs: undefined }), 5_000).at).toBe(limitMs)
  })
})

describe('a node is not stuck', () => {
  test('while it idles', () => {
    expect(watch(() => ({}), 5_000).judgement).toEqual({ state: 'idle' })
  })

  test('while a debugger can be attached', () => {
    expect(watch(() => ({ turnSince: 0, exempt: true }), 5_000).judgement).toEqual({ state: 'idle' })
  })

  test('when the loop turned between two busy stretches', () => {
    const judge = new StuckJudge(limitMs)
    judge.look(lookAt(0, { activeMs: 200 }))
    judge.look(lookAt(200, { activeMs: 200, freeAt: 190 }))
    for (let now = 210; now < 1_190; now += 20) {
      expect(judge.look(lookAt(now, { unansweredSince: 200, freeAt: 190 })).state).toBe('busy')
    }
    expect(judge.look(lookAt(1_195, { unansweredSince: 200, freeAt: 190 })).state).toBe('stuck')
  })

  test('while it evaluates a module, for 10 s', () => {
    expect(watch(() => ({ turnSince: 0, isLoading: true }), 9_000).judgement.state).toBe('busy')
    expect(watch(() => ({ turnSince: 0, isLoading: true }), 12_000).at).toBe(10_000)
  })

  test('while it waits for a reader of what it prints; what it does itself counts', () => {
    expect(watch((now) => ({ turnSince: 0, blocked: true, waitedMs: now }), 20_000).judgement.state).toBe('busy')
    const { judgement, at } = watch((now) => ({ turnSince: 0, waitedMs: Math.min(now, 3_000) }), 20_000)
    expect(judgement).toEqual({ state: 'stuck', what: 'turn', forMs: limitMs })
    expect(at).toBe(limitMs + 3_000)
  })

  test('because the watcher itself did not run', () => {
    const judge = new StuckJudge(limitMs)
    expect(judge.look(lookAt(0, { turnSince: 0 }))).toMatchObject({ state: 'busy' })
    for (let now = 60_000; now < 60_950; now += lookBusyMs) {
      expect(judge.look(lookAt(now, { turnSince: 0 })).state).toBe('busy')
    }
    expect(judge.look(lookAt(60_950, { turnSince: 0 })).state).toBe('stuck')
  })

  test('because of a turn that began before the watcher stopped running, and was not seen yet', () => {
    const judge = new StuckJudge(limitMs)
    judge.look(lookAt(0, {}))
    expect(judge.look(lookAt(60_000, { turnSince: 50, cpuMs: 50 })).state).toBe('busy')
    expect(judge.look(lookAt(60_750, { turnSince: 50, cpuMs: 100 })).state).toBe('busy')
  })

  test('because its watcher comes late to a turn that hardly gets a CPU', () => {
    const judge = new StuckJudge(limitMs)
    for (const [now, cpuMs] of [
      [0, 0],
      [50, 50],
      [100, 100],
    ] as const)
      expect(judge.look(lookAt(now, { turnSince: -1_100, cpuMs })).state).toBe('busy')
  })
})

test('a busy node is looked at more often, and exactly at its limit', () => {
  const judge = new StuckJudge(limitMs)
  expect(judge.look(lookAt(0, { turnSince: 0 }))).toEqual({ state: 'busy', nextLookMs: lookBusyMs })
  expect(judge.look(lookAt(50, { turnSince: -930 }))).toEqual({ state: 'busy', nextLookMs: lookBusyMs })
  const late = new StuckJudge(limitMs)
  expect(late.look(lookAt(0, { turnSince: -980 }))).toEqual({ state: 'busy', nextLookMs: 20 })
})
