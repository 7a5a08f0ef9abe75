import { describe, expect, test } from 'vitest'
import { InvalidOption, PlacementError } from '../src/errors.ts'
import type { Isolation, IsolationHints } from '../src/node/isolation.ts'
import { place } from '../src/node/place.ts'
import type { PlacementContext } from '../src/node/place.ts'
import type { PlacementDecision } from '../src/node/placement.ts'

const everywhere: PlacementContext = { kinds: ['inline', 'thread', 'process'], sandboxes: true }
const neighbour = { pid: '<test.7.12>' }

const outcome = (isolation: Isolation | undefined, context = everywhere): string => {
  const { kind, share, sandbox } = place(isolation, context)
  return `${kind} ${share}${sandbox ? ' sandboxed' : ''}`
}

const failure = (isolation: unknown, context = everywhere): Error => {
  try {
    place(isolation as Isolation, context)
  } catch (error) {
    return error as Error
  }
  throw new Error('it was placed')
}

describe('every word and every hint alone', () => {
  const table: readonly (readonly [Isolation | undefined, string, string | undefined])[] = [
    [undefined, 'thread pooled', 'no hint'],
    [{}, 'thread pooled', 'no hint'],
    ['inline', 'inline with', "'inline'"],
    ['thread', 'thread pooled', "'thread'"],
    ['process', 'process pooled', "'process'"],
    [{ trust: 'trusted' }, 'thread pooled', 'no hint'],
    [{ trust: 'untrusted' }, 'process dedicated sandboxed', "trust: 'untrusted'"],
    [{ faults: 'shared' }, 'thread pooled', 'no hint'],
    [{ faults: 'contained' }, 'process dedicated', "faults: 'contained'"],
    [{ native: false }, 'thread pooled', 'no hint'],
    [{ native: true }, 'process dedicated', 'native: true'],
    [{ memory: 'private' }, 'thread pooled', 'no hint'],
    [{ memory: 'shared' }, 'thread pooled', "memory: 'shared'"],
    [{ cpu: 'light' }, 'thread pooled', 'no hint'],
    [{ cpu: 'heavy' }, 'thread dedicated', "cpu: 'heavy'"],
    [{ coordination: { with: neighbour } }, 'thread with', neighbour.pid],
    [{ compartment: 'billing' }, 'thread compartment', 'billing'],
    [{ afterFence: 'replace' }, 'thread pooled', 'no hint'],
    [{ afterFence: 'wait' }, 'thread pooled', 'no hint'],
    [{ limits: {} }, 'thread pooled', 'no hint'],
    [{ limits: { heapMb: 64 } }, 'process dedicated', 'limits.heapMb: 64'],
    [{ limits: { rssMb: 256 } }, 'process dedicated', 'limits.rssMb: 256'],
    [{ limits: { stackMb: 8 } }, 'thread dedicated', 'limits.stackMb: 8'],
    [{ limits: { handlerMs: 100 } }, 'thread pooled', 'no hint'],
    [{ limits: { mailbox: { count: 10 } } }, 'thread pooled', 'no hint'],
  ]

  test.each(table)('%o: %s', (isolation, expected, reason) => {
    expect(outcome(isolation)).toBe(expected)
    expect(place(isolation, everywhere).because.join('; ')).toContain(reason)
  })

  test('coordination names the node of the other actor', () => {
    expect(place({ coordination: { with: neighbour } }, everywhere).node).toBe(7)
  })

  test('a compartment is named in the decision', () => {
    expect(place({ compartment: 'billing' }, everywhere).compartment).toBe('billing')
  })
})

describe('limits', () => {
  const handlerMs = (isolation: Isolation | undefined): number | undefined =>
    place(isolation, everywhere).limits.handlerMs

  test.each([
    [undefined, undefined],
    ['thread', undefined],
    ['process', undefined],
    [{}, undefined],
    [{ native: true }, undefined],
    [{ cpu: 'heavy' }, Infinity],
    [{ cpu: 'heavy', limits: { handlerMs: 70 } }, 70],
    [{ limits: { handlerMs: 30 } }, 30],
    [{ memory: 'shared', cpu: 'heavy' }, Infinity],
  ] as const)('%o: one turn may take %o ms; undefined is the system’s own limit', (isolation, expected) => {
    expect(handlerMs(isolation)).toBe(expected)
  })

  test('of an untrusted actor: memory is limited unless it is said otherwise', () => {
    expect(place({ trust: 'untrusted' }, everywhere).limits).toEqual({ heapMb: 64, rssMb: 256 })
    const limits = { rssMb: 512, handlerMs: 100 }
    expect(place({ trust: 'untrusted', limits }, everywhere).limits).toEqual({ heapMb: 64, ...limits })
  })

  test('inline enforces none: the actor runs on its starter’s event loop', () => {
    expect(place('inline', everywhere).limits).toEqual({})
  })

  test('the others are handed on as they are', () => {
    const limits = { heapMb: 64, rssMb: 128, stackMb: 4, mailbox: { count: 3, overflow: 'exit' as const } }
    expect(place({ limits }, everywhere).limits).toEqual(limits)
  })
})

