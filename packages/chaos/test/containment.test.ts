import { describe, expect, test } from 'vitest'
import { casualtiesOf, checkOptions, endOf, FAULT_KINDS, whyNot } from '@bulkhead/chaos'
import type { FaultKind } from '@bulkhead/chaos'
import { actorAt, PLACES } from './actors.ts'

type PlaceName = keyof typeof PLACES

const everywhere: PlaceName[] = [
  'on the root',
  'a thread',
  'a thread without a limit',
  'a thread of a crew',
  'a process',
  'a process with heapMb',
  'a process with rssMb',
]
const offTheRoot = everywhere.filter((place) => place !== 'on the root')
const limited = offTheRoot.filter((place) => place !== 'a thread without a limit')
const walled: PlaceName[] = ['a thread of a crew', 'a process', 'a process with heapMb', 'a process with rssMb']

/** Where each fault may be injected, by `docs/containment.md`: it takes down the actor or its node, and never the root. */
const CONTAINED: Record<FaultKind, PlaceName[]> = {
  throw: everywhere,
  reject: everywhere,
  timer: everywhere,
  kill: [...everywhere, 'a sandbox'],
  slow: everywhere,
  loop: limited,
  microtasks: limited,
  native: limited,
  exit: offTheRoot,
  exit_in_exit: offTheRoot,
  heap: ['a process with heapMb'],
  buffer: ['a process with rssMb'],
  SIGSEGV: walled,
  SIGABRT: walled,
  SIGKILL: [...walled, 'a sandbox'],
  SIGSTOP: walled,
  SIGCONT: walled,
  cut: offTheRoot,
  delay: offTheRoot,
}

describe.each(FAULT_KINDS)('%s', (kind) => {
  const { fault } = checkOptions({ faults: [kind] }).faults[0]!
  test.each(Object.entries(PLACES))('in %s', (name, place) => {
    const why = whyNot(fault, place)
    if (CONTAINED[kind].includes(name as PlaceName)) expect(why).toBeUndefined()
    else expect(why).toMatch(/\w+ \w+/)
  })
})

test('a cut between the root and another actor’s node is possible', () => {
  expect(whyNot({ kind: 'cut', peer: '/shop/db' }, PLACES['on the root'])).toBeUndefined()
})

test('the reason says what is missing', () => {
  expect(whyNot({ kind: 'heap' }, PLACES['a process'])).toContain('limits.heapMb')
  expect(whyNot({ kind: 'buffer' }, PLACES['a process'])).toContain('limits.rssMb')
  expect(whyNot({ kind: 'loop' }, PLACES['a thread without a limit'])).toContain('limits.handlerMs is Infinity')
})

describe('who goes down with the target', () => {
  const place = PLACES['a thread of a crew']
  const top = actorAt('', PLACES['the top supervisor'])
  const shop = actorAt('/shop', PLACES['on the root'])
  const cart = actorAt('/shop/cart', place, { node: 3, osProcess: 200 })
  const line = actorAt('/shop/cart/line', PLACES['a thread'], { node: 5, osProcess: 100 })
  const neighbour = actorAt('/shop/db', place, { node: 3, osProcess: 200 })
  const crewMate = actorAt('/mail', place, { node: 4, osProcess: 200 })
  const namesake = actorAt('/shop/cartoon', PLACES['a thread'], { node: 6, osProcess: 100 })
  const all = [top, shop, cart, line, neighbour, crewMate, namesake]

  test.each([
    ['throw', [cart, line]],
    ['kill', [cart, line]],
    ['exit', [cart, line, neighbour]],
    ['loop', [cart, line, neighbour]],
    ['SIGKILL', [cart, line, neighbour, crewMate]],
    ['heap', [cart, line, neighbour, crewMate]],
    ['SIGCONT', [cart, neighbour, crewMate]],
    ['cut', [cart, neighbour]],
    ['slow', [cart]],
  ] as const)('%s', (kind, expected) => {
    expect(casualtiesOf({ kind }, cart, all).map(({ path }) => path)).toEqual(expected.map(({ path }) => path))
  })

  test('whom a supervisor supervises ends with it', () => {
    expect(casualtiesOf({ kind: 'kill' }, shop, all)).toEqual([shop, cart, line, neighbour, namesake])
  })
})

test('what each kind ends', () => {
  const by = (end: string): FaultKind[] => FAULT_KINDS.filter((kind) => endOf(kind) === end)
  expect(by('nobody')).toEqual(['SIGCONT', 'slow', 'cut', 'delay'])
  expect(by('actor')).toEqual(['throw', 'reject', 'timer', 'kill'])
})
