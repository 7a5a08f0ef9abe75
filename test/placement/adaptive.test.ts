import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CallFailed, start } from 'bulkhead'
import type { ChildOptions, LogRecord, System, SystemOptions } from 'bulkhead'
import { FaultyFamily } from './fixtures/faulty-family.ts'
import { Faulty } from './fixtures/faulty.ts'
import { Witness } from './fixtures/witness.ts'
import { eventually, run } from './program.ts'
import type { FaultyRef } from './trial.ts'

const limitMs = 400

/** A system whose pooled actors share one thread and one process. */
async function begin(options: SystemOptions = {}): Promise<{ system: System; records: LogRecord[] }> {
  const records: LogRecord[] = []
  const system = await start({
    signals: false,
    inspect: false,
    threads: 1,
    processes: 1,
    handlerMs: limitMs,
    log: (record) => records.push(record),
    ...options,
  })
  onTestFinished(async () => void (await system.stop()))
  return { system, records }
}

/** A faulty server under its name. */
async function faulty(system: System, name: string, options: ChildOptions = {}): Promise<FaultyRef> {
  const ref = await system.start(Faulty, [], { id: name, name, ...options })
  return ref.within(30_000)
}

/** Has the server of that name break, and waits until somebody holds the name again. */
async function breaks(system: System, name: string, fault: (ref: FaultyRef) => Promise<unknown>): Promise<void> {
  const failure = await fault(system.named(Faulty, name).within(30_000)).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(CallFailed)
  await system.available(name)
}

/** Where whoever holds the name lives, or is about to, why, and on which node. */
async function home(system: System, name: string) {
  const { kind, decision, node, osProcess } = await system.explain(await system.available(name))
  return { at: `${kind} ${decision?.share}`, because: decision?.because.join('; '), node, osProcess }
}

const spin = (ref: FaultyRef) => ref.call.spin()
const segfault = async (ref: FaultyRef) => {
  const { osProcess } = await ref.call.whereabouts()
  const pending = ref.call.silent()
  execFileSync('kill', ['-s', 'SEGV', String(osProcess)])
  await pending
}

describe('an actor that took its node down', () => {
  test('stuck again and again: a pooled thread, a thread of its own, a process of its own; neighbours stay', async () => {
    const { system, records } = await begin()
    await faulty(system, 'looper')
    await faulty(system, 'neighbour')
    const [first, beside] = [await home(system, 'looper'), await home(system, 'neighbour')]
    expect(first.at).toBe('thread pooled')
    expect(beside.node).toBe(first.node)

    await breaks(system, 'looper', spin)
    const second = await home(system, 'looper')
    expect(second).toMatchObject({ at: 'thread dedicated', osProcess: process.pid })
    expect(second.because).toMatch(/moved to a thread of its own: it was stuck in Faulty\.spin on a shared thread at 2/)
    const back = await home(system, 'neighbour')
    expect(back.at).toBe('thread pooled')
    expect(back.node).not.toBe(second.node)

    await breaks(system, 'looper', spin)
    const third = await home(system, 'looper')
    expect(third.at).toBe('process dedicated')
    expect(third.osProcess).not.toBe(process.pid)
    expect(third.because).toMatch(/moved to a process of its own: it was stuck in Faulty\.spin on a thread of its own/)
    expect(await home(system, 'neighbour')).toEqual(back)

    await breaks(system, 'looper', spin)
    const fourth = await home(system, 'looper')
    expect(fourth.at).toBe('process dedicated')
    expect(fourth.because).toContain('nothing is further out than a process of its own')
    const contexts = records.map(({ data }) => (data as { context?: string } | undefined)?.context)
    expect(contexts.filter((each) => each === 'moved' || each === 'not_moved')).toEqual(['moved', 'moved', 'not_moved'])
  })

  test('process.exit: one wall further out', async () => {
    const { system } = await begin()
    await faulty(system, 'leaver')
    await breaks(system, 'leaver', (ref) => ref.call.exit(3))
    const { at, because } = await home(system, 'leaver')
    expect(at).toBe('thread dedicated')
    expect(because).toContain('it exited (code 3)')
  })

  test.each([
    ['SIGSEGV', segfault],
    ['SIGABRT', (ref: FaultyRef) => ref.call.abort()],
  ])('%s in a shared process: at once to a process of its own', async (signal, fault) => {
    const { system } = await begin()
    await faulty(system, 'native', { isolation: 'process' })
    expect((await home(system, 'native')).at).toBe('process pooled')
    await breaks(system, 'native', fault)
    const { at, because } = await home(system, 'native')
    expect(at).toBe('process dedicated')
    expect(because).toContain(`moved to a process of its own: it was signaled (${signal}) in a shared process`)
  })

  test('out of memory: at once to a process of its own', async () => {
    const program = run('hungry.ts', { execArgv: ['--max-old-space-size=64'] })
    const lives = JSON.parse(await program.said('lives')) as { because: string }
    expect(lives).toMatchObject({ kind: 'process', share: 'dedicated' })
    expect(lives.because).toContain('moved to a process of its own: it ran out of memory in a shared process')
    expect(await program.ended).toEqual({ code: 0, signal: null })
  })

  test('with neighbours, and nobody can tell who it was: nobody moves', async () => {
    const { system, records } = await begin()
    await faulty(system, 'one', { isolation: 'process' })
    await faulty(system, 'other', { isolation: 'process' })
    await breaks(system, 'one', (ref) => ref.call.abort())
    expect([(await home(system, 'one')).at, (await home(system, 'other')).at]).toEqual([
      'process pooled',
      'process pooled',
    ])
    expect(records.map(({ text }) => text).join()).not.toContain('moved to')
  })
})

