import { describe, expect, test } from 'vitest'
import { createNode, defineServer, later, refuse, reply } from '../src/index.ts'
import type { Down, Exit, From } from '../src/index.ts'
import { rejection } from '../../../test/support/gate.ts'
import { mailOf, Nodes } from '../../../test/support/nodes.ts'

interface Parts {
  parts: string[]
}
const fresh = (): Parts => ({ parts: ['original'] })
const spoil = (value: unknown): void => {
  ;(value as Parts).parts.push('spoilt')
}

let froms: From<Parts>[] = []
const Keeper = defineServer(import.meta, 'Keeper', {
  init: (_self, given: Parts) => {
    const kept = given
    return { kept, seen: [] as unknown[] }
  },
  calls: {
    spoilGiven: (self) => spoil(self.state.kept),
    keep: (self, value: Parts) => {
      self.state.kept = value
    },
    get: (self) => self.state.kept,
    getLater: () => later<Parts>((from) => froms.push(from)),
    refuse: (self) => refuse(self.state.kept),
  },
  casts: {
    keep: (self, value: Parts) => {
      self.state.kept = value
    },
  },
  info: (self, value) => self.state.seen.push(value),
})

/** Between two actors of one node: no two of them ever share an object (PROC-018). */
describe('changes are invisible to the other side', () => {
  const setUp = async (given = fresh()) => {
    froms = []
    const nodes = new Nodes(createNode)
    const [one, other] = [await nodes.actor(), await nodes.actor()]
    const keeper = await one.start(Keeper, [given])
    return { nodes, one, other, keeper }
  }

  test('of arguments of a start, both ways', async () => {
    const given = fresh()
    const { keeper } = await setUp(given)
    spoil(given)
    expect(await keeper.call.get()).toEqual(fresh())
    await keeper.call.spoilGiven()
    expect(given.parts).toEqual(['original', 'spoilt'])
  })

  test('of messages, after the send and after the receive', async () => {
    const { one, other } = await setUp()
    const message = fresh()
    one.send(other.pid, message)
    spoil(message)
    const [received] = await mailOf(other)
    expect(received).toEqual(fresh())
    spoil(received)
    expect(message.parts).toEqual(['original', 'spoilt'])
  })

  test('of one message sent to several', async () => {
    const { nodes, one, other } = await setUp()
    const third = await nodes.actor()
    const message = fresh()
    one.send(other.pid, message)
    one.send(third.pid, message)
    spoil((await mailOf(other))[0])
    expect(await mailOf(third)).toEqual([fresh()])
  })

  test('of a message to oneself', async () => {
    const { one } = await setUp()
    const message = fresh()
    one.send(one.pid, message)
    spoil(message)
    expect(await mailOf(one)).toEqual([fresh()])
  })

  test('of arguments of calls and casts', async () => {
    const { keeper } = await setUp()
    const called = fresh()
    const calling = keeper.call.keep(called)
    spoil(called)
    await calling
    expect(await keeper.call.get()).toEqual(fresh())
    const cast = fresh()
    keeper.cast.keep(cast)
    spoil(cast)
    expect(await keeper.call.get()).toEqual(fresh())
  })

  test('of replies, of the state behind them, and of refusals', async () => {
    const { keeper } = await setUp()
    spoil(await keeper.call.get())
    expect(await keeper.call.get()).toEqual(fresh())
    spoil(await rejection(keeper.call.refuse()))
    expect(await keeper.call.get()).toEqual(fresh())
  })

  test('of replies given later', async () => {
    const { nodes, keeper } = await setUp()
    const call = keeper.call.getLater()
    await nodes.settled()
    const answer = fresh()
    reply(froms[0]!, answer)
    spoil(answer)
    expect(await call).toEqual(fresh())
  })

  test('of exit reasons, for each of two watchers, two links and two callers', async () => {
    const { nodes, one, other, keeper } = await setUp()
    const reason = fresh()
    for (const self of [one, other]) {
      self.trapExit = true
      self.monitor(keeper.pid!)
      self.link(keeper.pid!)
    }
    const calls = [one, other].map((self) => rejection(self.ref(Keeper, keeper.pid!).call.getLater()))
    await nodes.settled()
    nodes.main.exit(keeper.pid!, reason)
    spoil(reason)
    const [mine, its] = [await mailOf(one), await mailOf(other)] as (Down | Exit)[][]
    const failures = (await Promise.all(calls)) as { reason: unknown }[]
    for (const each of mine!) spoil(each.reason)
    spoil(failures[0]!.reason)
    expect(its!.map((each) => each.reason)).toEqual([fresh(), fresh()])
    expect(failures[1]!.reason).toEqual(fresh())
  })

  test('of an error that ends an actor: what telemetry or the actor keeps of it is not what others hear', async () => {
    const { nodes, one } = await setUp()
    const error = Object.assign(new Error('boom'), fresh())
    const ref = one.monitor(await nodes.main.spawn(() => new Promise(() => undefined), { name: 'thrower' }))
    nodes.main.exit('thrower', error)
    spoil(error)
    const [down] = (await mailOf(one)) as Down[]
    expect(down).toMatchObject({ ref, reason: { message: 'boom', parts: ['original'] } })
    expect(down?.reason).not.toBe(error)
  })

  test('of the evidence of a node’s end', async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const [one, other, far] = [await nodes.actor(), await nodes.actor(), await nodes.actor(2)]
    for (const self of [one, other]) {
      self.trapExit = true
      self.monitor(far.pid)
      self.link(far.pid)
      self.monitorNode(2)
    }
    await nodes.settled()
    nodes.crash(2, { evidence: { node: 2, domain: 'test.2', cause: 'exited', code: 3, output: ['last words'] } })
    await nodes.pass(2_000)
    const evidenceOf = (notice: unknown): { output: string[] } =>
      ((notice as { evidence?: unknown }).evidence ?? (notice as Down).node) as { output: string[] }
    const [mine, its] = [await mailOf(one), await mailOf(other)]
    expect([mine.length, its.length]).toEqual([3, 3])
    for (const each of mine) evidenceOf(each).output.push('spoilt')
    for (const each of its) expect(evidenceOf(each).output).toEqual(['last words'])
  })
})

