import { describe, expect, test } from 'vitest'
import type { Evidence } from '../src/actor/exit-reason.ts'
import type { Isolation } from '../src/node/isolation.ts'
import { behindWall, climb, nearer } from '../src/node/ladder.ts'
import { place } from '../src/node/place.ts'
import type { PlacementContext } from '../src/node/place.ts'
import type { PlacementDecision, Wall } from '../src/node/placement.ts'

const everywhere: PlacementContext = { kinds: ['inline', 'thread', 'process'], sandboxes: true }
const neighbour = { pid: '<test.7.12>' }

const by = (isolation: Isolation | undefined, context: Partial<PlacementContext> = {}): PlacementDecision =>
  place(isolation, { ...everywhere, ...context })
const end = (cause: Evidence['cause'], more: Partial<Evidence> = {}): Evidence => ({
  node: 7,
  domain: 'test.7',
  cause,
  ...more,
})
const next = (decision: PlacementDecision, cause: Evidence['cause']): string => {
  const lesson = climb(decision, end(cause), 'noon')
  if (lesson === undefined) return 'nothing'
  return lesson.moves ? lesson.wall : 'stays'
}

const places = {
  inline: by('inline'),
  'a pooled thread': by(undefined),
  'a pooled thread, by the word': by('thread'),
  'a thread of its own': by({ cpu: 'heavy' }),
  'a pooled process': by('process'),
  'a process of its own': by({ native: true }),
  'a process of its own, moved there': behindWall(by(undefined), 'process'),
  'a sandbox': by({ trust: 'untrusted' }),
  'shared memory': by({ memory: 'shared' }),
  'shared memory on a thread of its own': by({ memory: 'shared', cpu: 'heavy' }),
  'the node of another': by({ coordination: { with: neighbour } }),
  'a compartment': by({ compartment: 'a' }),
  'a compartment in a process': behindWall(by({ compartment: 'a' }), 'process'),
  'adapt: false': by(undefined, { adapt: false }),
  'an operator’s thread': by('thread', { by: "the operator's placement file" }),
  'no processes': by(undefined, { kinds: ['inline', 'thread'] }),
  'no processes, a thread of its own': by({ cpu: 'heavy' }, { kinds: ['inline', 'thread'] }),
} as const

describe('where an actor lives × how it took its node down: where it goes', () => {
  // stuck, exited and an error are one wall further out; a signal and memory are contained by a process only.
  const table: readonly (readonly [keyof typeof places, string, string])[] = [
    ['inline', 'stays', 'stays'],
    ['a pooled thread', 'thread', 'process'],
    ['a pooled thread, by the word', 'thread', 'process'],
    ['a thread of its own', 'process', 'process'],
    ['a pooled process', 'process', 'process'],
    ['a process of its own', 'nothing', 'nothing'],
    ['a process of its own, moved there', 'stays', 'stays'],
    ['a sandbox', 'nothing', 'nothing'],
    ['shared memory', 'thread', 'stays'],
    ['shared memory on a thread of its own', 'stays', 'stays'],
    ['the node of another', 'stays', 'stays'],
    ['a compartment', 'process', 'process'],
    ['a compartment in a process', 'stays', 'stays'],
    ['adapt: false', 'stays', 'stays'],
    ['an operator’s thread', 'stays', 'stays'],
    ['no processes', 'thread', 'stays'],
    ['no processes, a thread of its own', 'stays', 'stays'],
  ]
  for (const [where, further, contained] of table) {
    test.each(['stuck', 'exited', 'error'] as const)(`${where} × %s: ${further}`, (cause) => {
      expect(next(places[where], cause)).toBe(further)
    })
    test.each(['signaled', 'out_of_memory'] as const)(`${where} × %s: ${contained}`, (cause) => {
      expect(next(places[where], cause)).toBe(contained)
    })
  }

  test('every place of the table is in it once', () => {
    expect(table.map(([where]) => where).toSorted()).toEqual(Object.keys(places).toSorted())
  })

  test.each(['killed', 'stopped', 'protocol_violation', 'fenced', 'unknown'] as const)(
    '%s teaches nothing: nobody is known to blame',
    (cause) => {
      for (const decision of Object.values(places)) expect(next(decision, cause)).toBe('nothing')
    },
  )
})

