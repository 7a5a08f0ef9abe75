import { availableParallelism } from 'node:os'
import { defineServer, type Pid } from '@bulkhead/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { definePartitionSupervisor, partition, partitionOf } from '../src/partition-supervisor.ts'
import { pidsOf, Worker, World } from './world.ts'

let world: World
beforeEach(() => {
  world = new World()
})

/** Knows which of several it is. */
const Shelf = defineServer(import.meta, 'Shelf', {
  isolation: 'inline',
  init: (_self, index: number, label: string) => ({ index, label, books: [] as string[] }),
  calls: {
    put: (self, book: string) => self.state.books.push(book),
    where: (self) => `${self.state.label} ${self.state.index}`,
  },
})
const Shelves = definePartitionSupervisor(import.meta, 'Shelves', Shelf, {
  partitions: 4,
  args: (index: number, label: string) => [index, label],
})
const Nothing = defineServer(import.meta, 'Nothing', { isolation: 'inline', init: () => null })
const Default = definePartitionSupervisor(import.meta, 'Default', Nothing)
const Workers = definePartitionSupervisor(import.meta, 'Workers', Worker, {
  partitions: 3,
  strategy: 'one_for_all',
  args: (index): [string] => [`w${index}`],
})

describe('a partition supervisor (SUP-075)', () => {
  test('starts so many children with the ids 0 to N-1, each with its number and what was given', async () => {
    const shelves = await world.start(Shelves, 'shelves', 'wood')
    expect(Object.keys(await pidsOf(shelves)).toSorted()).toEqual(['0', '1', '2', '3'])
    for (const index of [0, 1, 2, 3])
      expect(await partition(world.main, Shelves, 'shelves', index).call.where()).toBe(`wood ${index}`)
    expect(await shelves.call.countChildren()).toMatchObject({ specs: 4, active: 4, workers: 4 })
  })

  test('there are as many as cores, unless it is said', async () => {
    const workers = await world.start(Default, 'as many as cores')
    const { specs } = await workers.call.countChildren()
    expect(specs).toBe(availableParallelism())
    expect(partition(world.main, Default, 'as many as cores', specs - 1).pid).toBe((await pidsOf(workers))[specs - 1])
  })

  test('several may run, each under a name of its own', async () => {
    await world.start(Shelves, 'one', 'wood')
    await world.start(Shelves, 'other', 'steel')
    expect(await partition(world.main, Shelves, 'other', 2).call.where()).toBe('steel 2')
    expect(await world.failure(Shelves, 'other', 'again')).toMatchObject({ shutdown: { failed_to_start_child: '0' } })
  })

  test('a partition that ended is found again under its name, and the others stay', async () => {
    const shelves = await world.start(Shelves, 'shelves', 'wood')
    const key = 'ann'
    const ref = partition(world.main, Shelves, 'shelves', key)
    expect(await ref.call.put('a')).toBe(1)
    const before = await pidsOf(shelves)
    await world.kill(ref.pid)
    expect(await ref.call.put('b')).toBe(1)
    const after = await pidsOf(shelves)
    const changed = Object.keys(before).filter((id) => before[id] !== after[id])
    expect(changed).toEqual([String(partitionOf(key, 4))])
  })

  test('its strategy and intensity are those that were given', async () => {
    const workers = await world.start(Workers, 'workers')
    const { 1: pid } = await pidsOf(workers)
    world.takeEvents()
    await world.end(pid, 'boom')
    expect(world.takeEvents()).toEqual([
      'stop w1 boom',
      'stop w2 shutdown',
      'stop w0 shutdown',
      'start w0',
      'start w1',
      'start w2',
    ])
  })
})

describe('keys', () => {
  test.each([
    [0, 0],
    [5, 1],
    [-5, 1],
    [-8, 0],
    [7n, 3],
    [-7n, 3],
    [2n ** 80n + 1n, 1],
  ])('%s is in partition %i of 4: the remainder of its absolute value', (key, expected) => {
    expect(partitionOf(key, 4)).toBe(expected)
  })

  test('other keys go where their hash says, the same key always to the same, and all partitions get some', () => {
    // The values that the authors of FNV-1a publish.
    for (const [text, hash] of [
      ['', 0x811c9dc5],
      ['a', 0xe40c292c],
      ['foobar', 0xbf9cf968],
    ] as const)
      expect(partitionOf(text, 2 ** 32)).toBe(hash)
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < 4_000; i++) counts[partitionOf(`user-${i}`, 4)]!++
    expect(Math.min(...counts)).toBeGreaterThan(800)
    for (const key of ['', 'ann', '5', true, 1.5, Number.NaN]) expect(partitionOf(key, 4)).toBe(partitionOf(key, 4))
  })

  test('plain data is told apart by what it holds', () => {
    const parts = 2 ** 32
    const same = (one: unknown, other: unknown): boolean => partitionOf(one, parts) === partitionOf(other, parts)
    expect(same({ a: 1, b: ['x', null] }, { b: ['x', null], a: 1 })).toBe(true)
    for (const [one, other] of [
      [['a', 'b'], ['a,b']],
      [['1'], [1]],
      [{ a: 1 }, { a: 2 }],
      [[[1], 2], [[1, 2]]],
      [{ a: {} }, { a: [] }],
      [null, 'null '],
    ])
      expect([one, other, same(one, other)]).toEqual([one, other, false])
  })

  test.each([undefined, Symbol('s'), new Map(), () => 1, [undefined], { at: new Date(0) }])('%s is refused', (key) => {
    expect(() => partitionOf(key, 4)).toThrow(/^key is/)
  })
})

describe('each option has its rejection', () => {
  const define = (options: unknown, name: string) => () =>
    definePartitionSupervisor(import.meta, name, Shelf, options as { partitions: number })
  test.each([
    [null, /options/],
    [7, /options/],
    [{ partitions: 0 }, /partitions/],
    [{ partitions: 1.5 }, /partitions/],
    [{ partitions: 1, args: [] }, /args/],
    [{ partitions: 1, id: 'mine' }, /id/],
    [{ partitions: 1, restart: 'always' }, /restart/],
  ])('%j', (options, message) => {
    expect(define(options, `Wrong ${String(message)}`)).toThrow(message)
  })

  test('and so has a supervisor of another kind, and a start without a name', async () => {
    expect(() => partition(world.main, Shelf as never, 'shelves', 1)).toThrow(/definePartitionSupervisor/)
    expect(await world.failure(Shelves, '', 'wood')).toMatchObject({ code: 'invalid_option', field: 'name' })
    const none: Pid | undefined = partition(world.main, Shelves, 'nobody', 1).pid
    expect(none).toBeUndefined()
  })
})