describe('buffers', () => {
  test('a typed array is copied: the sender’s bytes are its own', async () => {
    const nodes = new Nodes(createNode)
    const [one, other] = [await nodes.actor(), await nodes.actor()]
    const bytes = Uint8Array.of(1, 2, 3)
    one.send(other.pid, bytes)
    bytes.fill(9)
    const [received] = (await mailOf(other)) as Uint8Array[]
    expect([...received!]).toEqual([1, 2, 3])
    received!.fill(7)
    expect([...bytes]).toEqual([9, 9, 9])
  })

  test('two receivers of one buffer have one each', async () => {
    const nodes = new Nodes(createNode)
    const [one, other, third] = [await nodes.actor(), await nodes.actor(), await nodes.actor()]
    const bytes = Uint8Array.of(1, 2, 3)
    for (const self of [other, third]) one.send(self.pid, { bytes })
    const [first] = (await mailOf(other)) as { bytes: Uint8Array }[]
    first!.bytes.fill(7)
    expect(await mailOf(third)).toEqual([{ bytes: Uint8Array.of(1, 2, 3) }])
  })

  test('a received buffer holds its bytes and no more: nothing of the pool it was read from', async () => {
    const nodes = new Nodes(createNode)
    const [one, other] = [await nodes.actor(), await nodes.actor()]
    const secret = 'a secret of another actor'
    for (let i = 0; i < 50; i++) {
      one.send(one.pid, { secret })
      one.send(other.pid, { bytes: new Uint8Array(8).fill(i), buffer: new Uint8Array(4).fill(i).buffer })
    }
    for (const [i, message] of ((await mailOf(other)) as { bytes: Uint8Array; buffer: ArrayBuffer }[]).entries()) {
      expect(message.bytes.buffer.byteLength).toBe(8)
      expect(message.bytes.byteOffset).toBe(0)
      expect([...new Uint8Array(message.buffer)]).toEqual([i, i, i, i])
    }
  })

  test('later messages do not change what an earlier one holds', async () => {
    const nodes = new Nodes(createNode)
    const [one, other] = [await nodes.actor(), await nodes.actor()]
    one.send(other.pid, new Uint8Array(64).fill(1))
    const [first] = (await mailOf(other)) as Uint8Array[]
    for (let i = 0; i < 1_000; i++) one.send(other.pid, new Uint8Array(64).fill(2))
    await mailOf(other)
    expect(new Set(first)).toEqual(new Set([1]))
  })

  test('a SharedArrayBuffer is shared, and a transferred ArrayBuffer is moved', async () => {
    const nodes = new Nodes(createNode)
    const [one, other] = [await nodes.actor(), await nodes.actor()]
    const shared = new Int32Array(new SharedArrayBuffer(8))
    const moved = new ArrayBuffer(16)
    one.send(other.pid, { shared, moved }, { transfer: [moved] })
    const [received] = (await mailOf(other)) as { shared: Int32Array; moved: ArrayBuffer }[]
    received!.shared[0] = 42
    expect(shared[0]).toBe(42)
    expect(received!.moved.byteLength).toBe(16)
    expect(moved.byteLength).toBe(0)
  })
})