describe('after a fence', () => {
  const beside = { coordination: { with: neighbour } }
  const inPlace: PlacementContext = { kinds: ['inline'] }

  test.each<[Isolation, 'wait' | undefined]>([
    ['inline', undefined],
    ['thread', undefined],
    ['process', undefined],
    [{ cpu: 'heavy' }, undefined],
    [{ afterFence: 'replace' }, undefined],
    [{ afterFence: 'wait' }, 'wait'],
    [{ memory: 'shared' }, 'wait'],
    [{ memory: 'private' }, undefined],
    [{ memory: 'shared', afterFence: 'replace' }, undefined],
    [{ native: true, afterFence: 'wait' }, 'wait'],
    [{ ...beside, afterFence: 'wait' }, 'wait'],
    [{ ...beside, memory: 'shared' }, 'wait'],
  ])('%o: the replacement does %s', (isolation, expected) => {
    expect(place(isolation, everywhere).afterFence).toBe(expected)
  })

  test.each<[string, IsolationHints, PlacementContext, string]>([
    ['in place', { afterFence: 'wait' }, inPlace, "afterFence: 'wait'"],
    ['in place', { afterFence: 'replace' }, inPlace, "afterFence: 'replace'"],
    [
      'beside an actor on the root',
      { ...beside, afterFence: 'wait' },
      { ...everywhere, neighbour: 'inline' },
      'coordination',
    ],
  ])('nothing is fenced %s, so saying so is an error that names it', (_, hints, context, named) => {
    const error = failure(hints, context)
    expect(error).toBeInstanceOf(PlacementError)
    expect(error.message).toContain('afterFence')
    expect(error.message).toContain(named)
  })

  test('what follows from shared memory is none', () => {
    const { kind, afterFence } = place({ ...beside, memory: 'shared' }, { ...everywhere, neighbour: 'inline' })
    expect([kind, afterFence]).toEqual(['inline', undefined])
  })
})

describe('precedence: walls beat speed', () => {
  /** The strongest first; each with what it decides about kind and share. */
  const ladder: readonly (readonly [string, IsolationHints])[] = [
    ["trust: 'untrusted'", { trust: 'untrusted' }],
    ['native: true', { native: true }],
    ["faults: 'contained'", { faults: 'contained' }],
    ['limits.heapMb', { limits: { heapMb: 64 } }],
    ["cpu: 'heavy'", { cpu: 'heavy' }],
  ]
  const pairs = ladder
    .flatMap(([strong, one], i) => ladder.slice(i + 1).map(([weak, other]) => [strong, weak, one, other] as const))
    .filter(([, , one, other]) => one.trust === undefined || other.native === undefined) // they contradict each other

  test.each(pairs)('%s beats %s, and both are given as reasons in that order', (strong, weak, one, other) => {
    const decision = place({ ...other, ...one }, everywhere)
    expect(`${decision.kind} ${decision.share}`).toBe('process dedicated')
    expect(decision.because.map((reason) => [strong, weak].findIndex((name) => reason.startsWith(name)))).toEqual([
      0, 1,
    ])
  })

  test.each([
    ['shared memory and heavy CPU: a thread of its own', { memory: 'shared', cpu: 'heavy' }, 'thread dedicated'],
    [
      'shared memory and coordination: the other’s node',
      { memory: 'shared', coordination: { with: neighbour } },
      'thread with',
    ],
    ['shared memory and a compartment: its node', { memory: 'shared', compartment: 'billing' }, 'thread compartment'],
    [
      'untrusted keeps its sandbox whatever else is asked',
      { trust: 'untrusted', faults: 'contained', cpu: 'heavy', limits: { heapMb: 16 } },
      'process dedicated sandboxed',
    ],
  ] as const)('%s', (_, hints, expected) => {
    expect(outcome(hints)).toBe(expected)
  })

  test('untrusted without a sandbox is an error that names it: a wall that is not there is worse than none', () => {
    const error = failure({ trust: 'untrusted' }, { kinds: ['inline', 'thread', 'process'] })
    expect(error).toBeInstanceOf(PlacementError)
    expect(error.message).toMatch(/trust: 'untrusted'.*no sandbox/)
  })

  test('a sandbox is as its hints say, with defaults for the rest', () => {
    const { confinement } = place(
      { trust: 'untrusted', sandbox: { read: ['/srv/data'], frameBytes: 5_000 } },
      everywhere,
    )
    expect(confinement).toEqual({
      read: ['/srv/data'],
      env: {},
      require: [],
      framesPerSecond: 20_000,
      bytesPerSecond: 16 * 2 ** 20,
      frameBytes: 5_000,
      outputBytesPerSecond: 256 * 2 ** 10,
      descriptors: 128,
    })
  })

  test('only untrusted actors get a sandbox', () => {
    expect(place({ native: true, faults: 'contained' }, everywhere).sandbox).toBe(false)
  })
})

