import { describe, expect, test } from 'vitest'
import { Restarts } from '../../src/guardian/restarts.ts'
import type { NextStep } from '../../src/guardian/restarts.ts'
import type { RootEnd } from '../../src/guardian/root-end.ts'

const options = { minMs: 100, maxMs: 1_000, intensity: 3, periodMs: 10_000, graceMs: 500 }

/** A guardian's decisions on a clock of the test; chance takes nothing off the waits. */
function decisions(): { readonly restarts: Restarts; pass(ms: number): void } {
  let now = 0
  const restarts = new Restarts(
    options,
    () => now,
    () => 0,
  )
  restarts.started()
  return { restarts, pass: (ms) => (now += ms) }
}

const exited = (code: number): RootEnd => ({ cause: 'exited', code })
const signaled = (signal: NodeJS.Signals): RootEnd => ({ cause: 'signaled', signal })
const stuck: RootEnd = { cause: 'stuck', forMs: 6_000 }
const notStarted: RootEnd = { cause: 'not_started', why: 'EAGAIN' }

const restart = { do: 'restart', afterMs: 100 }
const leave = (status: object): object => ({ do: 'leave', status })

describe('what follows the end of a root', () => {
  test.each<[string, NodeJS.Signals[], RootEnd, object]>([
    ['exits with 0', [], exited(0), leave({ code: 0 })],
    ['exits with 1', [], exited(1), restart],
    ['exits with 143', [], exited(143), restart],
    ['is killed', [], signaled('SIGKILL'), restart],
    ['is ended by a SIGTERM of somebody else', [], signaled('SIGTERM'), restart],
    ['has a segmentation fault', [], signaled('SIGSEGV'), restart],
    ['is stuck', [], stuck, restart],
    ['cannot be started', [], notStarted, restart],
    ['exits with 0', ['SIGTERM'], exited(0), leave({ code: 0 })],
    ['exits with 143', ['SIGTERM'], exited(143), leave({ code: 143 })],
    ['dies of it', ['SIGTERM'], signaled('SIGTERM'), leave({ signal: 'SIGTERM' })],
    ['had to be killed', ['SIGTERM'], signaled('SIGKILL'), leave({ code: 137 })],
    ['is stuck', ['SIGTERM'], stuck, leave({ code: 137 })],
    ['crashes while it stops', ['SIGTERM'], signaled('SIGSEGV'), leave({ code: 139 })],
    ['exits with 130', ['SIGINT'], exited(130), leave({ code: 130 })],
    ['dies of it', ['SIGINT'], signaled('SIGINT'), leave({ signal: 'SIGINT' })],
    ['dies of it', ['SIGHUP'], signaled('SIGHUP'), leave({ signal: 'SIGHUP' })],
    ['dies of it', ['SIGUSR2'], signaled('SIGUSR2'), leave({ signal: 'SIGUSR2' })],
    ['handles it and crashes later', ['SIGHUP'], exited(1), restart],
    ['handles it and crashes later', ['SIGUSR2'], signaled('SIGSEGV'), restart],
    ['handles it and is ended by another', ['SIGUSR2'], signaled('SIGHUP'), restart],
  ])('it %s, having been handed %j', (_how, signals, end, expected) => {
    const { restarts } = decisions()
    for (const signal of signals) restarts.forwarded(signal)
    expect(restarts.ended(end)).toEqual(expected)
  })

  test.each([
    [500, leave({ code: 1 })],
    [501, restart],
  ])('an end %d ms after SIGINT', (ms, expected) => {
    const { restarts, pass } = decisions()
    restarts.forwarded('SIGINT')
    pass(ms)
    expect(restarts.ended(exited(1))).toEqual(expected)
  })

  test('a signal that the root before was handed does not count', () => {
    const { restarts } = decisions()
    restarts.forwarded('SIGHUP')
    restarts.ended(exited(1))
    restarts.started()
    expect(restarts.ended(signaled('SIGHUP'))).toMatchObject({ do: 'restart' })
  })
})

/** Crashes one after another, each so many milliseconds after its root's start. */
function crashes(ages: readonly number[]): NextStep[] {
  const { restarts, pass } = decisions()
  return ages.map((age) => {
    pass(age)
    const next = restarts.ended(exited(1))
    if (next.do === 'restart') pass(next.afterMs)
    restarts.started()
    return next
  })
}

describe('again and again', () => {
  const wait = (afterMs: number): object => ({ do: 'restart', afterMs })
  const giveUp = { do: 'give_up' }

  test.each([
    [
      'each wait is twice as long, and after as many as allowed it gives up',
      [0, 0, 0, 0],
      [wait(100), wait(200), wait(400), giveUp],
    ],
    ['a root that ran for maxMs begins at minMs again', [0, 0, 1_000], [wait(100), wait(200), wait(100)]],
    ['crashes outside the period do not count', [0, 0, 0, 10_000], [wait(100), wait(200), wait(400), wait(100)]],
  ])('%s', (_what, ages, expected) => {
    expect(crashes(ages)).toEqual(expected)
  })

  test('a root that cannot be started waits longer each time, too', () => {
    const { restarts } = decisions()
    expect([1, 2, 3, 4].map(() => restarts.ended(notStarted))).toEqual([wait(100), wait(200), wait(400), giveUp])
  })
})
