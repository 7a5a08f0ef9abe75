import { writeFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { InvalidOption, PlacementError, start } from 'bulkhead'
import type { IsolationHints } from 'bulkhead'
import { eventually, isRunning } from './program.ts'
import { trial } from './trial.ts'
import type { FaultyRef } from './trial.ts'
import { Faulty } from './fixtures/faulty.ts'

const made = trial({ threads: 2, processes: 2 })
const { faulty, kill, notices } = made
const whereabouts = async (isolation: Parameters<typeof faulty>[0]) =>
  await (await faulty(isolation)).ref.call.whereabouts()

describe('where an actor lives', () => {
  test('inline: on the root, in this OS process', async () => {
    expect(await whereabouts('inline')).toMatchObject({ node: 1, osProcess: process.pid })
  })

  test('thread: on another node of this OS process', async () => {
    const { node, osProcess } = await whereabouts('thread')
    expect(osProcess).toBe(process.pid)
    expect(node).toBeGreaterThan(1)
  })

  test('process: in another OS process', async () => {
    const { osProcess } = await whereabouts('process')
    expect(osProcess).not.toBe(process.pid)
  })

  test('pooled threads are all used, and there are no more than was said', async () => {
    const nodes = new Set<number>()
    const use = async (): Promise<unknown> => nodes.add((await whereabouts('thread')).node)
    // How many it takes depends on how busy the nodes are; pool.test.ts has the rule.
    while (nodes.size < 2) await use()
    for (let i = 0; i < 6; i++) await use()
    expect(nodes.size).toBe(2)
  })

  test('a node of its own holds nobody else, and ends with its actor', async () => {
    const first = await faulty({ faults: 'contained' })
    const second = await faulty({ faults: 'contained' })
    const [one, two] = [await first.ref.call.whereabouts(), await second.ref.call.whereabouts()]
    expect(one.osProcess).not.toBe(two.osProcess)
    await kill(first.pid)
    await notices(first.pid)
    await eventually(() => !isRunning(one.osProcess), 2_000, `process ${one.osProcess} ended`)
    expect(isRunning(two.osProcess)).toBe(true)
  })

  test('actors of one compartment share a node; those of another never do', async () => {
    const [a1, a2, b] = [
      await whereabouts({ compartment: 'a' }),
      await whereabouts({ compartment: 'a' }),
      await whereabouts({ compartment: 'b' }),
    ]
    expect(a1.node).toBe(a2.node)
    expect(b.node).not.toBe(a1.node)
  })

  test('coordination: the node of the other actor', async () => {
    const other = await faulty('process')
    const { node } = await other.ref.call.whereabouts()
    expect(await whereabouts({ coordination: { with: other.ref } })).toMatchObject({ node })
  })

  test.each([
    ['inline', 'inline'],
    ['thread', 'thread'],
    ['process', 'process'],
  ] as const)('coordination with an actor %s: explained as what it is', async (isolation, kind) => {
    const other = await faulty(isolation)
    const { ref } = await faulty({ coordination: { with: other.ref } })
    const { decision, kind: real } = await made.system.explain(ref)
    expect([decision?.kind, real]).toEqual([kind, kind])
    expect(decision?.rejected.map((each) => each.kind)).not.toContain(kind)
  })

  test.each<[string, (other: FaultyRef) => IsolationHints, RegExp]>([
    [
      'a limit on the node of another actor',
      (other) => ({ coordination: { with: other }, limits: { handlerMs: 100 } }),
      /coordination contradicts limits\.handlerMs: 100/,
    ],
    [
      'shared memory with an actor of a process',
      (other) => ({ coordination: { with: other }, memory: 'shared' }),
      /memory: 'shared' contradicts coordination/,
    ],
    [
      'an actor of another system',
      () => ({ coordination: { with: { pid: '<elsewhere.1.3>' } } }),
      /<elsewhere\.1\.3> belongs to another system/,
    ],
    [
      'a stack that the operating system does not give',
      () => ({ native: true, limits: { stackMb: 1_000 } }),
      /limits\.stackMb: 1000 is more than the operating system gives/,
    ],
  ])('%s is an error that names it', async (_title, hints, message) => {
    const other = await faulty('process')
    await expect(faulty(hints(other.ref))).rejects.toThrow(message)
  })

  test('a compartment has one limit, and an actor with another is an error that names both', async () => {
    const first = await whereabouts({ compartment: 'limited', limits: { handlerMs: 4_000 } })
    expect(await whereabouts({ compartment: 'limited', limits: { handlerMs: 4_000 } })).toMatchObject({
      node: first.node,
    })
    await expect(faulty({ compartment: 'limited', limits: { handlerMs: 3_000 } })).rejects.toThrow(
      /limits\.handlerMs: 3000 contradicts compartment: limited.*limits\.handlerMs: 4000/,
    )
  })

  test('the least heap that is accepted is one with which a process starts', async () => {
    expect(await whereabouts({ limits: { heapMb: 16 } })).toMatchObject({ path: expect.stringContaining('faulty') })
  })

  test('incarnations are never used again', async () => {
    const seen: number[] = []
    for (let i = 0; i < 3; i++) {
      const { ref, pid } = await faulty({ cpu: 'heavy' })
      seen.push((await ref.call.whereabouts()).node)
      ref.call.exit(1).catch(() => {})
      await notices(pid)
    }
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('hints that contradict each other are an error that names both', async () => {
    await expect(faulty({ memory: 'shared', native: true })).rejects.toMatchObject({
      reason: expect.any(PlacementError),
    })
    await expect(faulty({ memory: 'shared', native: true })).rejects.toThrow(/memory: 'shared'.*native: true/)
  })
})

describe('explain', () => {
  test('gives the decision, its reasons, and who would go down as well', async () => {
    const victim = await faulty({ compartment: 'explained' })
    const other = await faulty({ compartment: 'explained' })
    const explanation = await made.system.explain(victim.ref)
    const { path } = await other.ref.call.whereabouts()
    expect(explanation).toMatchObject({ pid: victim.pid, kind: 'thread', osProcess: process.pid })
    expect(explanation.blastRadius.node).toEqual([path])
    expect(explanation.decision?.because.join()).toContain('compartment')
    expect(await made.system.explain(victim.pid)).toEqual(explanation)
    expect(await made.system.explain('witness')).toMatchObject({ kind: 'inline', node: 1, path: '/Witness' })
  })

  test('who is available by a name is found by it, also before their node knows of the name', async () => {
    for (let round = 0; round < 30; round++) {
      const name = `new-${round}`
      const starting = made.system.start(Faulty, [], { id: name, name, restart: 'temporary', isolation: 'thread' })
      const pid = await made.system.available(name)
      expect(await made.system.explain(name)).toMatchObject({ pid, path: `/${name}` })
      await starting
      await kill(pid)
    }
  })

  test('nobody: noproc', async () => {
    await expect(made.system.explain('nobody')).rejects.toMatchObject({ code: 'noproc' })
  })
})

describe('the operator’s placement file wins over code', () => {
  const file = join(tmpdir(), `bulkhead-placement-${process.pid}.json`)
  afterAll(() => rmSync(file, { force: true }))

  test('by path, by behaviour, and the path before the behaviour', async () => {
    writeFileSync(file, JSON.stringify({ Faulty: 'process', '/special': 'thread' }))
    const system = await start({ signals: false, inspect: false, placement: file })
    try {
      await system.start(Faulty, [], { id: 'any', isolation: 'inline' })
      await system.start(Faulty, [], { id: 'special', name: 'special', isolation: 'inline' })
      const kinds = (await system.tree())[0]?.children.map(({ path, kind }) => [path, kind])
      expect(kinds).toEqual([
        ['/any', 'process'],
        ['/special', 'thread'],
      ])
      expect((await system.explain('special')).decision?.because.join()).toContain('placement file')
    } finally {
      await system.stop()
    }
  })

  test.each([
    ['no JSON', '{', /cannot be read as JSON/],
    ['no object', '[]', /one JSON object/],
    ['an unknown word', '{"Faulty": "fiber"}', /"Faulty"/],
    ['an unknown hint', '{"Faulty": {"speed": 1}}', /speed/],
  ])('%s is refused', async (_name, text, message) => {
    writeFileSync(file, text)
    const starting = start({ placement: file })
    await expect(starting).rejects.toBeInstanceOf(InvalidOption)
    await expect(starting).rejects.toThrow(message)
  })
})
