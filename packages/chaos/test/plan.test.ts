import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkOptions, FAULT_KINDS, planOf, whyNot } from '@bulkhead/chaos'
import type { ChaosOptions, Plan } from '@bulkhead/chaos'
import { actorAt, PLACES } from './actors.ts'

const actors = [
  actorAt('', PLACES['the top supervisor']),
  actorAt('/shop', PLACES['on the root'], { behaviour: 'Shop' }),
  actorAt('/shop/cart', PLACES['a thread'], { node: 2, name: 'cart' }),
  actorAt('/shop/db', PLACES['a process with heapMb'], { node: 3, behaviour: 'Database' }),
  actorAt('/mail', PLACES['a process'], { node: 4 }),
]
const byPath = new Map(actors.map((actor) => [actor.path, actor]))

const plan = (options: ChaosOptions, of = actors): Plan => {
  const checked = checkOptions(options)
  return planOf(checked, checked.seed, of)
}

const anySeed = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const anyFaults = fc.subarray([...FAULT_KINDS], { minLength: 1 })
const anyRun = fc.record({
  seed: anySeed,
  faults: anyFaults,
  forMs: fc.integer({ min: 1, max: 600_000 }),
  everyMs: fc.integer({ min: 1, max: 10_000 }).map((ms) => ms + 200),
  warmUpMs: fc.integer({ min: 0, max: 2_000 }),
  coolDownMs: fc.integer({ min: 0, max: 2_000 }),
})

test('the same seed gives the same plan, another seed another', () => {
  fc.assert(
    fc.property(anyRun, (run) => {
      expect(plan(run)).toEqual(plan(run))
    }),
  )
  const other = (seed: number): unknown => plan({ seed, forMs: 60_000 }).injections
  expect(other(1)).not.toEqual(other(2))
})

test('this plan is the plan of seed 7, on every machine', () => {
  const { injections } = plan({ seed: 7, forMs: 9_000, everyMs: 2_000, faults: ['throw', 'SIGKILL', 'slow'] })
  expect(injections.map(({ n, atMs, fault, target }) => [n, atMs, fault.kind, target])).toMatchInlineSnapshot(`
    [
      [
        1,
        1374,
        "SIGKILL",
        "/mail",
      ],
      [
        2,
        3507,
        "slow",
        "/shop/db",
      ],
      [
        3,
        5800,
        "throw",
        "/shop/cart",
      ],
    ]
  `)
})

test('no fault is planned for whoever could not contain it', () => {
  fc.assert(
    fc.property(anyRun, (run) => {
      for (const { fault, target, placement } of plan(run).injections) {
        expect(whyNot(fault, byPath.get(target)!.place)).toBeUndefined()
        expect(placement).toBe(byPath.get(target)!.place.kind)
      }
    }),
  )
})

test('every pair of fault and target is planned for, or skipped with a reason', () => {
  fc.assert(
    fc.property(anySeed, anyFaults, (seed, faults) => {
      const { injections, skipped } = plan({ seed, faults, forMs: 3_600_000, everyMs: 1_000 })
      for (const kind of faults)
        for (const { path } of actors) {
          const why = skipped.find((each) => each.kind === kind && each.target === path)?.why
          const isPlanned = injections.some(({ fault, target }) => fault.kind === kind && target === path)
          expect([path, kind, isPlanned]).toEqual([path, kind, why === undefined])
        }
    }),
    { numRuns: 20 },
  )
})

test('each fault comes once before any comes twice, even when the time is short', () => {
  fc.assert(
    fc.property(anyRun, (run) => {
      const { injections, skipped } = plan(run)
      const possible = run.faults.filter((kind) => skipped.filter((each) => each.kind === kind).length < actors.length)
      const first = injections.slice(0, possible.length).map(({ fault }) => fault.kind)
      expect(first.toSorted()).toEqual(possible.toSorted())
      const windowMs = Math.max(0, run.forMs - run.warmUpMs - run.coolDownMs)
      const count = possible.length === 0 ? 0 : Math.max(possible.length, Math.floor(windowMs / run.everyMs))
      expect(injections).toHaveLength(count)
    }),
  )
})

test('injections are numbered, in order of time, between the warm-up and the cool-down', () => {
  fc.assert(
    fc.property(anyRun, (run) => {
      const { injections } = plan(run)
      expect(injections.map(({ n }) => n)).toEqual(injections.map((_, i) => i + 1))
      const times = injections.map(({ atMs }) => atMs)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      for (const atMs of times) {
        expect(atMs).toBeGreaterThanOrEqual(run.warmUpMs)
        expect(atMs).toBeLessThanOrEqual(Math.max(run.warmUpMs, run.forMs - run.coolDownMs))
      }
    }),
  )
})

