import { execFileSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { asHtml, asJson, chaos, lint } from '@bulkhead/chaos'
import type { ChaosOptions, ChaosReport, FaultKind, Injected, InjectionEvidence } from '@bulkhead/chaos'
import { BulkheadError, CallFailed, InvalidOption, start } from 'bulkhead'
import type { ChaosDoor, Isolation, System } from 'bulkhead'
import { Careless, leaves, Listener, naps, Victim, Ward } from './fixtures/hurt.ts'
import { rejection, watched } from '../support/gate.ts'

const limitMs = 500

/** Where a victim can live, with limits that contain all that its place can contain. */
const PLACES = {
  inline: 'inline',
  thread: { cpu: 'heavy', limits: { handlerMs: limitMs } },
  process: { faults: 'contained', limits: { heapMb: 64, rssMb: 400, handlerMs: limitMs } },
} as const satisfies Record<string, Isolation>
type Place = keyof typeof PLACES

type HurtSystem = System & { readonly chaos: ChaosDoor }

/** A system with a victim in that place and a neighbour on a thread. */
async function ward(place: Isolation, neighbour?: Isolation): Promise<HurtSystem> {
  const system = await start({ chaos: true, processes: 1, signals: false, inspect: false, log: () => {} })
  systems.push(system)
  await system.start(Ward, neighbour === undefined ? [place] : [place, neighbour], { id: 'ward' })
  return system as HurtSystem
}

const systems: System[] = []
const stopAll = async (): Promise<void> => {
  for (const system of systems.splice(0)) await system.stop()
}

/** A run that injects each of these faults once into the victim, as soon as it can. */
async function hurt(system: System, faults: ChaosOptions['faults'], options: ChaosOptions = {}): Promise<ChaosReport> {
  return await chaos(system, {
    faults: faults ?? [],
    targets: [{ path: '/ward/victim' }],
    forMs: 1,
    warmUpMs: 0,
    coolDownMs: 0,
    breatherMs: 0,
    patienceMs: 40_000,
    ...options,
  })
}

async function hurtOnce(system: System, fault: NonNullable<ChaosOptions['faults']>[number]): Promise<Injected> {
  const { injections, problems } = await hurt(system, [fault])
  expect(problems).toEqual([])
  return injections[0]!
}

const error = (message: string) => ({ cause: 'error', reason: expect.stringContaining(message) as string })
const stuck = (handler: string) => ({ cause: 'stuck', handler: `chaos.${handler}` })

/** What the operating system, or the runtime, says of each fault that ends somebody. */
const SAID: Partial<Record<FaultKind, Partial<InjectionEvidence>>> = {
  throw: error('chaos: a handler threw'),
  reject: error('chaos: a handler rejected'),
  timer: error('chaos: a timer callback threw'),
  kill: { cause: 'killed' },
  loop: stuck('loop'),
  microtasks: stuck('microtasks'),
  native: stuck('native'),
  exit: { cause: 'exited', code: 3 },
  exit_in_exit: { cause: 'exited', code: 3 },
  heap: { cause: 'out_of_memory', limitMb: 64 },
  buffer: { cause: 'out_of_memory', limitMb: 400 },
  SIGSEGV: { cause: 'signaled', signal: 'SIGSEGV' },
  SIGABRT: { cause: 'signaled', signal: 'SIGABRT' },
  SIGKILL: { cause: 'signaled', signal: 'SIGKILL' },
  SIGSTOP: { cause: 'stuck' },
}

const everywhere: FaultKind[] = ['throw', 'reject', 'timer', 'kill']
const offTheRoot: FaultKind[] = [...everywhere, 'loop', 'microtasks', 'exit', 'exit_in_exit']
const CONTAINED: Record<Place, FaultKind[]> = {
  inline: everywhere,
  thread: offTheRoot,
  process: [...offTheRoot, 'native', 'heap', 'buffer', 'SIGSEGV', 'SIGABRT', 'SIGKILL', 'SIGSTOP'],
}

describe('a fault really happens in an actor that knows nothing of it, and its supervisor heals that', () => {
  for (const place of Object.keys(PLACES) as Place[])
    describe(place, () => {
      let system: HurtSystem
      beforeAll(async () => {
        system = await ward(PLACES[place])
      })
      afterAll(stopAll)

      test.each(CONTAINED[place])('%s', async (kind) => {
        const before = await system.explain('victim')
        const injected = await hurtOnce(system, kind)
        expect(injected.evidence).toMatchObject(SAID[kind]!)
        expect(injected).toMatchObject({ outcome: 'recovered', placement: place, pidBefore: before.pid })
        expect(injected.pidAfter).toBe(await system.available('victim'))
        expect(injected.pidAfter).not.toBe(before.pid)
        expect(await system.named(Victim, 'victim').within(20_000).call.count()).toBe(1)
        expect(injected.detectedMs).toBeGreaterThanOrEqual(injected.injectedMs)
        // The limit counts from the start of the turn, which can be a little older than the fault that arrives in it.
        if (SAID[kind]!.cause === 'stuck') expect(injected.evidence!.lastHeartbeatMs).toBeGreaterThanOrEqual(limitMs)
      })

      test('and whoever has nothing to do with it goes on', async () => {
        const neighbour = await system.available('neighbour')
        const counted = system.named(Victim, 'neighbour').within(20_000)
        const count = await counted.call.count()
        await hurtOnce(system, 'throw')
        expect([await system.available('neighbour'), await counted.call.count()]).toEqual([neighbour, count + 1])
      })
    })
})

describe('one by one', () => {
  afterEach(stopAll)

  test('a native call that a thread cannot be brought out of fences the thread', async () => {
    const system = await ward(PLACES.thread)
    const injected = await hurtOnce(system, { kind: 'native', forMs: 4 * limitMs })
    expect(injected.evidence).toMatchObject(stuck('native'))
  })

  describe('a fault that ends nobody leaves the actor as it was', () => {
    const state = async (system: System): Promise<number> =>
      await system.named(Victim, 'victim').within(30_000).call.count()

    for (const place of Object.keys(PLACES) as Place[])
      test(`${place}: a slow handler keeps its messages waiting`, async () => {
        const system = await ward(PLACES[place])
        await state(system)
        const injected = await hurtOnce(system, { kind: 'slow', forMs: 300 })
        expect(injected.evidence).toMatchObject({ cause: 'slow' })
        expect(injected.evidence!.lastedMs).toBeGreaterThanOrEqual(295)
        expect(injected.pidAfter).toBe(injected.pidBefore)
        expect(await state(system)).toBe(2)
      })

    test('SIGCONT: the process is stopped, as the kernel says, and goes on', async () => {
      const system = await ward({ faults: 'contained', limits: { handlerMs: 30_000 } })
      await state(system)
      const injected = await hurtOnce(system, { kind: 'SIGCONT', forMs: 300 })
      expect(injected.evidence).toMatchObject({ cause: 'continued', state: 'T' })
      expect(injected.pidAfter).toBe(injected.pidBefore)
      expect(await state(system)).toBe(2)
    })

    const cutMs = 600
    for (const place of ['thread', 'process'] as const) {
      test.each(['both', 'to', 'from'] as const)(
        `${place}: a cut (%s) silences the root and the actor`,
        async (ways) => {
          const system = await ward(PLACES[place])
          await state(system)
          const injected = await hurtOnce(system, { kind: 'cut', ways, forMs: cutMs })
          expect(injected.evidence).toMatchObject({ cause: 'cut' })
          expect(injected.evidence!.held!.frames).toBeGreaterThan(0)
          expect(injected.evidence!.answeredMs).toBeGreaterThan(0)
          expect(injected.pidAfter).toBe(injected.pidBefore)
          expect(await state(system)).toBe(2)
        },
      )

      test(`${place}: delayed frames arrive, later`, async () => {
        const system = await ward(PLACES[place])
        await state(system)
        const injected = await hurtOnce(system, { kind: 'delay', delayMs: 100, forMs: 3_000 })
        // There and back.
        expect(injected.evidence!.answeredMs).toBeGreaterThanOrEqual(195)
        expect(await state(system)).toBe(2)
      })
    }
  })

  describe('a cut between two nodes, of which neither is the root', () => {
    test.each([
      ['process', PLACES.process],
      ['thread', PLACES.thread],
    ] as const)('%s: nothing gets through until it is over, and then everything does', async (_name, place) => {
      const system = await ward(place)
      const [victim, neighbour] = [await system.explain('victim'), await system.explain('neighbour')]
      const ask = (): Promise<number> => system.named(Victim, 'victim').within(60_000).call.ask(neighbour.pid)
      expect(await ask()).toBe(1)
      const { over } = await system.chaos.disturb({
        from: victim.node,
        to: neighbour.node,
        delayMs: Infinity,
        forMs: Infinity,
      })
      const asked = [ask(), ask()].map(watched)
      // Both still talk with everybody else.
      expect(await system.named(Victim, 'neighbour').within(60_000).call.count()).toBe(2)
      expect(await system.named(Victim, 'victim').within(60_000).call.count()).toBe(1)
      await system.tree()
      expect(asked.map(({ state }) => state)).toEqual(['pending', 'pending'])
      await system.chaos.disturb({ from: victim.node, to: neighbour.node, delayMs: 0, forMs: 0 })
      expect((await over).frames).toBeGreaterThanOrEqual(2)
      expect(await ask()).toBe(5)
      expect(asked.map(({ value }) => value)).toEqual([3, 4])
    })

    test('as a fault of a run: frames are held, and nobody is declared dead', async () => {
      const system = await ward(PLACES.process)
      const neighbour = await system.available('neighbour')
      const victim = system.named(Victim, 'victim').within(60_000)
      const { injections, problems } = await hurt(system, [{ kind: 'cut', peer: '/ward/neighbour', forMs: 1_000 }], {
        steady: { check: () => victim.call.ask(neighbour), everyMs: 5, withinMs: 60_000 },
      })
      expect(problems).toEqual([])
      expect(injections[0]!.evidence!.held!.frames).toBeGreaterThan(0)
      expect(injections[0]!.pidAfter).toBe(injections[0]!.pidBefore)
      expect(await system.available('neighbour')).toBe(neighbour)
    })
  })

  describe('during a cut from the root', () => {
    test.each(['thread', 'process'] as const)('%s: a call runs out of time, and nobody is restarted', async (place) => {
      const system = await ward(PLACES[place])
      const { pid, node } = await system.explain('victim')
      const victim = system.named(Victim, 'victim')
      const { over } = await system.chaos.disturb({ from: node, to: 1, delayMs: Infinity, forMs: Infinity })
      expect(await rejection(victim.within(200).call.count())).toMatchObject({ code: 'timeout' })
      await system.chaos.disturb({ from: node, to: 1, delayMs: 0, forMs: 0 })
      expect((await over).frames).toBeGreaterThan(0)
      expect(await victim.within(60_000).call.count()).toBe(2)
      expect((await system.explain('victim')).pid).toBe(pid)
    })

    test('an end that the warden tells is told all the same', async () => {
      const system = await ward(PLACES.process)
      const { node, osProcess } = await system.explain('victim')
      const neighbour = await system.available('neighbour')
      const { over } = await system.chaos.disturb({ from: node, to: 1, delayMs: Infinity, forMs: Infinity })
      const pending = rejection(system.named(Victim, 'victim').within(60_000).call.ask(neighbour))
      execFileSync('kill', ['-s', 'KILL', String(osProcess)])
      expect(await pending).toMatchObject({ reason: { signaled: { signal: 'SIGKILL' } } })
      expect(await rejection(over)).toMatchObject({ code: 'chaos_refused' })
    })
  })

  describe('who goes along is told', () => {
    test('on a shared node, and who is spared is not hurt by a neighbour', async () => {
      const system = await ward('process', 'process')
      const [victim, neighbour] = [await system.explain('victim'), await system.explain('neighbour')]
      expect(victim.node).toBe(neighbour.node)
      const spared = await hurt(system, ['SIGKILL', 'throw'], { sparing: [{ label: 'neighbour' }] })
      expect(spared.injections.map(({ fault }) => fault.kind)).toEqual(['throw'])
      expect(spared.skipped.map(({ kind }) => kind)).toEqual(['SIGKILL'])
      const injected = await hurtOnce(system, 'SIGKILL')
      expect(injected.alsoHit).toEqual(['/ward/neighbour'])
    })

    test('below a supervisor', async () => {
      const system = await ward(PLACES.thread)
      const { injections, problems } = await hurt(system, ['kill'], { targets: [{ path: '/ward' }] })
      expect(problems).toEqual([])
      expect(injections[0]!.alsoHit.toSorted()).toEqual(['/ward/neighbour', '/ward/victim'])
    })
  })

  test('what would not be contained is skipped, with the reason, and never done', async () => {
    const system = await ward('thread')
    const report = await hurt(system, ['SIGSEGV', 'heap', 'buffer', 'SIGKILL', 'SIGSTOP'])
    expect(report.injections).toEqual([])
    expect(report.skipped.map(({ kind }) => kind)).toEqual(['SIGSEGV', 'heap', 'buffer', 'SIGKILL', 'SIGSTOP'])
    expect(await system.named(Victim, 'victim').call.count()).toBe(1)
  })

  test('the steady state is checked all the time, and its loss is blamed on the fault', async () => {
    const system = await ward(PLACES.thread)
    const victim = system.named(Victim, 'victim')
    const report = await hurt(system, ['loop'], {
      warmUpMs: 300,
      coolDownMs: 1_000,
      forMs: 1_400,
      steady: { check: async () => await victim.within(20_000).call.count(), everyMs: 20, withinMs: 30_000 },
    })
    expect(report.problems).toEqual([])
    expect(report.steady!.stretches.map(({ ok }) => ok)).toEqual(expect.arrayContaining([true, false]))
    const { outages } = JSON.parse(asJson(report)) as { outages: { during: number[] }[] }
    expect(outages.every(({ during }) => during.includes(1))).toBe(true)
    expect(report.restarts).toMatchObject([{ child: 'victim' }])
    expect(asHtml(report)).toContain('chaos.loop')
  })

  test('a probe says when what was hit serves again', async () => {
    const system = await ward(PLACES.process)
    let asked = 0
    const { injections } = await hurt(system, ['kill'], {
      probe: async ({ path, name }) => {
        expect([path, name]).toEqual(['/ward/victim', 'victim'])
        await system.named(Victim, 'victim').within(5_000).call.count()
        if (++asked < 3) throw new Error('not yet')
      },
    })
    expect([asked, injections[0]!.outcome]).toEqual([3, 'recovered'])
  })

  test('one seed injects the same faults in the same order', async () => {
    const run = async (): Promise<unknown> => {
      const system = await ward(PLACES.process)
      const { injections } = await hurt(system, ['throw', 'kill', 'exit', 'slow'], { seed: 5 })
      return injections.map(({ n, atMs, fault, target }) => [n, atMs, fault, target])
    }
    expect(await run()).toEqual(await run())
  })

  describe('the door', () => {
    test('is not there unless the system was started with chaos: true', async () => {
      const system = await start({ signals: false, inspect: false })
      systems.push(system)
      expect(system.chaos).toBeUndefined()
      expect(await rejection(chaos(system))).toBeInstanceOf(InvalidOption)
      expect((await system.tree())[0]!.children).toEqual([])
    })

    test('lets code into an actor that takes its mail by receive', async () => {
      const system = await ward(PLACES.process)
      const ref = await system.start(Listener, [], { id: 'ear', isolation: 'thread' })
      await system.chaos.intrude(ref.pid!, naps, [])
      expect(await rejection(system.chaos.intrude('nobody', naps, []))).toBeInstanceOf(CallFailed)
    })

    test('says so when the node is not there, or ends before it is done', async () => {
      const system = await ward(PLACES.process)
      const { pid } = await system.explain('victim')
      const pending = rejection(system.chaos.intrude(pid, leaves, [3]))
      expect(await pending).toMatchObject({ code: 'chaos_refused' })
      expect(await pending).toBeInstanceOf(BulkheadError)
      expect(await rejection(system.chaos.intrude(pid, naps, []))).toMatchObject({
        code: 'chaos_refused',
      })
    })

    test('takes no delay that is none', async () => {
      const system = await ward(PLACES.process)
      const disturb = (delayMs: number, forMs: number) =>
        rejection(system.chaos.disturb({ from: 1, to: 2, delayMs, forMs }))
      expect([await disturb(-1, 1), await disturb(1, Number.NaN)]).toEqual([
        expect.any(InvalidOption),
        expect.any(InvalidOption),
      ])
    })
  })

  test('two runs at once are one too many', async () => {
    const system = await ward(PLACES.process)
    const first = hurt(system, ['slow'])
    expect(await rejection(hurt(system, ['slow']))).toMatchObject({ message: expect.stringContaining('already') })
    expect((await first).problems).toEqual([])
    expect((await hurt(system, ['slow'])).problems).toEqual([])
  })

  test('a system that stops ends the run; what is left of the plan was not injected', async () => {
    const system = await ward(PLACES.process)
    const report = await hurt(system, ['slow', 'throw'], { onInjection: () => void system.stop() })
    expect(report.passed).toBe(false)
    expect(report.problems[0]).toContain('faults were not injected')
  })

  test('a signal ends the run, after the fault that is under way', async () => {
    const system = await ward(PLACES.process)
    const over = new AbortController()
    const report = await hurt(system, ['slow', 'throw'], { signal: over.signal, onInjection: () => over.abort() })
    expect(report.injections).toHaveLength(1)
    expect(report.problems).toEqual(['1 of 2 faults were not injected'])
  })

  test('a supervisor that shares a node with what it supervises is found in a running tree', async () => {
    const system = await ward(PLACES.process)
    expect(await lint(system)).toEqual([])
    await system.start(Careless, [], { id: 'careless', isolation: 'thread' })
    expect(await lint(system)).toMatchObject([{ path: '/careless', why: expect.stringContaining('/careless/child') }])
  })
})
