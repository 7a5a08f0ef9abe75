import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Pid } from 'bulkhead'
import { begin, faulty, homeOf, mate, patienceMs } from './crew.ts'
import { Faulty } from './fixtures/faulty.ts'
import { Mate } from './fixtures/mate.ts'
import { eventually, isRunning, run } from './program.ts'

describe('two crews', () => {
  const compartments = { parsers: { within: 'process', threads: 2 }, codecs: { within: 'process' } } as const

  test('do not take each other down, nor what lives on other threads', async () => {
    const { system } = await begin({ compartments, intensity: 10 })
    await faulty(system, 'parser', { isolation: { compartment: 'parsers' } })
    await faulty(system, 'codec', { isolation: { compartment: 'codecs' } })
    await faulty(system, 'free')
    const [parser, codec, free] = await Promise.all(['parser', 'codec', 'free'].map((name) => homeOf(system, name)))
    expect(new Set([process.pid, parser?.osProcess, codec?.osProcess, free?.osProcess]).size).toBe(4)
    system
      .named(Faulty, 'parser')
      .call.signal('SIGSEGV')
      .catch(() => {})
    await eventually(async () => (await system.available('parser')) !== parser?.pid, patienceMs, 'it is back')
    expect((await homeOf(system, 'parser')).osProcess).not.toBe(parser?.osProcess)
    expect(await homeOf(system, 'codec')).toEqual(codec)
    expect((await homeOf(system, 'free')).pid).toBe(free?.pid)
  })

  test('the actors of a compartment share one node, or as many threads as it has', async () => {
    const { system } = await begin({ compartments })
    const [one, two] = [
      await mate(system, 'p1', { compartment: 'parsers' }),
      await mate(system, 'p2', { compartment: 'parsers' }),
    ]
    const [three, four] = [
      await mate(system, 'c1', { compartment: 'codecs' }),
      await mate(system, 'c2', { compartment: 'codecs' }),
    ]
    const [p1, p2, c1, c2] = await Promise.all([one, two, three, four].map((ref) => ref.call.whereabouts()))
    expect(p1?.osProcess).toBe(p2?.osProcess)
    expect(p1?.node).not.toBe(p2?.node)
    expect(c1).toEqual(c2)
    expect(await one.call.give(two.pid as Pid)).toBe('wrote 42')
  })

  test('a compartment can stay with the root while the other threads are a crew', async () => {
    const { system } = await begin({ compartments: { near: { within: 'root' } } })
    expect(await (await mate(system, 'near', { compartment: 'near' })).call.whereabouts()).toMatchObject({
      osProcess: process.pid,
    })
    expect((await (await mate(system, 'far')).call.whereabouts()).osProcess).not.toBe(process.pid)
  })

  test('a compartment with a crew of its own has no wall to be moved behind', async () => {
    const { system, records } = await begin({ compartments, handlerMs: 400, intensity: 10 })
    await faulty(system, 'codec', { isolation: { compartment: 'codecs' } })
    const before = await homeOf(system, 'codec')
    await system
      .named(Faulty, 'codec')
      .call.spin()
      .catch(() => {})
    await eventually(async () => (await system.available('codec')) !== before.pid, patienceMs, 'it is back')
    expect(await homeOf(system, 'codec')).toMatchObject({
      kind: 'thread',
      osProcess: before.osProcess,
      decision: { share: 'compartment' },
    })
    expect(records.map(({ text }) => text).join()).not.toContain('moved to')
  })
})