describe('contradictions are errors that name both hints', () => {
  const walls: readonly (readonly [string, IsolationHints])[] = [
    ["trust: 'untrusted'", { trust: 'untrusted' }],
    ['native: true', { native: true }],
    ["faults: 'contained'", { faults: 'contained' }],
    ['limits.heapMb: 64', { limits: { heapMb: 64 } }],
    ['limits.rssMb: 64', { limits: { rssMb: 64 } }],
  ]
  const own: readonly (readonly [string, IsolationHints])[] = [
    ...walls,
    ["cpu: 'heavy'", { cpu: 'heavy' }],
    ['limits.stackMb: 4', { limits: { stackMb: 4 } }],
  ]
  const table: readonly (readonly [string, string, IsolationHints])[] = [
    ...walls.map(([name, hints]) => ["memory: 'shared'", name, { memory: 'shared', ...hints }] as const),
    ...own.map(([name, hints]) => ['coordination', name, { coordination: { with: neighbour }, ...hints }] as const),
    ...own.map(([name, hints]) => ['compartment: billing', name, { compartment: 'billing', ...hints }] as const),
    ['coordination', 'compartment: billing', { coordination: { with: neighbour }, compartment: 'billing' }],
    ["trust: 'untrusted'", 'native: true', { trust: 'untrusted', native: true }],
    ['sandbox', "trust: 'untrusted'", { sandbox: { read: ['/srv/data'] } }],
  ]

  test.each(table)('%s with %s', (one, other, hints) => {
    const error = failure(hints)
    expect(error).toBeInstanceOf(PlacementError)
    expect(error.message).toContain(one)
    expect(error.message).toContain(other)
  })
})

describe('coordination', () => {
  const beside = { coordination: { with: neighbour } }

  test.each(['inline', 'thread', 'process'] as const)('gives the kind of the other’s node: %s', (kind) => {
    const decision = place(beside, { ...everywhere, neighbour: kind })
    expect(decision).toMatchObject({ kind, share: 'with', node: 7 })
    expect(decision.rejected.map((each) => each.kind)).not.toContain(kind)
    for (const { why } of decision.rejected) expect(why).toContain(neighbour.pid)
  })

  test('contradicts a limit of its own: the node has those with which it was made', () => {
    const error = failure({ ...beside, limits: { handlerMs: 100 } })
    expect(error).toBeInstanceOf(PlacementError)
    expect(error.message).toMatch(/coordination contradicts limits\.handlerMs: 100/)
  })

  test('a bound of the mailbox is the actor’s own, and holds', () => {
    const limits = { mailbox: { count: 5 } }
    expect(place({ ...beside, limits }, everywhere).limits).toEqual(limits)
  })

  test("with an actor of a process contradicts memory: 'shared'", () => {
    const error = failure({ ...beside, memory: 'shared' }, { ...everywhere, neighbour: 'process' })
    expect(error).toBeInstanceOf(PlacementError)
    expect(error.message).toMatch(/memory: 'shared' contradicts coordination.*<test\.7\.12>/)
    expect(outcome({ ...beside, memory: 'shared' }, { ...everywhere, neighbour: 'inline' })).toBe('inline with')
  })

  test('with an actor of another system is an error that names it', () => {
    const error = failure(beside, { ...everywhere, system: 'other' })
    expect(error).toBeInstanceOf(PlacementError)
    expect(error.message).toMatch(/<test\.7\.12> belongs to another system/)
    expect(outcome(beside, { ...everywhere, system: 'test' })).toBe('thread with')
  })
})

