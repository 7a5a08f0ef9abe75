import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import type { Pid } from 'bulkhead'
import { begin, faulty, homeOf, mate, patienceMs } from './crew.ts'
import { heapBombs } from './fixtures/bombs.ts'
import { FaultyFamily } from './fixtures/faulty-family.ts'
import { Faulty } from './fixtures/faulty.ts'
import { Witness } from './fixtures/witness.ts'
import { childrenOf, descendantsOf, eventually, isRunning, processesOf, run } from './program.ts'
import { trial } from './trial.ts'
import type { FaultyRef } from './trial.ts'

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
    const witness = system.named(Witness, 'witness').within(patienceMs)
    await faulty(system, 'innocent')
    const before = await homeOf(system, 'innocent')
    const guilty = await faulty(system, 'guilty', { restart: 'temporary' })
    const home = await system.explain(guilty)
    await witness.call.watch(guilty.pid as Pid)
    fault(guilty).catch(() => {})
    const { downNode } = await witness.call.notices(guilty.pid as Pid)
    expect(home.osProcess).toBe(before.osProcess)
    expect(home.node).not.toBe(before.node)
    expect(downNode).toMatchObject({ node: home.node, cause, domain: `${system.id}.${home.node}` })
    expect(await homeOf(system, 'innocent')).toMatchObject({ pid: before.pid, osProcess: before.osProcess })
    expect(records.filter(({ path }) => path === '/innocent')).toEqual([])
  })
})

describe('after the end of a crew', () => {
  const families = ['a', 'b', 'c']

  test('one charge for each supervisor, and all are back at once in one new crew', async () => {
    const { system } = await begin({ intensity: 0 })
    const members = families.map((family) => [`${family}-one`, `${family}-two`] as const)
    for (const [one, two] of members)
      await system.start(FaultyFamily, [{ [one]: {}, [two]: {} }, 1], { id: `${one}-family` })
    const names = members.flat()
    const before = await Promise.all(names.map((name) => homeOf(system, name)))
    expect(new Set(before.map(({ node }) => node)).size).toBe(2)
    const crews = childrenOf(process.pid).filter(isRunning)
    system
      .named(Faulty, 'a-one')
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
    const supervisors = (await system.tree())[0]?.children ?? []
    expect(supervisors.map(({ children }) => children.map(({ restarts }) => restarts))).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ])
  })

  test('a spare that waits becomes the new crew', async () => {
    const { system } = await begin({ spares: 1 })
    const others = processesOf(process.pid)
    await faulty(system, 'lonely', { adapt: false })
    const first = await homeOf(system, 'lonely')
    const spares = (): number[] =>
      processesOf(process.pid).filter((pid) => pid !== first.osProcess && !others.includes(pid))
    await eventually(() => spares().length === 1, patienceMs, 'there is a spare')
    const [spare] = spares()
    system
      .named(Faulty, 'lonely')
      .call.signal('SIGKILL')
      .catch(() => {})
    await eventually(async () => (await system.available('lonely')) !== first.pid, patienceMs, 'it is back')
    expect((await homeOf(system, 'lonely')).osProcess).toBe(spare)
  })

  test('a second end is a second charge', async () => {
    const { system } = await begin({ intensity: 1, periodMs: 600_000 })
    for (const name of ['one', 'two']) await faulty(system, name)
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

  test(
    'whatever meets the limit: each of the bombs, one after another, and both shards are back',
    { timeout: 600_000 },
    async () => {
      const program = run('crew-bombs.ts', { execArgv: ['--max-old-space-size=64'] })
      expect(await program.ended).toEqual({ code: 0, signal: null })
      const ends = program.stdout
        .filter((line) => line.startsWith('bomb '))
        .map((line) => JSON.parse(line.slice(5)) as unknown)
      const homes = ['in a crew', 'in a crew']
      // Nobody waits longer than 250 ms for the verdict about a thread whose connection has closed; a large heap can take longer to go.
      const cause = expect.stringMatching(/^(out_of_memory|unknown)$/) as unknown
      expect(ends).toEqual(Object.keys(heapBombs).map((bomb) => ({ bomb, told: 'an end', cause, homes })))
    },
  )
})
