import { describe, expect, test } from 'vitest'
import { createNode, defineActor, defineServer, P } from '../src/index.ts'
import type { Pid } from '../src/index.ts'
import { watched } from '../../../test/support/gate.ts'
import { mailOf, Nodes } from '../../../test/support/nodes.ts'

const LIMIT = 4 * 1024
const load = 'x'.repeat(LIMIT)

const logs = new Map<string, string[]>()

/** Each handler notes that it ran. */
const Sender = defineServer(import.meta, 'Sender', {
  isolation: 'inline',
  init: (_self, log: string) => logs.get(log)!,
  casts: {
    flood: (self, to: Pid) => {
      self.state.push(`flood ${self.send(to, load)}`)
    },
    next: (self) => void self.state.push('next'),
  },
})

/** An actor of node 2 whose node takes no bytes until it thaws, and a sender on node 1. */
async function setUp() {
  const nodes = new Nodes(createNode, { ids: [1, 2], highWaterBytes: LIMIT, node: { highWaterBytes: LIMIT } })
  const [far, notes] = [await nodes.actor(2), [] as string[]]
  logs.set('now', notes)
  const sender = await nodes.main.start(Sender, ['now'])
  nodes.main.send(far.pid, 'connect')
  await nodes.settled()
  await mailOf(far)
  nodes.freeze(2)
  return { nodes, far, sender, notes }
}

describe('while the queue of its node to a peer is over the limit, an actor', () => {
  test('gets no next message; it goes on when the queue has drained, and nothing is lost', async () => {
    const { nodes, far, sender, notes } = await setUp()
    sender.cast.flood(far.pid)
    for (let i = 0; i < 3; i++) sender.cast.next()
    await nodes.settled()
    expect(notes).toEqual(['flood false'])
    expect(nodes.root.snapshot().actors).toMatchObject([{ status: 'suspended', mailbox: { count: 3 } }])
    nodes.thaw(2)
    await nodes.settled()
    expect(notes).toEqual(['flood false', 'next', 'next', 'next'])
    expect(await mailOf(far)).toEqual([load])
  })

  test('gets none by receive either', async () => {
    const { nodes, far } = await setUp()
    const taken: number[] = []
    const Taker = defineActor({ url: import.meta.url }, 'Taker', async (self, to: Pid) => {
      await self.receive((on) => on.with('go', () => undefined))
      self.send(to, load)
      for (;;) await self.receive((on) => on.with(P.number, (n) => void taken.push(n)))
    })
    const taker = (await nodes.main.start(Taker, [far.pid], { isolation: 'inline' })).pid!
    // What lies in its mailbox already is not taken either.
    for (const message of [0, 1, 'go', 2]) nodes.main.send(taker, message)
    await nodes.settled()
    expect(taken).toEqual([])
    nodes.thaw(2)
    await nodes.settled()
    expect(taken).toEqual([0, 1, 2])
  })

  test('leaves its neighbours alone: whoever sends nothing there is not held up', async () => {
    const { nodes, far, sender } = await setUp()
    const other = await nodes.actor()
    sender.cast.flood(far.pid)
    await nodes.settled()
    nodes.main.send(other.pid, 'to a neighbour')
    expect(await mailOf(other)).toEqual(['to a neighbour'])
  })

  test('can be killed', async () => {
    const { nodes, far, sender } = await setUp()
    sender.cast.flood(far.pid)
    sender.cast.next()
    await nodes.settled()
    nodes.main.exit(sender.pid!, 'kill')
    expect(await nodes.main.isAlive(sender.pid!)).toBe(false)
  })

  test('goes on when that peer is gone', async () => {
    const { nodes, far, sender, notes } = await setUp()
    sender.cast.flood(far.pid)
    sender.cast.next()
    await nodes.settled()
    nodes.crash(2)
    await nodes.pass(2_000)
    expect(notes).toEqual(['flood false', 'next'])
  })
})

describe('drained, of an actor of another node', () => {
  test('waits until the queue to that node has drained', async () => {
    const { nodes, far } = await setUp()
    const self = await nodes.actor()
    expect(self.send(far.pid, load)).toBe(false)
    const drained = watched(self.drained(far.pid))
    await nodes.settled()
    expect(drained.state).toBe('pending')
    nodes.thaw(2)
    await nodes.settled()
    expect(drained.state).toBe('resolved')
  })

  test('waits for nothing below the limit', async () => {
    const { nodes, far } = await setUp()
    const self = await nodes.actor()
    expect(self.send(far.pid, 'little')).toBe(true)
    const drained = watched(self.drained(far.pid))
    await nodes.settled()
    expect(drained.state).toBe('resolved')
  })

  test('waits no longer than that node lives', async () => {
    const { nodes, far } = await setUp()
    const self = await nodes.actor()
    self.send(far.pid, load)
    const drained = watched(self.drained(far.pid))
    nodes.crash(2)
    await nodes.pass(2_000)
    expect(drained.state).toBe('resolved')
  })
})