describe('a system that cannot meet a hint says so', () => {
  const inlineOnly: PlacementContext = { kinds: ['inline'] }

  test.each([
    ['thread', "'thread'", 'thread'],
    ['process', "'process'", 'process'],
    [{ native: true }, 'native: true', 'process'],
    [{ memory: 'shared' }, "memory: 'shared'", 'thread'],
    [{ cpu: 'heavy' }, "cpu: 'heavy'", 'thread'],
    [{ compartment: 'billing' }, 'compartment: billing', 'thread'],
  ] as const)('%o in a system without other nodes', (isolation, hint, needed) => {
    const error = failure(isolation, inlineOnly)
    expect(error).toBeInstanceOf(PlacementError)
    for (const part of [hint, `needs a ${needed}`, 'only: inline']) expect(error.message).toContain(part)
  })

  test.each([
    ['no hint', undefined],
    ['an empty object', {}],
    ['hints that ask for nothing', { trust: 'trusted', native: false, cpu: 'light' }],
    ['a bound of the mailbox, which holds anywhere', { limits: { mailbox: { count: 5 } } }],
  ] as const)('%s is met in place', (_, isolation) => {
    expect(outcome(isolation, inlineOnly)).toBe('inline with')
  })

  test('the bound of a mailbox goes along', () => {
    expect(place({ limits: { mailbox: { count: 5 } } }, inlineOnly).limits).toEqual({ mailbox: { count: 5 } })
  })

  test('a limit that cannot be enforced in place is an error that names it', () => {
    const error = failure({ limits: { handlerMs: 50 } }, inlineOnly)
    expect(error).toBeInstanceOf(PlacementError)
    expect(error.message).toContain('limits.handlerMs')
  })

  test("memory: 'shared' from a starter in another OS process", () => {
    const error = failure({ memory: 'shared' }, { ...everywhere, hasThreads: false })
    expect(error).toBeInstanceOf(PlacementError)
    expect(error.message).toContain("memory: 'shared'")
    expect(error.message).toContain('OS process')
  })

  test("but not memory: 'private', and not a process", () => {
    const context = { ...everywhere, hasThreads: false }
    expect([outcome({ memory: 'private' }, context), outcome({ native: true }, context)]).toEqual([
      'thread pooled',
      'process dedicated',
    ])
  })
})

