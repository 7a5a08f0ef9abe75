import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, onTestFinished, test } from 'vitest'
import { start } from 'bulkhead'
import type { ChildOptions, Isolation, LogRecord, Pid, System, SystemOptions } from 'bulkhead'
import { Faulty } from './fixtures/faulty.ts'
import { Mate } from './fixtures/mate.ts'
import { Witness } from './fixtures/witness.ts'
import { childrenOf, descendantsOf, eventually, isRunning, run } from './program.ts'
import { trial } from './trial.ts'
import type { FaultyRef } from './trial.ts'

const patienceMs = 20_000

/** A system whose threads are a crew of two, and where nothing waits that was not asked for. */
async function begin(options: SystemOptions = {}): Promise<{ system: System; records: LogRecord[] }> {
  const records: LogRecord[] = []
  const system = await start({
    signals: false,
    inspect: false,
    threads: { count: 2, within: 'process' },
    spares: 0,
    log: (record) => records.push(record),
    ...options,
  })
  onTestFinished(async () => void (await system.stop()))
  return { system, records }
}

async function faulty(system: System, name: string, options: ChildOptions = {}): Promise<FaultyRef> {
  return (await system.start(Faulty, [], { id: name, name, ...options })).within(patienceMs)
}

const mate = async (system: System, id: string, isolation?: Isolation) =>
  (await system.start(Mate, [], { id, ...(isolation !== undefined && { isolation }) })).within(patienceMs)

const homeOf = async (system: System, name: string) => await system.explain(await system.available(name))

const signals = ['SIGSEGV', 'SIGABRT', 'SIGKILL'] as const

describe('a crew that is ended by the operating system', () => {
  const made = trial({ threads: { count: 2, within: 'process' } })

  /** Has an actor of the crew end it, and says what was told of two of them, on different nodes. */
  async function endOfTwo(end: (ref: FaultyRef) => Promise<unknown>) {
    const [one, other] = [await made.faulty('thread'), await made.faulty('thread')]
    const homes = [await one.ref.call.whereabouts(), await other.ref.call.whereabouts()]
    expect(homes[0]?.osProcess).toBe(homes[1]?.osProcess)
    expect(homes[0]?.node).not.toBe(homes[1]?.node)
    const pending = end(one.ref).catch((error: unknown) => error)
    const told = [await made.notices(one.pid), await made.notices(other.pid)]
    return { homes, told, caller: await pending }
  }

  test.each(signals)('%s: all its nodes go down with the evidence, of one domain', async (signal) => {
    const { homes, told, caller } = await endOfTwo((ref) => ref.call.signal(signal))
    for (const [index, { exit, down, exitNode, downNode }] of told.entries()) {
      expect([exit, down]).toEqual(['noconnection', 'noconnection'])
      expect(downNode).toMatchObject({ node: homes[index]?.node, cause: 'signaled', signal })
      expect(exitNode).toEqual(downNode)
    }
    expect(told[0]?.downNode?.domain).toBe(told[1]?.downNode?.domain)
    expect(caller).toMatchObject({ reason: 'noconnection' })
  })

  test('what native code printed is among the last lines of each of its nodes', async () => {
    const { told } = await endOfTwo(async (ref) => {
      await ref.call.printNatively('assertion failed\n')
      await ref.call.signal('SIGABRT')
    })
    for (const { downNode } of told) expect(downNode?.output).toContain('assertion failed')
  })

  test.each(signals)('%s: its only actor is to blame', async (signal) => {
    const { ref, pid } = await made.faulty('thread')
    await made.system.explain(pid) // the warden has heard who lives there, as it does soon after each start
    ref.call.signal(signal).catch(() => {})
    const { exit, down, downNode } = await made.notices(pid)
    const reason = { signaled: { signal } }
    expect([exit, down]).toEqual([reason, reason])
    expect(downNode).toMatchObject({ cause: 'signaled', signal })
  })

  test('SIGSTOP is stuck, and the crew is replaced', async () => {
    const { system } = await begin({ intensity: 10 })
    await faulty(system, 'stopped')
    const before = await homeOf(system, 'stopped')
    execFileSync('kill', ['-s', 'STOP', String(before.osProcess)])
    await eventually(async () => (await system.available('stopped')) !== before.pid, patienceMs, 'it is replaced')
    expect((await homeOf(system, 'stopped')).osProcess).not.toBe(before.osProcess)
    await eventually(() => !isRunning(before.osProcess), patienceMs, 'the stopped one ended')
  })

  test('SIGTERM, SIGINT and SIGHUP are not for it: only the root decides', async () => {
    const { ref } = await made.faulty('thread')
    const before = await ref.call.whereabouts()
    for (const signal of ['TERM', 'INT', 'HUP']) execFileSync('kill', ['-s', signal, String(before.osProcess)])
    expect(await ref.call.whereabouts()).toEqual(before)
  })
})

