import { beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import type { Evidence } from '../src/actor/exit-reason.ts'
import type { Isolation } from '../src/node/isolation.ts'
import { Lessons } from '../src/node/lessons.ts'
import { place } from '../src/node/place.ts'
import type { PlacementDecision } from '../src/node/placement.ts'

const MINUTE = 60_000
let clock: ManualClock
let lessons: Lessons
let node: number

beforeEach(() => {
  clock = new ManualClock(5)
  node = 1
  lessons = new Lessons({ now: () => clock.now(), date: () => `minute ${Math.floor(clock.now() / MINUTE)}` })
})

const by = (isolation?: Isolation, adapt = true): PlacementDecision =>
  place(isolation, { kinds: ['inline', 'thread', 'process'], adapt })
const crash = (cause: Evidence['cause'] = 'stuck'): Evidence => ({ node: ++node, domain: `test.${node}`, cause })
const at = (path: string, isolation?: Isolation): string => {
  const { kind, share } = lessons.apply(path, by(isolation))
  return `${kind} ${share}`
}

/** The actor at this path crashes where it lives now. */
const fall = (path: string, isolation?: Isolation): void =>
  void lessons.learn(path, lessons.apply(path, by(isolation)), crash())

describe('by path', () => {
  test('nothing is known at first', () => {
    expect(lessons.apply('/a', by())).toEqual(by())
  })

  test('each crash moves one wall further out, and only its own path', () => {
    fall('/a')
    expect(at('/a')).toBe('thread dedicated')
    fall('/a')
    expect(at('/a')).toBe('process dedicated')
    fall('/a')
    expect(at('/a')).toBe('process dedicated')
    expect(at('/a/b')).toBe('thread pooled')
    expect(at('/b')).toBe('thread pooled')
  })

  test('the decision says what was learnt before what the hints said', () => {
    fall('/a')
    const { because } = lessons.apply('/a', by())
    expect(because).toEqual([
      'moved to a thread of its own: it was stuck on a shared thread at minute 0',
      ...by().because,
    ])
  })

  test('where the ladder ends, that is said beside the last move', () => {
    for (let i = 0; i < 2; i++) fall('/a', { memory: 'shared' })
    const { because } = lessons.apply('/a', by({ memory: 'shared' }))
    expect(at('/a', { memory: 'shared' })).toBe('thread dedicated')
    expect(because.slice(0, 2)).toEqual([
      expect.stringContaining('moved to a thread of its own'),
      expect.stringMatching(/stays where it is: memory: 'shared'.*; it was stuck on a thread of its own/),
    ])
  })

  test('a hint that is new since then holds it back, and says so', () => {
    for (let i = 0; i < 2; i++) fall('/a')
    expect(at('/a', { memory: 'shared' })).toBe('thread pooled')
    expect(lessons.apply('/a', by({ memory: 'shared' })).because[0]).toMatch(
      /stays where it is: memory: 'shared'.*otherwise: moved to a process/,
    )
    expect(lessons.apply('/a', by(undefined, false)).kind).toBe('thread')
  })

  test('what teaches nothing changes nothing', () => {
    expect(lessons.learn('/a', by(), crash('killed'))).toBeUndefined()
    expect(at('/a')).toBe('thread pooled')
  })
})

describe('ten quiet minutes', () => {
  test('forget what was learnt, not a millisecond earlier', () => {
    fall('/a')
    clock.advance(10 * MINUTE - 1)
    expect(at('/a')).toBe('thread dedicated')
    clock.advance(1)
    expect(lessons.apply('/a', by())).toEqual(by())
  })

  test('begin anew with each crash', () => {
    fall('/a')
    clock.advance(6 * MINUTE)
    fall('/a')
    clock.advance(6 * MINUTE)
    expect(at('/a')).toBe('process dedicated')
    clock.advance(4 * MINUTE)
    expect(at('/a')).toBe('thread pooled')
  })

  test('are each actor’s own', () => {
    fall('/a')
    clock.advance(6 * MINUTE)
    fall('/b')
    clock.advance(4 * MINUTE)
    expect([at('/a'), at('/b')]).toEqual(['thread pooled', 'thread dedicated'])
  })

  test('a crash after them counts from where the actor lives', () => {
    fall('/a')
    const living = lessons.apply('/a', by())
    clock.advance(60 * MINUTE)
    lessons.learn('/a', living, crash())
    expect(at('/a')).toBe('process dedicated')
    clock.advance(60 * MINUTE)
    lessons.learn('/a', { ...living, kind: 'process' }, crash())
    expect(at('/a')).toBe('process dedicated')
  })
})

describe('a compartment', () => {
  const member = by({ compartment: 'a' })

  test('moves as a whole, whoever of it is started', () => {
    lessons.learnOf(member, crash())
    expect(at('/x', { compartment: 'a' })).toBe('process compartment')
    expect(at('/y', { compartment: 'a' })).toBe('process compartment')
    expect(at('/z', { compartment: 'b' })).toBe('thread compartment')
  })

  test('each of its actors hears the lesson of that end, and none of another', () => {
    const evidence = crash()
    const lesson = lessons.learnOf(member, evidence)
    expect(lesson?.moves).toBe(true)
    expect(lessons.learn('/x', member, evidence)).toEqual(lesson)
    expect(lessons.learn('/y', member, evidence)).toEqual(lesson)
    expect(lessons.learn('/y', member, crash())).toBeUndefined()
  })

  test('what its actors say alone moves nobody', () => {
    expect(lessons.learn('/x', member, crash())).toBeUndefined()
    expect(at('/x', { compartment: 'a' })).toBe('thread compartment')
  })

  test('other actors are not one', () => {
    expect(lessons.learnOf(by(), crash())).toBeUndefined()
    expect(at('')).toBe('thread pooled')
  })
})

test('a thousand are remembered, the latest', () => {
  for (let i = 0; i <= 1_000; i++) fall(`/${i}`)
  expect([at('/0'), at('/1'), at('/1000')]).toEqual(['thread pooled', 'thread dedicated', 'thread dedicated'])
})
