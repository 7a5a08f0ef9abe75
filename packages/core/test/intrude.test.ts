import { describe, expect, test } from 'vitest'
import { CallFailed, createNode, defineActor, defineServer, NotLoadable, P } from '../src/index.ts'
import type { ActorSelf, Behaviour, MonitorRef, Pid } from '../src/index.ts'
import { gate, rejection, watched } from '../../../test/support/gate.ts'
import type { Gate } from '../../../test/support/gate.ts'
import { mailOf, Nodes } from '../../../test/support/nodes.ts'

let hold: Gate = gate()
let order: string[] = []

const Counter = defineServer(import.meta, 'Counter', {
  init: () => 0,
  calls: { add: (self) => (self.state += 1), slow: () => hold.opened },
  casts: { note: (_self, text: string) => void order.push(text) },
  terminate: () => void order.push('terminate'),
})
const Reader = defineActor(import.meta, 'Reader', async (self) => {
  for (;;) await self.receive((on) => on.with(P.string, (text) => order.push(text)))
})
const Throws = defineActor(import.meta, 'throws', () => {
  throw new RangeError('from outside')
})
const Rejects = defineActor(import.meta, 'rejects', () => Promise.reject(new RangeError('from outside')))
const Exits = defineActor(import.meta, 'exits', (self) => self.exit('from outside'))
const Notes = defineActor(import.meta, 'notes', (self, text: string) => void order.push(`${text} as ${self.path}`))
const Waits = defineActor(import.meta, 'waits', async () => {
  await hold.opened
  order.push('done')
})

/** A node with somebody who watches one actor of each kind. */
async function setUp(kind: 'server' | 'function') {
  hold = gate()
  order = []
  const nodes = new Nodes(createNode)
  const observer = await nodes.actor()
  const options = { id: 'victim' }
  const { pid } = await (kind === 'server'
    ? nodes.main.start(Counter, [], options)
    : nodes.main.start(Reader, [], options))
  const monitor = observer.monitor(pid as Pid)
  await nodes.settled()
  const intrude = (code: Behaviour<never>, ...args: unknown[]): Promise<void> =>
    nodes.root.intrude(Number(/(\d+)>$/.exec(pid ?? '')?.[1]), code, args)
  return { nodes, observer, monitor, pid: pid as Pid, intrude }
}

async function downOf(nodes: Nodes, observer: ActorSelf, ref: MonitorRef): Promise<unknown> {
  await nodes.settled()
  return (await mailOf(observer)).find((mail) => (mail as { ref?: MonitorRef }).ref === ref)
}

for (const kind of ['server', 'function'] as const)
  describe(`what a ${kind} is made to do`, () => {
    test.each([
      ['throws', Throws],
      ['rejects', Rejects],
    ])('and %s is its own crash', async (_name, code) => {
      const { nodes, observer, monitor, intrude } = await setUp(kind)
      void intrude(code)
      expect(await downOf(nodes, observer, monitor)).toMatchObject({ reason: { message: 'from outside' } })
      expect(nodes.crashes).toMatchObject([{ path: '/victim', handler: code.name, reason: { name: 'RangeError' } }])
    })

    test('is done as itself: with its self, and self.exit ends it', async () => {
      const { nodes, observer, monitor, intrude } = await setUp(kind)
      await intrude(Notes, 'at work')
      expect(order).toEqual(['at work as /victim'])
      void intrude(Exits)
      expect(await downOf(nodes, observer, monitor)).toMatchObject({ reason: 'from outside' })
    })

    test('comes behind what was sent before, and before what is sent later; nothing is taken until it is done', async () => {
      const { nodes, pid, intrude } = await setUp(kind)
      const send = (text: string): unknown =>
        kind === 'server' ? nodes.main.ref(Counter, pid).cast.note(text) : nodes.main.send(pid, text)
      send('before')
      const done = watched(intrude(Waits))
      send('after')
      await nodes.settled()
      expect(order).toEqual(['before'])
      expect(done.state).toBe('pending')
      hold.open()
      await nodes.settled()
      expect(order).toEqual(['before', 'done', 'after'])
      expect(done.state).toBe('resolved')
    })

    test('does not keep a kill waiting, and what is left of it ends nothing', async () => {
      const { nodes, observer, monitor, pid, intrude } = await setUp(kind)
      const done = watched(intrude(Waits))
      await nodes.settled()
      nodes.main.exit(pid, 'kill')
      expect(await downOf(nodes, observer, monitor)).toMatchObject({ reason: 'killed' })
      hold.open()
      await nodes.settled()
      expect(done.state).toBe('resolved')
      expect(nodes.exits).toHaveLength(1)
    })
  })

test('a server’s terminate runs when it is made to throw, as with any crash of a handler', async () => {
  const { nodes, intrude } = await setUp('server')
  void intrude(Throws)
  await nodes.settled()
  expect(order).toEqual(['terminate'])
})

test('a server that handles a call is not disturbed in it', async () => {
  const { nodes, pid, intrude } = await setUp('server')
  const reply = watched(nodes.main.ref(Counter, pid).call.slow())
  await nodes.settled()
  void intrude(Notes, 'later')
  await nodes.settled()
  expect(order).toEqual([])
  hold.open()
  await nodes.settled()
  expect(reply.state).toBe('resolved')
  expect(order).toEqual(['later as /victim'])
})

describe('nobody is hurt', () => {
  test('who is not there', async () => {
    const { nodes, pid, intrude } = await setUp('server')
    nodes.main.exit(pid, 'kill')
    await nodes.settled()
    const error = await rejection(intrude(Notes, 'x'))
    expect(error).toBeInstanceOf(CallFailed)
    expect(error).toMatchObject({ code: 'noproc', target: pid })
  })

  test('by the node’s own actor being meant', async () => {
    const { nodes } = await setUp('server')
    expect(await rejection(nodes.root.intrude(0, Notes, ['x']))).toMatchObject({ code: 'noproc' })
  })

  test('with what is no function of self', async () => {
    const { intrude } = await setUp('server')
    expect(await rejection(intrude(Counter as never))).toBeInstanceOf(NotLoadable)
  })

  test('with what cannot be loaded', async () => {
    const { intrude } = await setUp('server')
    const missing = { url: 'file:///nowhere.ts', key: 'file:///nowhere.ts#x', name: 'x' }
    expect(await rejection(intrude(missing as never))).toMatchObject({ message: expect.stringContaining('nowhere.ts') })
  })
})