describe('a thread of a crew that ends alone', () => {
  test.each([
    ['stuck', (ref: FaultyRef) => ref.call.spin()],
    ['exited', (ref: FaultyRef) => ref.call.exit(3)],
  ] as const)('%s: takes no other along, and is a domain of its own', async (cause, fault) => {
    const { system, records } = await begin({ handlerMs: 400, intensity: 10 })
    await system.start(Witness, [], { name: 'witness', isolation: 'inline' })
    const guilty = await faulty(system, 'guilty', { restart: 'temporary' })
    await faulty(system, 'innocent')
    const before = await homeOf(system, 'innocent')
    const home = await system.explain(guilty)
    expect(home.osProcess).toBe(before.osProcess)
    await system.named(Witness, 'witness').call.watch(guilty.pid as Pid)
    fault(guilty).catch(() => {})
    const { downNode } = await system
      .named(Witness, 'witness')
      .within(patienceMs)
      .call.notices(guilty.pid as Pid)
    expect(downNode).toMatchObject({ node: home.node, cause, domain: `${system.id}.${home.node}` })
    expect(await homeOf(system, 'innocent')).toMatchObject({ pid: before.pid, osProcess: before.osProcess })
    expect(records.filter(({ path }) => path === '/innocent')).toEqual([])
  })
})

describe('after the end of a crew', () => {
  const names = ['one', 'two', 'three', 'four'] as const

  test('one charge for each supervisor, and all are back at once in one new crew', async () => {
    const { system } = await begin({ intensity: 1, periodMs: 600_000 })
    for (const name of names) await faulty(system, name, { restart: 'permanent' })
    const before = await Promise.all(names.map((name) => homeOf(system, name)))
    expect(new Set(before.map(({ node }) => node)).size).toBe(2)
    const crews = childrenOf(process.pid).filter(isRunning)
    system
      .named(Faulty, 'one')
      .call.signal('SIGSEGV')
      .catch(() => {})
    const old = before.map(({ pid }) => pid)
    await eventually(
      async () => (await Promise.all(names.map((name) => system.available(name)))).every((pid) => !old.includes(pid)),
      patienceMs,
      'all are back',
    )
    const after = await Promise.all(names.map((name) => homeOf(system, name)))
    const [crew] = new Set(after.map(({ osProcess }) => osProcess))
    for (const { kind, osProcess, decision } of after)
      expect({ kind, osProcess, share: decision?.share }).toEqual({ kind: 'thread', osProcess: crew, share: 'pooled' })
    expect(new Set(after.map(({ node }) => node)).size).toBe(2)
    expect(crew).not.toBe(before[0]?.osProcess)
    const now = childrenOf(process.pid).filter(isRunning)
    expect(now.filter((pid) => !crews.includes(pid))).toEqual([crew])
    const [top] = await system.tree()
    expect(top?.children.map(({ restarts }) => restarts)).toEqual([1, 1, 1, 1])
  })

  test('a second end is a second charge', async () => {
    const { system } = await begin({ intensity: 1, periodMs: 600_000 })
    for (const name of names.slice(0, 2)) await faulty(system, name)
    const first = await system.available('two')
    system
      .named(Faulty, 'one')
      .call.signal('SIGKILL')
      .catch(() => {})
    await eventually(async () => (await system.available('two')) !== first, patienceMs, 'the first is over')
    await system.available('one')
    const exitCode = process.exitCode
    system
      .named(Faulty, 'one')
      .call.signal('SIGKILL')
      .catch(() => {})
    expect(await system.stopped).toBe('shutdown')
    process.exitCode = exitCode
  })
})

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
      /memory: 'shared' contradicts compartment: parsers/,
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

