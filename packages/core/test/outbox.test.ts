import { describe, expect, test } from 'vitest'
import { createNode, defineServer } from '../src/index.ts'
import type { ActorSelf } from '../src/index.ts'
import { mailOf, Nodes, PROCESS, THREAD } from '../../../test/support/nodes.ts'

const KiB = 1024
const highWaterBytes = 64 * KiB

/** Two nodes whose connection is asked for and does not come before `connect` says so; PROCESS shares no memory. */
function apart(other: number): { nodes: Nodes; connect: () => void } {
  const asked: number[] = []
  const host = { connect: (peer: number) => void asked.push(peer), shares: () => other !== PROCESS }
  const nodes = new Nodes(createNode, { ids: [1, other], highWaterBytes, host, node: { highWaterBytes } })
  return { nodes, connect: () => asked.splice(0).forEach((peer) => nodes.connect(1, peer)) }
}

/** Sends 16 KiB at each message. */
const Sender = defineServer(import.meta, 'Sender', {
  init: (self, to: string) => ({ to, sent: 0 }),
  info: (self) => {
    self.state.sent++
    self.send(self.state.to, new Uint8Array(16 * KiB))
  },
  calls: { sent: (self) => self.state.sent, share: (_self, memory: SharedArrayBuffer) => memory.byteLength },
})

describe('what waits for a connection', () => {
  const far = async (nodes: Nodes, id: number): Promise<ActorSelf> => await nodes.actor(id)

  test('counts: send returns false, and the sender gets no next message until it has left', async () => {
    const { nodes, connect } = apart(THREAD)
    const receiver = await far(nodes, THREAD)
    const sender = await nodes.main.start(Sender, [receiver.pid], { isolation: 'inline' })
    for (let i = 0; i < 10; i++) nodes.main.send(sender, i)
    await nodes.settled()
    expect(nodes.root.snapshot().actors.find(({ pid }) => pid === sender.pid)).toMatchObject({
      status: 'suspended',
      mailbox: { count: 6 },
    })
    const drained = nodes.main.drained(receiver.pid).then(() => 'drained')
    expect(await Promise.race([drained, nodes.settled()])).toBe(undefined)
    connect()
    await nodes.settled()
    expect(await drained).toBe('drained')
    expect(await mailOf(receiver)).toHaveLength(10)
    expect(await sender.call.sent()).toBe(10)
  })

  test('is a dead letter each when the node ends before there is one', async () => {
    const { nodes } = apart(THREAD)
    const receiver = await far(nodes, THREAD)
    for (let i = 0; i < 3; i++) nodes.main.send(receiver.pid, i)
    const call = nodes.main.ref(Sender, receiver.pid).call.sent()
    nodes.crash(THREAD)
    await expect(call).rejects.toMatchObject({ code: 'noconnection' })
    expect(nodes.deadLetters.map(({ why }) => why)).toEqual(Array(4).fill('noconnection'))
  })

  test('cannot share memory with a process: an error at the sender, from the first message on', async () => {
    const { nodes } = apart(PROCESS)
    const receiver = await far(nodes, PROCESS)
    const shared = new SharedArrayBuffer(8)
    expect(() => nodes.main.send(receiver.pid, { shared })).toThrow(/message\.shared is a SharedArrayBuffer/)
    await expect(nodes.main.ref(Sender, receiver.pid).call.share(shared)).rejects.toMatchObject({
      code: 'not_sendable',
    })
  })

  test('keeps its order when buffers are moved to a process: each arrives, copied', async () => {
    const { nodes, connect } = apart(PROCESS)
    const receiver = await far(nodes, PROCESS)
    const buffers = [1, 2, 3].map((byte) => Uint8Array.of(byte).buffer)
    for (const buffer of buffers) nodes.main.send(receiver.pid, buffer, { transfer: [buffer] })
    connect()
    await nodes.settled()
    const last = Uint8Array.of(4).buffer
    nodes.main.send(receiver.pid, last, { transfer: [last] })
    await nodes.settled()
    expect(((await mailOf(receiver)) as ArrayBuffer[]).map((buffer) => new Uint8Array(buffer)[0])).toEqual([1, 2, 3, 4])
    expect([...buffers, last].map(({ detached }) => detached)).toEqual([true, true, true, true])
  })
})

test('a node that is lost without a verdict is to be ended: nobody else may go on with it', async () => {
  const nodes = new Nodes(createNode, { ids: [1, THREAD] })
  const receiver = await nodes.actor(THREAD)
  nodes.main.send(receiver.pid, 1)
  await nodes.settled()
  nodes.connection(THREAD, 1).cut()
  await nodes.settled()
  expect(nodes.ended).toEqual([])
  await nodes.pass(250)
  expect(nodes.ended).toContainEqual({ node: THREAD, why: expect.objectContaining({ cause: 'unknown' }) })
})

describe('wrong ties and counts are errors of the starter, not of the node', () => {
  test.each([
    ['restarts', -1],
    ['restarts', 'many'],
    ['restarts', 0.5],
    ['link', 'yes'],
    ['monitor', 1],
  ])('%s: %s', async (field, value) => {
    const nodes = new Nodes(createNode)
    const start = nodes.main.start(Sender, ['nobody'], { [field]: value, isolation: 'inline' } as never)
    await expect(start).rejects.toMatchObject({ code: 'invalid_option', message: expect.stringContaining(field) })
  })
})
