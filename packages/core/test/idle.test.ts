import { describe, expect, test } from 'vitest'
import { andContinue, andTimeout, createNode, defineServer, IdleTimeout, sys } from '../src/index.ts'
import type { ActorRef, Server } from '../src/index.ts'
import { gate } from '../../../test/support/gate.ts'
import type { Gate } from '../../../test/support/gate.ts'
import { Nodes } from '../../../test/support/nodes.ts'

type Heard = (string | number)[]

/** Notes when it was idle, and what else came. */
const Idler = defineServer(import.meta, 'Idler', {
  init: (_self, ms?: number) => {
    const heard: Heard = []
    return ms === undefined ? heard : andTimeout(heard, ms)
  },
  calls: {
    wait: (_self, ms: number) => andTimeout('reply', ms),
    heard: (self) => [...self.state],
    further: () => andContinue('reply', 50),
    pause: async (_self, until: number) => {
      await gates.get(until)?.opened
      return andTimeout('paused', 10)
    },
  },
  casts: {
    wait: (_self, ms: number) => andTimeout(undefined, ms),
    note: (self, what: string) => void self.state.push(what),
  },
  continue: (_self, ms: number) => andTimeout(undefined, ms),
  info: (self, message) => {
    self.state.push(message instanceof IdleTimeout ? message.ms : String(message))
    return message === 'wait on' ? andTimeout(undefined, 10) : undefined
  },
})
type Idling = ActorRef<typeof Idler extends Server<never, infer P> ? P : never>

const gates = new Map<number, Gate>()

const setUp = async (ms?: number) => {
  const nodes = new Nodes(createNode)
  const ref: Idling = await nodes.main.start(Idler, [ms])
  await nodes.settled()
  /** What it heard, without a message that would end its wait. */
  const heard = async (): Promise<Heard> => {
    const state = sys.getState(ref) as Promise<Heard>
    await nodes.settled()
    return state
  }
  return { nodes, ref, heard }
}

describe('an idle timeout', () => {
  test('comes to info when nothing came in time, once (SRV-033)', async () => {
    const { nodes, ref, heard } = await setUp()
    expect(await ref.call.wait(100)).toBe('reply')
    await nodes.pass(99)
    const before = nodes.root.snapshot().actors[0]?.mailbox.count
    await nodes.pass(1)
    expect([before, await heard()]).toEqual([0, [100]])
    await nodes.pass(1_000)
    expect(await heard()).toEqual([100])
  })

  test('may be asked for by init, a cast, info and continue', async () => {
    const { nodes, ref, heard } = await setUp(30)
    await nodes.pass(30)
    ref.cast.wait(40)
    await nodes.settled()
    await nodes.pass(40)
    await ref.call.further()
    await nodes.settled()
    await nodes.pass(50)
    nodes.main.send(ref.pid!, 'wait on')
    await nodes.settled()
    await nodes.pass(10)
    expect(await heard()).toEqual([30, 40, 50, 'wait on', 10])
  })

  test('is cancelled by whatever comes, also by what no handler takes notice of (SRV-033)', async () => {
    const { nodes, ref, heard } = await setUp()
    for (const come of [
      () => ref.cast.note('cast'),
      () => nodes.main.send(ref.pid!, 'message'),
      () => ref.call.heard(),
    ]) {
      await ref.call.wait(100)
      await nodes.pass(60)
      void come()
      await nodes.settled()
      await nodes.pass(1_000)
    }
    expect(await heard()).toEqual(['cast', 'message'])
  })

  test('of 0 loses to what is queued already (SRV-034)', async () => {
    const { nodes, ref, heard } = await setUp()
    ref.cast.wait(0)
    ref.cast.note('queued')
    await nodes.pass(1)
    expect(await heard()).toEqual(['queued'])
    ref.cast.wait(0)
    await nodes.pass(1)
    expect(await heard()).toEqual(['queued', 0])
  })

  test('begins anew, for its full time, after a system request (SRV-035)', async () => {
    const { nodes, ref, heard } = await setUp()
    await ref.call.wait(100)
    await nodes.pass(60)
    expect(await heard()).toEqual([])
    await nodes.pass(99)
    const waits = nodes.root.snapshot().actors[0]?.handler
    await nodes.pass(1)
    expect(await heard()).toEqual([100])
    expect(waits).toBe('Idler.wait')
  })

  test('stands still while the server is suspended', async () => {
    const { nodes, ref, heard } = await setUp()
    await ref.call.wait(100)
    await sys.suspend(ref)
    await nodes.pass(1_000)
    expect(await heard()).toEqual([])
    await sys.resume(ref)
    await nodes.pass(100)
    expect(await heard()).toEqual([100])
  })

  test('counts from the end of a handler that awaits', async () => {
    const { nodes, ref, heard } = await setUp()
    gates.set(1, gate())
    const paused = ref.call.pause(1)
    await nodes.pass(1_000)
    gates.get(1)!.open(undefined)
    expect(await paused).toBe('paused')
    await nodes.pass(10)
    expect(await heard()).toEqual([10])
  })

  test('ends with its actor', async () => {
    const { nodes, ref } = await setUp(100)
    await sys.stop(ref)
    await nodes.pass(1_000)
    expect(nodes.log).toEqual([])
    expect(nodes.crashes).toEqual([])
  })

  test.each([-1, Number.NaN, '5' as never])('of %s is an error of whoever asks for it', (ms) => {
    expect(() => andTimeout(0, ms)).toThrow(/^ms is/)
  })
})