describe('bad fields are named, with what to write instead', () => {
  test.each<[unknown, string, string]>([
    ['threads', 'isolation', "'thread'"],
    [null, 'isolation', "'thread'"],
    [5, 'isolation', "'thread'"],
    [[], 'isolation', "'thread'"],
    [{ trusted: true }, 'isolation.trusted', 'trust, faults, native'],
    [{ trust: 'none' }, 'isolation.trust', "'untrusted'"],
    [{ faults: 'none' }, 'isolation.faults', "'contained'"],
    [{ native: 'yes' }, 'isolation.native', 'true or false'],
    [{ memory: 64 }, 'isolation.memory', "'shared'"],
    [{ cpu: 1 }, 'isolation.cpu', "'heavy'"],
    [{ coordination: neighbour }, 'isolation.coordination', 'with'],
    [{ coordination: { with: { pid: undefined } } }, 'isolation.coordination', 'running actor'],
    [{ coordination: { with: { pid: 'counter' } } }, 'isolation.coordination', 'running actor'],
    [{ compartment: '' }, 'isolation.compartment', 'a name'],
    [{ compartment: 3 }, 'isolation.compartment', 'a name'],
    [{ afterFence: 'never' }, 'isolation.afterFence', "'replace' or 'wait'"],
    [{ limits: 64 }, 'isolation.limits', 'an object'],
    [{ limits: null }, 'isolation.limits', 'an object'],
    [{ limits: { heap: 64 } }, 'isolation.limits.heap', 'heapMb, rssMb'],
    [{ limits: { heapMb: 0 } }, 'isolation.limits.heapMb', 'whole number'],
    [{ limits: { heapMb: 0.5 } }, 'isolation.limits.heapMb', '16 or more'],
    [{ limits: { heapMb: 64.5 } }, 'isolation.limits.heapMb', 'whole number'],
    [{ limits: { heapMb: '64' } }, 'isolation.limits.heapMb', 'whole number'],
    [{ limits: { handlrMs: 100 } }, 'isolation.limits.handlrMs', 'did you mean handlerMs?'],
    [{ limits: { toString: 1 } }, 'isolation.limits.toString', 'no such limit'],
    [{ constructor: 1 }, 'isolation.constructor', 'no such hint'],
    [{ coordination: { with: neighbour, and: neighbour } }, 'isolation.coordination', 'with'],
    [{ limits: { rssMb: -1 } }, 'isolation.limits.rssMb', '64 or more'],
    [{ limits: { rssMb: 63 } }, 'isolation.limits.rssMb', 'Node.js itself takes'],
    [{ heapMb: 64 }, 'isolation.heapMb', 'isolation: { limits: { heapMb: 64 } }'],
    [{ env: {} }, 'isolation.env', "isolation: { trust: 'untrusted', sandbox: { env: … } }"],
    ['untrusted', 'isolation', "such as { trust: 'untrusted' }"],
    ['sandbox', 'isolation', "such as { trust: 'untrusted' }"],
    ['heavy', 'isolation', "such as { cpu: 'heavy' }"],
    [{ sandbox: true }, 'isolation.sandbox', 'an object'],
    [{ sandbox: { reads: [] } }, 'isolation.sandbox.reads', 'did you mean read?'],
    [{ sandbox: { read: '/tmp' } }, 'isolation.sandbox.read', 'absolute paths'],
    [{ sandbox: { read: ['/srv/*'] } }, 'isolation.sandbox.read', 'without wildcards'],
    [{ sandbox: { read: ['data'] } }, 'isolation.sandbox.read', 'absolute paths'],
    [{ sandbox: { env: ['A'] } }, 'isolation.sandbox.env', 'an object of strings'],
    [{ sandbox: { env: { A: 1 } } }, 'isolation.sandbox.env.A', 'a string'],
    [{ sandbox: { env: { NODE_OPTIONS: '--inspect' } } }, 'isolation.sandbox.env.NODE_OPTIONS', 'leave it out'],
    [{ sandbox: { require: ['net'] } }, 'isolation.sandbox.require', 'network'],
    [{ sandbox: { framesPerSecond: 1.5 } }, 'isolation.sandbox.framesPerSecond', 'whole number'],
    [{ sandbox: { bytesPerSecond: 10 } }, 'isolation.sandbox.bytesPerSecond', '65536 or more'],
    [{ sandbox: { frameBytes: 2 ** 30 } }, 'isolation.sandbox.frameBytes', 'at most bytesPerSecond'],
    [{ sandbox: { outputBytesPerSecond: -1 } }, 'isolation.sandbox.outputBytesPerSecond', '0 or more'],
    [{ sandbox: { descriptors: 3 } }, 'isolation.sandbox.descriptors', '64 or more'],
    [{ limits: { stackMb: NaN } }, 'isolation.limits.stackMb', 'from 0.5 to 1024'],
    [{ limits: { handlerMs: 0 } }, 'isolation.limits.handlerMs', 'above 0'],
    [{ limits: { mailbox: 5 } }, 'isolation.limits.mailbox', 'count'],
    [{ limits: { mailbox: { count: 0 } } }, 'isolation.limits.mailbox.count', 'at least 1'],
    [{ limits: { mailbox: { overflow: 'explode' } } }, 'isolation.limits.mailbox.overflow', 'drop_oldest'],
  ])('%o', (isolation, field, advice) => {
    const error = failure(isolation) as InvalidOption
    expect(error).toBeInstanceOf(InvalidOption)
    expect(error.field).toBe(field)
    expect(error.message).toContain(field)
    expect(error.message).toContain(advice)
  })

  test.each(['trust', 'faults', 'native', 'memory', 'cpu', 'coordination', 'compartment', 'afterFence', 'limits'])(
    '%s: undefined is no hint',
    (hint) => {
      expect(outcome({ [hint]: undefined })).toBe('thread pooled')
    },
  )
})

describe('what a decision says', () => {
  const decisions: readonly Isolation[] = [
    'inline',
    'thread',
    'process',
    { native: true },
    { cpu: 'heavy' },
    { compartment: 'a' },
  ]

  test.each(decisions)('%o: the two kinds that were not chosen, and why', (isolation) => {
    const { kind, rejected } = place(isolation, everywhere)
    expect([kind, ...rejected.map((each) => each.kind)].toSorted()).toEqual(['inline', 'process', 'thread'])
    for (const { why } of rejected) expect(why.length).toBeGreaterThan(10)
  })

  test('an operator’s word is the first reason', () => {
    const context = { ...everywhere, by: "the operator's placement file" }
    expect(place({ native: true }, context).because[0]).toContain("the operator's placement file")
    expect(place('process', context).because[0]).toContain("the operator's placement file")
  })

  test('it is a plain value that can be sent and kept', () => {
    const decision: PlacementDecision = place({ native: true, limits: { heapMb: 16 } }, everywhere)
    expect(structuredClone(decision)).toEqual(decision)
  })

  test('the same hints give the same decision: placing is pure', () => {
    const hints = Object.freeze({ native: true, cpu: 'heavy', limits: Object.freeze({ heapMb: 16 }) } as const)
    expect(place(hints, Object.freeze(everywhere))).toEqual(place(hints, everywhere))
  })
})
