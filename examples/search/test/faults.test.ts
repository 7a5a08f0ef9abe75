// Which faults a trial injects, as `@bulkhead/chaos` plans them for the tree of this service.
import { type Candidate, checkOptions, type Injection as Planned, planOf } from '@bulkhead/chaos'
import type { Pid } from 'bulkhead'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PATHS, SHARDS, SNIPPETS } from '../src/actors/search.ts'
import { COOL_DOWN_MS, faultsFor, PACE_MS, SECONDS_MIN, WARM_UP_MS } from '../src/chaos/faults.ts'
import { injectionOf } from '../src/chaos/injection.ts'

const actor = (name: string, node: number, place: Partial<Candidate['place']>): Candidate => ({
  path: PATHS[name]!,
  behaviour: name,
  name,
  pid: `<test.${node}.1>` as Pid,
  node,
  osProcess: place.kind === 'process' ? 2 : place.inRootProcess === false ? 3 : 1,
  isReady: true,
  place: { kind: 'thread', onRoot: false, inRootProcess: true, isTop: false, limits: { handlerMs: 1_000 }, ...place },
})

const tree: Candidate[] = [
  ...['rendering', 'front'].map((name) => actor(name, 1, { kind: 'inline', onRoot: true, limits: {} })),
  actor('shards', 10, { inRootProcess: false, limits: {} }),
  actor('router', 2, { limits: {} }),
  ...SHARDS.map((name, i) => actor(name, 3 + i, { inRootProcess: false })),
  actor(SNIPPETS, 9, {
    kind: 'process',
    inRootProcess: false,
    limits: { heapMb: 64, rssMb: 320, handlerMs: 1_000 },
  }),
]

function plan(seed: number, seconds: number): readonly Planned[] {
  const options = checkOptions({
    seed,
    forMs: seconds * 1_000,
    everyMs: PACE_MS,
    warmUpMs: WARM_UP_MS,
    coolDownMs: COOL_DOWN_MS,
    faults: faultsFor(seconds, seed),
  })
  return planOf(options, seed, tree).injections
}

const anySeed = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const anySeconds = fc.integer({ min: SECONDS_MIN, max: 600 })
const kindsOf = (planned: readonly Planned[]): string[] =>
  planned.map(injectionOf).map(({ kind, placement }) => `${kind} ${placement}`)

const ALWAYS = [
  ...['throw', 'reject', 'timer', 'loop', 'exit'].flatMap((kind) => [`${kind} thread`, `${kind} process`]),
  'heap process',
  'SIGKILL process',
  'kill_front inline',
]

test('these happen in every trial, however short', () => {
  fc.assert(
    fc.property(anySeed, anySeconds, (seed, seconds) => {
      const kinds = kindsOf(plan(seed, seconds))
      expect(kinds).toEqual(expect.arrayContaining(ALWAYS))
      // One lives in the crew, one on the root.
      expect(kinds.join()).toContain('kill_supervisor ')
    }),
  )
})

test('a trial of the usual length injects every kind that there is', () => {
  fc.assert(
    fc.property(anySeed, (seed) => {
      const kinds = plan(seed, 45).map(({ fault }) => fault.kind)
      expect([...new Set(kinds)].toSorted()).toEqual(
        [
          'throw',
          'reject',
          'timer',
          'loop',
          'microtasks',
          'native',
          'heap',
          'buffer',
          'exit',
          'exit_in_exit',
          'SIGSEGV',
          'SIGABRT',
          'SIGKILL',
          'SIGSTOP',
          'SIGCONT',
          'kill',
          'slow',
          'cut',
          'delay',
        ].toSorted(),
      )
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

test('the time decides how many there are', () => {
  // (20 - 5) s at 1.5 s each is 10: fewer than the 14 that always happen. (45 - 5) s is 26.
  expect(plan(1, SECONDS_MIN)).toHaveLength(14)
  expect(plan(1, 30)).toHaveLength(16)
  expect(plan(1, 45)).toHaveLength(26)
})

describe('a fault in the words of the service', () => {
  const planned = (kind: Planned['fault']['kind'], target: string): Planned => ({
    n: 1,
    atMs: 0,
    fault: { kind },
    target: PATHS[target]!,
    placement: 'inline',
  })
  test.each([
    ['kill', 'front', 'kill_front'],
    ['kill', 'shards', 'kill_supervisor'],
    ['kill', 'rendering', 'kill_supervisor'],
    ['kill', 'router', 'kill'],
    ['throw', 'front', 'throw'],
  ] as const)('%s of %s is %s', (kind, target, shown) => {
    expect(injectionOf(planned(kind, target))).toMatchObject({ kind: shown, target })
  })
})