describe('targets', () => {
  const hit = (options: ChaosOptions): string[] => {
    const { injections } = plan({ forMs: 600_000, faults: ['throw'], ...options })
    return [...new Set(injections.map(({ target }) => target))].toSorted()
  }
  test.each([
    ['everybody but the top supervisor', {}, ['/mail', '/shop', '/shop/cart', '/shop/db']],
    ['by path', { targets: [{ path: '/shop' }] }, ['/shop']],
    ['by path without a slash', { targets: [{ path: 'shop/cart' }] }, ['/shop/cart']],
    ['all below', { targets: [{ under: '/shop' }] }, ['/shop', '/shop/cart', '/shop/db']],
    ['by behaviour', { targets: [{ label: 'Database' }] }, ['/shop/db']],
    ['by registered name', { targets: [{ label: 'cart' }] }, ['/shop/cart']],
    ['several', { targets: [{ label: 'cart' }, { path: '/mail' }] }, ['/mail', '/shop/cart']],
    ['a fault’s own', { faults: [{ kind: 'throw', targets: [{ path: '/mail' }] }] }, ['/mail']],
    ['nobody', { targets: [{ path: '/none' }] }, []],
    ['all but who is spared', { sparing: [{ path: '/mail' }] }, ['/shop', '/shop/cart', '/shop/db']],
    ['none that would take along who is spared', { sparing: [{ label: 'cart' }] }, ['/mail', '/shop/db']],
  ] as [string, ChaosOptions, string[]][])('%s', (_name, options, expected) => {
    expect(hit(options)).toEqual(expected)
  })

  test('whoever shares a node with the spared is spared what ends nodes', () => {
    const neighbours = [...actors, actorAt('/mail/copy', PLACES['a process'], { node: 3 })]
    const options = {
      faults: ['exit', 'throw'] as const,
      targets: [{ path: '/mail/copy' }],
      sparing: [{ path: '/shop/db' }],
    }
    const { injections, skipped } = plan(options, neighbours)
    expect(new Set(injections.map(({ fault }) => fault.kind))).toEqual(new Set(['throw']))
    expect(skipped).toEqual([
      { kind: 'exit', target: '/mail/copy', why: '/shop/db is to be spared, and would go down with it' },
    ])
  })
})

test.each([
  ['/shop/db', '/shop/cart', undefined],
  ['shop/db', '/shop/cart', undefined],
  ['/shop/cart', '/shop/cart', 'it shares the node of /shop/cart, so no frames go between them'],
  ['/none', '/shop/cart', 'there is no actor at /none to be at odds with'],
  [undefined, '/shop', 'it lives on the root itself, so no frames go between them'],
] as const)('a cut between %s and %s', (peer, path, why) => {
  const faults = [{ kind: 'cut', ...(peer !== undefined && { peer }) }] as const
  const { injections, skipped } = plan({ faults, targets: [{ path }] })
  expect([injections.length > 0, skipped[0]?.why]).toEqual([why === undefined, why])
})

describe('a wrong option is told by its field, its value and what to do', () => {
  test.each([
    [{ seed: -1 }, 'options.seed'],
    [{ seed: 1.5 }, 'options.seed'],
    [{ forMs: 0 }, 'options.forMs'],
    [{ everyMs: Number.NaN }, 'options.everyMs'],
    [{ warmUpMs: -1 }, 'options.warmUpMs'],
    [{ faults: [] }, 'options.faults'],
    [{ faults: ['thrown'] }, 'options.faults[0].kind'],
    [{ faults: [{ kind: 'throw', forMs: 1 }] }, 'forMs'],
    [{ faults: [{ kind: 'slow', forMs: 0 }] }, 'options.faults[0].forMs'],
    [{ faults: [{ kind: 'slow', peer: '/x' }] }, 'peer'],
    [{ faults: [{ kind: 'exit', code: 256 }] }, 'options.faults[0].code'],
    [{ faults: [{ kind: 'cut', ways: 'up' }] }, 'options.faults[0].ways'],
    [{ faults: [7] }, 'options.faults[0]'],
    [{ targets: { path: '/x' } }, 'options.targets'],
    [{ targets: [{}] }, 'options.targets[0]'],
    [{ targets: [{ path: '/x', label: 'y' }] }, 'options.targets[0]'],
    [{ targets: [{ name: 'x' }] }, 'name'],
    [{ sparing: ['/x'] }, 'options.sparing[0]'],
    [{ steady: {} }, 'options.steady'],
    [{ steady: { check: () => {}, everyMs: 0 } }, 'options.steady.everyMs'],
    [{ steady: { check: () => {}, often: true } }, 'often'],
    [{ probe: true }, 'options.probe'],
    [{ rate: 3 }, 'rate'],
    [7, 'options'],
  ])('%j', (options, field) => {
    expect(() => checkOptions(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid_option', message: expect.stringContaining(field) }) as Error,
    )
  })
})