describe('nothing is relayed', () => {
  test('while the main thread of the crew is blocked its threads talk, to each other and outwards', async () => {
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
    const program = run(join(folder, 'bundle.mjs'), { env: { BLOCKED_CREW: folder } })
    const crew = Number(await program.said('crew'))
    process.kill(crew, 'SIGUSR2')
    await eventually(() => existsSync(join(folder, 'blocked')), patienceMs, 'it is blocked')
    writeFileSync(join(folder, 'talk'), '')
    expect(await program.said('talked')).toBe('420 420 420')
    expect(existsSync(join(folder, 'unblocked'))).toBe(false)
    writeFileSync(join(folder, 'go on'), '')
    expect(await program.ended).toEqual({ code: 0, signal: null })
    expect(existsSync(join(folder, 'unblocked'))).toBe(true)
  })
})

describe('what is left', () => {
  test('a crew without threads is retired', async () => {
    const { system } = await begin({ compartments: { parsers: { within: 'process' } } })
    const ref = await system.start(Faulty, [], { restart: 'temporary', isolation: { compartment: 'parsers' } })
    const { osProcess } = await system.explain(ref)
    ref.call.exit(0).catch(() => {})
    await eventually(() => !isRunning(osProcess), patienceMs, 'the crew has left')
  })

  test('of a system that has stopped: nothing', async () => {
    const before = descendantsOf(process.pid)
    const { system } = await begin({ spares: 1, compartments: { parsers: { within: 'process' } } })
    await Promise.all([mate(system, 'one'), mate(system, 'two'), mate(system, 'three', { compartment: 'parsers' })])
    await system.stop()
    await eventually(
      () => descendantsOf(process.pid).every((pid) => before.includes(pid)),
      patienceMs,
      'all its processes ended',
    )
  })

  test('a thread of a crew in a native call that nothing can end holds neither the crew nor the program', async () => {
    const { system } = await begin({ handlerMs: 400 })
    const ref = await faulty(system, 'caller', { restart: 'temporary' })
    const { osProcess } = await system.explain(ref)
    await expect(ref.call.callShell('sleep 30')).rejects.toMatchObject({
      reason: { stuck: { handler: 'Faulty.callShell' } },
    })
    expect((await (await mate(system, 'next')).call.whereabouts()).osProcess).toBe(osProcess)
    const from = performance.now()
    await system.stop()
    expect(performance.now() - from).toBeLessThan(10_000)
    await eventually(() => !isRunning(osProcess), patienceMs, 'the crew ended')
  })
})

describe('a heap bomb in a crew leaves the root standing', () => {
  test.each([
    ['V8 ends the thread, as it usually does', 'objects', 'in the same crew'],
    ['V8 aborts', 'within V8', 'in a new crew'],
  ])('%s', { timeout: 60_000 }, async (_title, what, home) => {
    const program = run('heap-bomb.ts', { args: [what], execArgv: ['--max-old-space-size=64'] })
    expect(JSON.parse(await program.said('end'))).toMatchObject({ cause: 'out_of_memory' })
    expect(await program.said('back')).toBe(`thread ${home}`)
    expect(await program.ended).toEqual({ code: 0, signal: null })
  })
})