describe('what a lesson says', () => {
  const says = (decision: PlacementDecision, evidence: Evidence): string | undefined =>
    climb(decision, evidence, 'noon')?.because

  test.each([
    [end('stuck', { handler: 'Cart.add' }), 'it was stuck in Cart.add on a shared thread at noon'],
    [end('stuck'), 'it was stuck on a shared thread at noon'],
    [end('exited', { code: 3 }), 'it exited (code 3) on a shared thread at noon'],
    [end('error'), 'it raised an error that nobody caught on a shared thread at noon'],
  ])('%o', (evidence, story) => {
    expect(says(by(undefined), evidence)).toBe(`moved to a thread of its own: ${story}`)
  })

  test('a process: what happened in which', () => {
    const crash = end('signaled', { signal: 'SIGSEGV' })
    expect(says(by('process'), crash)).toBe(
      'moved to a process of its own: it was signaled (SIGSEGV) in a shared process at noon',
    )
    expect(says(by(undefined), end('out_of_memory'))).toContain('it ran out of memory')
  })

  test('a compartment is named', () => {
    expect(says(by({ compartment: 'billing' }), end('stuck'))).toBe(
      'compartment billing moved to a process of its own: an actor of it was stuck on a thread of its own at noon',
    )
  })

  test.each([
    ['shared memory on a thread of its own', "memory: 'shared'"],
    ['the node of another', 'coordination'],
    ['adapt: false', 'adapt: false'],
    ['an operator’s thread', "the operator's placement file"],
    ['no processes, a thread of its own', 'no processes'],
    ['a process of its own, moved there', 'nothing is further out'],
    ['inline', 'event loop of its starter'],
  ] as const)('%s: what ends the ladder is named', (where, what) => {
    expect(says(places[where], end('stuck'))).toMatch(/^stays where it is: /)
    expect(says(places[where], end('stuck'))).toContain(what)
  })
})

describe('behind a wall', () => {
  const table: readonly (readonly [keyof typeof places, Wall, string])[] = [
    ['a pooled thread', 'thread', 'thread dedicated'],
    ['a pooled thread', 'process', 'process dedicated'],
    ['a thread of its own', 'thread', 'thread dedicated'],
    ['a pooled process', 'thread', 'process pooled'],
    ['a pooled process', 'process', 'process dedicated'],
    ['a process of its own', 'thread', 'process dedicated'],
    ['shared memory', 'thread', 'thread dedicated'],
    ['shared memory', 'process', 'thread pooled'],
    ['the node of another', 'process', 'thread with'],
    ['a compartment', 'process', 'process compartment'],
    ['adapt: false', 'process', 'thread pooled'],
    ['an operator’s thread', 'process', 'thread pooled'],
    ['inline', 'process', 'inline with'],
  ]
  test.each(table)('%s, moved to %s: %s', (where, wall, expected) => {
    const { kind, share } = behindWall(places[where], wall)
    expect(`${kind} ${share}`).toBe(expected)
  })

  test('limits and compartment stay, and the kinds that lost are those of the new one', () => {
    const moved = behindWall(by({ compartment: 'a', limits: { handlerMs: 70 } }), 'process')
    expect(moved).toMatchObject({ compartment: 'a', limits: { handlerMs: 70 } })
    expect(moved.rejected.map(({ kind }) => kind)).toEqual(['inline', 'thread'])
  })
})

test('of several actors the one that may go least far decides', () => {
  const [far, near, pinned] = [places['a pooled thread'], places['shared memory'], places['adapt: false']]
  expect(nearer(far, undefined)).toBe(far)
  expect(nearer(far, near)).toBe(near)
  expect(nearer(near, far)).toBe(near)
  expect(nearer(near, pinned)).toBe(pinned)
})