describe('what was said outweighs what was learnt', () => {
  test("memory: 'shared' ends the ladder at a thread of its own; the log and explain say so", async () => {
    const { system, records } = await begin()
    await faulty(system, 'sharer', { isolation: { memory: 'shared' } })
    for (let i = 0; i < 2; i++) await breaks(system, 'sharer', spin)
    const { at, because, osProcess } = await home(system, 'sharer')
    expect([at, osProcess]).toEqual(['thread dedicated', process.pid])
    const stays = /stays where it is: memory: 'shared' needs a thread of its starter's OS process; it was stuck/
    expect(because).toMatch(stays)
    expect(records.map(({ text }) => text).join('\n')).toMatch(stays)
  })

  test('adapt: false: it stays', async () => {
    const { system } = await begin()
    await faulty(system, 'pinned', { adapt: false })
    await breaks(system, 'pinned', spin)
    const { at, because } = await home(system, 'pinned')
    expect(at).toBe('thread pooled')
    expect(because).not.toContain('stuck')
  })

  test('adapt: false holds the whole compartment', async () => {
    const { system } = await begin()
    const isolation = { compartment: 'checkout' }
    await faulty(system, 'cart', { isolation })
    await faulty(system, 'till', { isolation, adapt: false })
    await breaks(system, 'cart', spin)
    const [cart, till] = [await home(system, 'cart'), await home(system, 'till')]
    expect([cart.at, till.at, till.node]).toEqual(['thread compartment', 'thread compartment', cart.node])
    expect(cart.because).toMatch(/compartment checkout stays where it is: adapt: false; an actor of it was stuck/)
  })

  test('the operator’s placement file wins', async () => {
    const file = join(tmpdir(), `bulkhead-adaptive-${process.pid}.json`)
    onTestFinished(() => rmSync(file, { force: true }))
    writeFileSync(file, JSON.stringify({ '/told': 'thread' }))
    const { system } = await begin({ placement: file })
    await faulty(system, 'told', { isolation: 'process' })
    await breaks(system, 'told', spin)
    const { at, because } = await home(system, 'told')
    expect(at).toBe('thread pooled')
    expect(because).toMatch(/stays where it is: the operator's placement file.*; it was stuck/)
  })
})

test('a compartment moves as a whole, also the actors of other supervisors', async () => {
  const { system } = await begin()
  const isolation = { compartment: 'checkout' }
  await faulty(system, 'cart', { isolation })
  await system.start(FaultyFamily, [{ till: { isolation }, other: {} }])
  const before = [await home(system, 'cart'), await home(system, 'till')]
  expect(new Set(before.map(({ node }) => node)).size).toBe(1)
  await breaks(system, 'cart', spin)
  const [cart, till] = [await home(system, 'cart'), await home(system, 'till')]
  expect(cart.at).toBe('process compartment')
  expect(till.node).toBe(cart.node)
  for (const { because } of [cart, till])
    expect(because).toContain('compartment checkout moved to a process of its own: an actor of it was stuck')
  expect((await home(system, 'other')).at).toBe('thread pooled')
})

describe('a restarted supervisor has not forgotten', () => {
  test.each(['inline', 'process'] as const)('%s', async (isolation) => {
    const { system } = await begin()
    await system.start(Witness, [], { name: 'witness', isolation: 'inline' })
    await system.start(FaultyFamily, [{ looper: {} }], { id: 'family', name: 'family', isolation })
    await breaks(system, 'looper', spin)
    const [family, looper] = [await system.explain(await system.available('family')), await home(system, 'looper')]
    expect(looper.at).toBe('thread dedicated')

    if (isolation === 'process') execFileSync('kill', ['-s', 'KILL', String(family.osProcess)])
    else await system.named(Witness, 'witness').call.kill(family.pid)
    const isBack = async (): Promise<boolean> => {
      try {
        return (
          (await system.explain(await system.available('family'))).pid !== family.pid &&
          (await home(system, 'looper')).node !== looper.node
        )
      } catch {
        return false // one of them is not there yet
      }
    }
    await eventually(isBack, 20_000, 'the family is back')
    expect((await system.explain(await system.available('family'))).node === family.node).toBe(isolation === 'inline')
    const { at, because } = await home(system, 'looper')
    expect(at).toBe('thread dedicated')
    expect(because).toContain('it was stuck in Faulty.spin on a shared thread')
  })
})
