import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { CallFailed } from 'bulkhead'
import type { Isolation, Pid } from 'bulkhead'
import { Careless } from './fixtures/careless.ts'
import type { Notices } from './fixtures/witness.ts'
import { trial } from './trial.ts'
import type { FaultyRef, Trial } from './trial.ts'

const limitMs = 400
const made = trial({ handlerMs: limitMs, intensity: 100 })
const crewed = trial({ handlerMs: limitMs, intensity: 100, threads: { within: 'process' } })

const everywhere = ['inline', 'thread', 'crew', 'process'] as const
const walled = ['thread', 'crew', 'process'] as const

/** The threads of a crew are those of a system of its own. */
const trialOf = (place: Place): Trial => (place === 'crew' ? crewed : made)
const isolationOf = (place: Place) => (place === 'crew' ? 'thread' : place)
type Place = (typeof everywhere)[number]

/** What the three who can see an end are told: a link, a monitor, and whoever waits for a reply. */
async function seen(place: Isolation | 'crew', fault: (ref: FaultyRef) => Promise<unknown>) {
  const isCrew = place === 'crew'
  const { faulty, notices } = isCrew ? crewed : made
  const { ref, pid } = await faulty(isCrew ? 'thread' : place)
  const pending = fault(ref).then(
    (value) => ({ value }),
    (error: unknown) => error,
  )
  const { exit, down, downNode, exitNode } = await notices(pid)
  const failure = await pending
  expect(failure).toBeInstanceOf(CallFailed)
  return {
    link: exit,
    monitor: down,
    caller: (failure as CallFailed).reason,
    evidence: downNode,
    linkEvidence: exitNode,
  }
}

describe('an error is the reason of the actor that it belongs to', () => {
  const faults = {
    'a throw': (ref: FaultyRef) => ref.call.throw(),
    'a rejected promise': (ref: FaultyRef) => ref.call.reject(),
    'a throw in a timer': (ref: FaultyRef) => ref.call.timer(),
    'a throw in a timer that later started': (ref: FaultyRef) => ref.call.timerOfLater(),
    'a throw in an immediate': (ref: FaultyRef) => ref.call.immediate(),
    'an unhandled rejection': (ref: FaultyRef) => ref.call.unhandledRejection(),
    'a throw in an event callback': (ref: FaultyRef) => ref.call.emitter(),
  }
  for (const place of everywhere) {
    test.each(Object.entries(faults))(`${place}: %s`, async (_name, fault) => {
      const { link, monitor, caller, evidence } = await seen(place, fault)
      for (const reason of [link, monitor, caller]) {
        expect(reason).toBeInstanceOf(RangeError)
        expect(reason).toMatchObject({ message: 'thrown', cause: 'a test' })
      }
      expect(evidence).toBeUndefined()
    })
  }
})

describe('an error that belongs to no actor ends its node', () => {
  for (const place of walled) {
    const at = trialOf(place)
    const { faulty, notices, watch } = at
    let count = 0

    /** What is told of a careless actor, and of `neighbours` others on its node. */
    const told = async (neighbours: number) => {
      const id = `careless-${place}-${++count}`
      const isolation = isolationOf(place)
      const ref = await at.system.start(Careless, [], { id, restart: 'temporary', isolation })
      await watch(ref.pid as Pid)
      const pids = [ref.pid as Pid]
      for (let i = 0; i < neighbours; i++) pids.push((await faulty({ coordination: { with: ref } })).pid)
      await ref.call.carelessly()
      return await Promise.all(pids.map((pid) => notices(pid)))
    }

    test(`${place}: with a single actor, which is to blame`, async () => {
      const [{ exit, down, downNode }] = (await told(0)) as [Notices]
      for (const reason of [exit, down, downNode?.error]) {
        expect(reason).toBeInstanceOf(TypeError)
        expect(reason).toMatchObject({ message: 'nobody is to blame', detail: 7 })
      }
      expect(downNode?.cause).toBe('error')
    })

    test(`${place}: with several actors, all of which exit noconnection`, async () => {
      for (const { exit, down, downNode } of await told(1)) {
        expect([exit, down]).toEqual(['noconnection', 'noconnection'])
        expect(downNode).toMatchObject({ cause: 'error', error: { message: 'nobody is to blame' } })
      }
    })
  }
})

describe('one death is told once and restarted once, however many events the platform has for it', () => {
  // A worker that throws emits `error` and then `exit`; a process closes its sockets, its output and itself.
  test.each(walled)('%s', async (place) => {
    const name = `dies-once-${place}`
    const isolation = place === 'process' ? ({ faults: 'contained' } as const) : ({ cpu: 'heavy' } as const)
    const at = trialOf(place)
    const { counts, notices, watch } = at
    await at.system.start(Careless, [], { id: name, name, adapt: false, isolation })
    const first = await at.system.available(name)
    await watch(first)
    await at.system.named(Careless, name).call.carelessly()
    await notices(first)
    const second = await at.system.available(name)
    // The replacement's own end is behind whatever else there was to say of the first.
    await watch(second)
    await at.system.named(Careless, name).call.carelessly()
    await notices(second)
    expect([await counts(first), await counts(second)]).toEqual([
      { exits: 1, downs: 1 },
      { exits: 1, downs: 1 },
    ])
    const explained = await at.system.explain(await at.system.available(name))
    const entry = (await at.system.tree())[0]?.children.find(({ path }) => path === explained.path)
    expect(entry?.restarts).toBe(2)
  })
})

