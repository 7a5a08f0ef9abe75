import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { planInjections, PROCESS_FAULTS, SECONDS_MIN, THREAD_FAULTS, type Injection } from '../src/chaos/plan.ts'

const targets = {
  thread: ['shard-0', 'shard-1', 'shard-2'],
  process: ['snippets'],
  supervisors: ['shards', 'rendering'],
  front: 'front',
}
const plan = (seed: number, seconds: number): Injection[] => planInjections({ seed, seconds, targets })
const anySeed = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const anySeconds = fc.integer({ min: SECONDS_MIN, max: 600 })

const REQUIRED = [
  ...THREAD_FAULTS.map((kind) => `${kind} thread`),
  ...PROCESS_FAULTS.map((kind) => `${kind} process`),
  'kill_supervisor inline',
  'kill_front inline',
].toSorted()

test('the faults that are asked for are these', () => {
  expect(REQUIRED).toEqual(
    [
      'exit process',
      'exit thread',
      'heap process',
      'kill_front inline',
      'kill_supervisor inline',
      'loop process',
      'loop thread',
      'reject process',
      'reject thread',
      'SIGKILL process',
      'throw process',
      'throw thread',
      'timer process',
      'timer thread',
    ].toSorted(),
  )
})

test('each fault comes at least once, and the two kills in the tree exactly once', () => {
  fc.assert(
    fc.property(anySeed, anySeconds, (seed, seconds) => {
      const kinds = plan(seed, seconds).map(({ kind, placement }) => `${kind} ${placement}`)
      expect([...new Set(kinds)].toSorted()).toEqual(REQUIRED)
      expect(kinds.filter((kind) => kind.endsWith('inline'))).toHaveLength(2)
    }),
  )
})

test('one seed gives one schedule, another seed another', () => {
  fc.assert(
    fc.property(anySeed, anySeconds, (seed, seconds) => {
      expect(plan(seed, seconds)).toEqual(plan(seed, seconds))
      expect(plan(seed, seconds)).not.toEqual(plan((seed + 1) % 2 ** 32, seconds))
    }),
  )
})

test('targets fit their placement', () => {
  fc.assert(
    fc.property(anySeed, (seed) => {
      for (const { kind, placement, target } of plan(seed, 120)) {
        const fitting =
          kind === 'kill_front'
            ? ['front']
            : kind === 'kill_supervisor'
              ? targets.supervisors
              : placement === 'thread'
                ? targets.thread
                : targets.process
        expect(fitting).toContain(target)
      }
    }),
  )
})

test('injections are numbered, in order of time, after the warm-up and before the cool-down', () => {
  fc.assert(
    fc.property(anySeed, anySeconds, (seed, seconds) => {
      const injections = plan(seed, seconds)
      expect(injections.map(({ n }) => n)).toEqual(injections.map((_, i) => i + 1))
      const times = injections.map(({ atMs }) => atMs)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      expect(times[0]).toBeGreaterThanOrEqual(1_500)
      expect(times.at(-1)).toBeLessThanOrEqual(seconds * 1_000 - 3_500)
    }),
  )
})

test('the time decides how many there are', () => {
  // (20 - 5) s at 1.5 s each is 10: fewer than the 14 required. (45 - 5) s is 26.
  expect(plan(1, SECONDS_MIN)).toHaveLength(14)
  expect(plan(1, 45)).toHaveLength(26)
})