describe('memory', () => {
  test('is shared between the threads of a crew, and not across its wall', async () => {
    const { system } = await begin()
    const [one, two] = [await mate(system, 'one'), await mate(system, 'two')]
    const near = await mate(system, 'near', { memory: 'shared' })
    const far = await mate(system, 'far', 'process')
    const homes = await Promise.all([one, two].map((ref) => ref.call.whereabouts()))
    expect(homes[0]?.node).not.toBe(homes[1]?.node)
    expect(await one.call.give(two.pid as Pid)).toBe('wrote 42')
    expect(await one.call.give(near.pid as Pid)).toBe('NotSendable')
    expect(await one.call.give(far.pid as Pid)).toBe('NotSendable')
    expect(await near.call.give(one.pid as Pid)).toBe('NotSendable')
  })

  test("memory: 'shared' is a thread of the starter's OS process: the root's, a crew's, but no process that has none", async () => {
    const { system } = await begin()
    const near = await mate(system, 'near', { memory: 'shared' })
    expect(await near.call.whereabouts()).toMatchObject({ osProcess: process.pid })
    const member = await mate(system, 'member')
    const { osProcess, node } = await member.call.whereabouts()
    const started = (await member.call.start({ memory: 'shared', cpu: 'heavy' }, false)) as Pid
    const explained = await system.explain(started)
    expect(explained).toMatchObject({ kind: 'thread', osProcess })
    expect(explained.node).not.toBe(node)
    expect(await member.call.give(started)).toBe('wrote 42')
    const walled = await mate(system, 'walled', 'process')
    expect(await walled.call.start({ memory: 'shared' }, false)).toMatch(/memory: 'shared'.*OS process/)
  })

  test('among the arguments keeps an actor in the OS process of its starter', async () => {
    const { system } = await begin()
    const member = await mate(system, 'member')
    const { osProcess } = await member.call.whereabouts()
    const started = (await member.call.start({}, true)) as Pid
    expect(await system.explain(started)).toMatchObject({ kind: 'thread', osProcess })
    const memory = new SharedArrayBuffer(4)
    const near = await system.start(Mate, [memory], { id: 'near' })
    expect(await system.explain(near)).toMatchObject({ kind: 'thread', osProcess: process.pid })
    expect(new Int32Array(memory)[0]).toBe(42)
  })

  test('a compartment that lives elsewhere contradicts it', async () => {
    const { system } = await begin({ compartments: { parsers: { within: 'process' } } })
    await expect(mate(system, 'both', { compartment: 'parsers', memory: 'shared' })).rejects.toThrow(
      /memory: 'shared', .* contradicts compartment: parsers/,
    )
    const resident = await mate(system, 'resident', { compartment: 'parsers' })
    expect(
      await system.explain((await resident.call.start({ compartment: 'parsers', memory: 'shared' }, false)) as Pid),
    ).toMatchObject({
      osProcess: (await resident.call.whereabouts()).osProcess,
    })
  })
})

describe('where a thread of a crew lives', () => {
  test('explain shows the crew, the reasons, and who would go down with it: its node, and its crew', async () => {
    const { system } = await begin()
    for (const name of ['one', 'two', 'three']) await faulty(system, name)
    await faulty(system, 'beside', { isolation: { coordination: { with: system.named(Faulty, 'one') } } })
    await faulty(system, 'walled', { isolation: 'process' })
    await faulty(system, 'inline', { isolation: 'inline' })
    const one = await homeOf(system, 'one')
    const nodes = await Promise.all(['two', 'three'].map((name) => homeOf(system, name)))
    const elsewhere = nodes.filter(({ node }) => node !== one.node).map(({ path }) => path)
    const here = nodes.filter(({ node }) => node === one.node).map(({ path }) => path)
    expect(one).toMatchObject({ kind: 'thread', decision: { kind: 'thread', share: 'pooled', within: 'crew' } })
    expect(one.osProcess).not.toBe(process.pid)
    expect(one.decision?.because.join()).toContain("start({ threads: { within: 'process' } })")
    expect(one.blastRadius.node.toSorted()).toEqual([...here, '/beside'].toSorted())
    expect(one.blastRadius.osProcess.toSorted()).toEqual(elsewhere.toSorted())
    expect((await homeOf(system, 'walled')).blastRadius).toEqual({ node: [], osProcess: [] })
    const inline = await homeOf(system, 'inline')
    expect(inline.blastRadius.osProcess.toSorted()).toEqual(['/beside', '/one', '/three', '/two', '/walled'])
  })

  test('a heavy one has a thread of its own in the crew; hints that want a process get one', async () => {
    const { system } = await begin()
    const pooled = await (await mate(system, 'pooled')).call.whereabouts()
    const heavy = await (await mate(system, 'heavy', { cpu: 'heavy' })).call.whereabouts()
    const contained = await (await mate(system, 'contained', { faults: 'contained' })).call.whereabouts()
    expect(heavy.osProcess).toBe(pooled.osProcess)
    expect(heavy.node).not.toBe(pooled.node)
    expect([process.pid, pooled.osProcess]).not.toContain(contained.osProcess)
  })

  test('coordination with an actor of the crew is its node, and an operator can put others there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-crews-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const placement = join(folder, 'placement.json')
    writeFileSync(placement, JSON.stringify({ '/moved': { compartment: 'parsers' } }))
    const { system } = await begin({ placement, compartments: { parsers: { within: 'process' } } })
    const first = await mate(system, 'first', { compartment: 'parsers' })
    const home = await first.call.whereabouts()
    expect(await (await mate(system, 'beside', { coordination: { with: first } })).call.whereabouts()).toEqual(home)
    expect(await (await mate(system, 'moved', 'process')).call.whereabouts()).toEqual(home)
    expect((await system.explain(first)).decision?.within).toBe('own_crew')
  })

  test('who took its node down is moved to a thread of its own in the crew, then to a process of its own', async () => {
    const { system } = await begin({ threads: { count: 1, within: 'process' }, handlerMs: 400, intensity: 10 })
    await faulty(system, 'looper')
    await faulty(system, 'neighbour')
    const { osProcess } = await homeOf(system, 'looper')
    for (const expected of ['thread dedicated true', 'process dedicated false']) {
      const { pid } = await homeOf(system, 'looper')
      system
        .named(Faulty, 'looper')
        .call.spin()
        .catch(() => {})
      await eventually(async () => (await system.available('looper')) !== pid, patienceMs, 'it is back')
      const { kind, decision, osProcess: own } = await homeOf(system, 'looper')
      expect(`${kind} ${decision?.share} ${own === osProcess}`).toBe(expected)
    }
    expect(await homeOf(system, 'neighbour')).toMatchObject({ kind: 'thread', osProcess })
  })
})