describe('a stuck actor ends with its node', () => {
  const faults = {
    spin: (ref: FaultyRef) => ref.call.spin(),
    circle: (ref: FaultyRef) => ref.call.circle(),
    circleAfterAwait: (ref: FaultyRef) => ref.call.circleAfterAwait(),
    block: (ref: FaultyRef) => ref.call.block(),
  }
  for (const place of walled) {
    test.each(Object.entries(faults))(`${place}: %s`, async (name, fault) => {
      const begun = performance.now()
      const { link, monitor, caller, evidence } = await seen(place, fault)
      const tookMs = performance.now() - begun
      const reason = { stuck: { handler: `Faulty.${name}`, forMs: expect.any(Number) } }
      expect([link, monitor, caller]).toEqual([reason, reason, reason])
      expect(evidence).toMatchObject({ cause: 'stuck', handler: `Faulty.${name}` })
      expect((link as { stuck: { forMs: number } }).stuck.forMs).toBeGreaterThanOrEqual(limitMs)
      expect(tookMs).toBeGreaterThan(limitMs)
    })
  }
})

describe('a node that is stuck outside any handler blames nobody who only happened to run last', () => {
  test.each(walled)('%s', async (place) => {
    const { faulty, notices } = trialOf(place)
    const innocent = await faulty(isolationOf(place))
    const guilty = await faulty({ coordination: { with: innocent.ref } })
    await guilty.ref.call.spinIn(250)
    await innocent.ref.call.whereabouts()
    for (const { pid } of [innocent, guilty]) {
      const { exit, down, downNode } = await notices(pid)
      expect([exit, down]).toEqual(['noconnection', 'noconnection'])
      expect(downNode).toMatchObject({ cause: 'stuck' })
      expect(downNode).not.toHaveProperty('handler')
    }
  })
})

describe('process.exit ends the node', () => {
  for (const place of walled) {
    test.each([3, 0])(`${place}: with code %d`, async (code) => {
      const { link, monitor, caller, evidence, linkEvidence } = await seen(place, (ref) => ref.call.exit(code))
      const reason = { exited: { code } }
      expect([link, monitor, caller]).toEqual([reason, reason, reason])
      expect(evidence).toMatchObject({ cause: 'exited', code })
      expect(linkEvidence).toEqual(evidence)
    })
    test(`${place}: after an await`, async () => {
      const { link, monitor, caller } = await seen(place, (ref) => ref.call.exitAfterAwait(7))
      const reason = { exited: { code: 7 } }
      expect([link, monitor, caller]).toEqual([reason, reason, reason])
    })
  }
})

describe('what the operating system does to a process is told', () => {
  test.each(['SIGKILL', 'SIGSEGV'])('%s from another process', async (signal) => {
    const { link, monitor, caller, evidence } = await seen('process', async (ref) => {
      const { osProcess } = await ref.call.whereabouts()
      const pending = ref.call.silent()
      execFileSync('kill', ['-s', signal.slice(3), String(osProcess)])
      await pending
    })
    const reason = { signaled: { signal } }
    expect([link, monitor, caller]).toEqual([reason, reason, reason])
    expect(evidence).toMatchObject({ cause: 'signaled', signal })
  })

  test('SIGTERM, SIGINT and SIGHUP are not for it: only the root decides', async () => {
    const { ref } = await made.faulty('process')
    const before = await ref.call.whereabouts()
    for (const signal of ['TERM', 'INT', 'HUP']) execFileSync('kill', ['-s', signal, String(before.osProcess)])
    expect(await ref.call.whereabouts()).toEqual(before)
  })

  test('SIGSTOP is stuck', async () => {
    const { link, evidence } = await seen({ faults: 'contained', limits: { handlerMs: limitMs } }, async (ref) => {
      const { osProcess } = await ref.call.whereabouts()
      const pending = ref.call.silent()
      execFileSync('kill', ['-s', 'STOP', String(osProcess)])
      await pending
    })
    expect(link).toMatchObject({ stuck: {} })
    expect(evidence).toMatchObject({ cause: 'stuck' })
  })

  test('abort', async () => {
    const { link, monitor, caller } = await seen('process', (ref) => ref.call.abort())
    const reason = { signaled: { signal: 'SIGABRT' } }
    expect([link, monitor, caller]).toEqual([reason, reason, reason])
  })

  test('a heap bomb is out of memory, with the limit', async () => {
    const { link, monitor, caller, evidence } = await seen({ limits: { heapMb: 64, handlerMs: 60_000 } }, (ref) =>
      ref.call.allocate(),
    )
    const reason = { out_of_memory: { limitMb: 64 } }
    expect([link, monitor, caller]).toEqual([reason, reason, reason])
    expect(evidence).toMatchObject({ cause: 'out_of_memory' })
  })
})