test('a thread of a crew that is busy gets few of the next actors', async () => {
  const { system } = await begin()
  const busy = await faulty(system, 'busy')
  const idle = await faulty(system, 'idle')
  const free = (await idle.call.whereabouts()).node
  expect((await busy.call.whereabouts()).node).not.toBe(free)
  let isOver = false
  const working = (async () => {
    while (!isOver) await busy.call.busyFor(200)
  })()
  let inARow = 0
  for (let i = 0; i < 40 && inARow < 4; i++) {
    const { call } = await mate(system, `next-${i}`)
    inARow = (await call.whereabouts()).node === free ? inARow + 1 : 0
  }
  isOver = true
  await working
  expect(inARow).toBe(4)
})

describe('the main thread of a crew', () => {
  /** Runs a program with a crew, as a bundle, whose main thread is blocked from now on. */
  async function blocked(...args: readonly string[]) {
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-crews-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    await build({
      entryPoints: [fileURLToPath(new URL('fixtures/blocked-crew.ts', import.meta.url))],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: join(folder, 'bundle.mjs'),
      logLevel: 'error',
    })
    const program = run(join(folder, 'bundle.mjs'), { args, env: { BLOCKED_CREW: folder } })
    const crew = Number(await program.said('crew'))
    process.kill(crew, 'SIGUSR2')
    await eventually(() => existsSync(join(folder, 'blocked')), patienceMs, 'it is blocked')
    return { program, crew, folder }
  }

  test('relays nothing: while it is blocked the threads talk, to each other and outwards', async () => {
    const { program, folder } = await blocked()
    writeFileSync(join(folder, 'talk'), '')
    expect(await program.said('talked')).toBe('420 420 420')
    expect(existsSync(join(folder, 'unblocked'))).toBe(false)
    writeFileSync(join(folder, 'go on'), '')
    expect(await program.ended).toEqual({ code: 0, signal: null })
    expect(existsSync(join(folder, 'unblocked'))).toBe(true)
  })

  test('that stands still for 5 s ends its crew as stuck, and another takes its place', async () => {
    const { program, crew } = await blocked('end')
    expect(await program.said('end')).toBe('stuck')
    const back = Number(await program.said('back'))
    expect([crew, program.pid]).not.toContain(back)
    await eventually(() => !isRunning(crew), patienceMs, 'the old one ended')
    expect(await program.ended).toEqual({ code: 0, signal: null })
  })
})
