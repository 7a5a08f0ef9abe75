import { describe, expect, test } from 'vitest'
import { createNode, defineActor, defineServer, P, sys } from '../src/index.ts'
import type { ActorRef, Pid } from '../src/index.ts'
import { BoundRef } from '../src/actor/actor-ref.ts'
import { ask } from '../src/messaging/call.ts'
import { gate, rejection, watched } from '../../../test/support/gate.ts'
import { mailOf, Nodes } from '../../../test/support/nodes.ts'

const Opaque = defineServer(import.meta, 'Opaque', {
  init: () => ({ socket: { end: () => undefined } }),
  calls: { ping: () => 'pong' },
  formatState: () => {
    throw new Error('no')
  },
})

/** Takes numbers in a receive of its own while a call of it waits. */
const Nested = defineServer(import.meta, 'Nested', {
  init: () => ({ taken: [] as number[] }),
  calls: {
    take: async (self) => {
      self.state.taken.push(await self.receive((on) => on.with(P.number, (n) => n)))
      return 'taken'
    },
    taken: (self) => self.state.taken,
  },
})

const Waiter = defineActor(import.meta, 'Waiter', async (self, to: Pid) => {
  for (;;) await self.receive((on) => on.with('never', () => undefined).after(100, () => self.send(to, 'quiet')))
})

const setUp = async () => {
  const nodes = new Nodes(createNode)
  return { nodes, main: nodes.main }
}

/** A request as another version of this package might send it. */
function rawRequest(ref: ActorRef, body: readonly unknown[]): Promise<unknown> {
  const { sender, address } = BoundRef.senderOf(ref)
  return ask(sender, 'system', address, 'sys.raw', body, Infinity)
}

describe('a trace', () => {
  test('writes what a server takes and answers to the log, until it is switched off (SRV-051)', async () => {
    const { nodes, main } = await setUp()
    const server = await main.start(Nested, [])
    await sys.trace(server, true)
    expect(await server.call.taken()).toEqual([])
    expect(nodes.log).toMatchObject([
      {
        level: 'info',
        text: expect.stringContaining('Nested got call ["taken"]'),
        pid: server.pid,
        data: { event: 'in' },
      },
      { level: 'info', text: expect.stringContaining('Nested sent reply []'), data: { event: 'out', reply: [] } },
    ])
    await sys.trace(server, false)
    await server.call.taken()
    expect(nodes.log).toHaveLength(2)
  })
})

describe('what cannot be shown', () => {
  test('a state that cannot be sent is an error of whoever asks; the server lives on (SRV-048)', async () => {
    const { main, nodes } = await setUp()
    const opaque = await main.start(Opaque, [])
    for (const asked of [sys.getState(opaque), sys.replaceState(opaque, (state) => state)])
      expect(await rejection(asked)).toMatchObject({ code: 'not_sendable' })
    expect(await opaque.call.ping()).toBe('pong')
    expect(nodes.crashes).toEqual([])
  })

  test('a format that fails shows nothing of the state (SRV-052)', async () => {
    const { main } = await setUp()
    const opaque = await main.start(Opaque, [])
    expect((await sys.getStatus(opaque)).state).toBe('formatState failed')
  })
})

describe('what a format makes of a state', () => {
  test.each<[string, () => unknown]>([
    ['a function', () => () => 'password'],
    ['a symbol', () => Symbol('password')],
    ['a promise', async () => 'password'],
    ['an error, thrown', () => fail()],
    ['an error, later', async () => fail()],
  ])('%s is nothing that could be shown, and nothing of it is (SRV-052)', async (_, formatState) => {
    const { main, nodes } = await setUp()
    const Wrong = defineServer({ url: `${import.meta.url}?${_}` }, 'Wrong', {
      init: () => 'password',
      calls: { ping: () => 'pong' },
      formatState,
    })
    const wrong = await main.start(Wrong, [])
    expect((await sys.getStatus(wrong)).state).toBe('formatState failed')
    expect(await wrong.call.ping()).toBe('pong')
    await nodes.settled()
    expect(nodes.crashes).toEqual([])
  })

  test('what cannot be sent of a status is printed', async () => {
    const { main } = await setUp()
    const Holder = defineServer(import.meta, 'Holder', { init: () => ({ close: () => undefined, port: 80 }) })
    expect((await sys.getStatus(await main.start(Holder, []))).state).toBe('{ close: [function close], port: 80 }')
  })
})

function fail(): never {
  throw new Error('no')
}

describe('an event', () => {
  test('of an answer, or of none, has the state after it, as it may be shown and as it was then (SRV-051)', async () => {
    const { main, nodes } = await setUp()
    const observer = await nodes.actor()
    const Till = defineServer(import.meta, 'Till', {
      init: () => ({ coins: 0, key: 'secret' }),
      calls: { put: ({ state }, n: number) => (state.coins += n) },
      casts: { put: ({ state }, n: number) => void (state.coins += n) },
      formatState: ({ coins }) => ({ coins }),
    })
    const till = await main.start(Till, [])
    await sys.install(till, observer.pid)
    await till.call.put(1)
    till.cast.put(2)
    await nodes.settled()
    expect((await mailOf(observer)).filter((event) => (event as { event: string }).event !== 'in')).toEqual([
      { event: 'out', kind: 'reply', to: main.pid, reply: 1, state: { coins: 1 } },
      { event: 'noreply', state: { coins: 3 } },
    ])
  })
})

describe('a request that no version knows', () => {
  test.each([[[]], [['explode']], [['toString', 1]], [[{ deep: 1 }, 2]]])('%j is refused', async (body) => {
    const { main, nodes } = await setUp()
    const server = await main.start(Nested, [])
    expect(await rejection(rawRequest(server, body))).toMatchObject({ code: 'undefined_request' })
    expect(await server.call.taken()).toEqual([])
    expect(nodes.crashes).toEqual([])
  })

  test('nobody but its holder replaces a state', async () => {
    const { main } = await setUp()
    const server = await main.start(Nested, [])
    expect(await rejection(rawRequest(server, ['replace_state', 5, { taken: [1] }]))).toMatchObject({
      code: 'no_state',
    })
    expect(await server.call.taken()).toEqual([])
  })
})

describe('when', () => {
  test('a server answers between two handlers, not while one of them waits in a receive', async () => {
    const { nodes, main } = await setUp()
    const server = await main.start(Nested, [])
    const taking = server.call.take()
    const state = watched(sys.getState(server))
    await nodes.settled()
    expect(state.state).toBe('pending')
    main.send(server.pid!, 7)
    await nodes.settled()
    expect(await taking).toBe('taken')
    expect(state.value).toEqual({ taken: [7] })
  })

  test('a receive of a suspended actor does not run out of time; it has its full time again afterwards', async () => {
    const { nodes, main } = await setUp()
    const self = await nodes.actor()
    const waiter = await main.start(Waiter, [self.pid])
    const heard = async () => (await self.info(self.pid, ['messages']))?.messages
    await nodes.pass(60)
    await sys.suspend(waiter)
    await nodes.pass(1_000)
    expect(await heard()).toEqual([])
    await sys.resume(waiter)
    await nodes.pass(99)
    expect(await heard()).toEqual([])
    await nodes.pass(1)
    expect(await heard()).toEqual(['quiet'])
  })

  test('a request that its sender has given up does not hold the server', async () => {
    const { nodes, main } = await setUp()
    const server = await main.start(Nested, [])
    const taking = server.call.take()
    const replacing = watched(sys.replaceState(server.within(10), (state) => state))
    await nodes.pass(10)
    expect(replacing).toMatchObject({ state: 'rejected', value: { code: 'timeout' } })
    main.send(server.pid!, 7)
    await nodes.settled()
    expect(await taking).toBe('taken')
    expect(await server.call.taken()).toEqual([7])
  })

  test('one that is suspended and whose state is replaced stays suspended, and still does what was asked meanwhile', async () => {
    const { nodes, main } = await setUp()
    const server = await main.start(Nested, [])
    await sys.suspend(server)
    const hold = gate()
    const replacing = sys.replaceState(server, async (state: { taken: number[] }) => {
      await hold.opened
      return { taken: [...state.taken, 1] }
    })
    await nodes.settled()
    const [asked, status] = [watched(server.call.taken()), watched(sys.getStatus(server))]
    await nodes.settled()
    expect([asked.state, status.state]).toEqual(['pending', 'pending'])
    hold.open()
    expect(await replacing).toEqual({ taken: [1] })
    await nodes.settled()
    expect([asked.state, status.value]).toMatchObject(['pending', { status: 'suspended' }])
    await sys.resume(server)
    await nodes.settled()
    expect(asked.value).toEqual([1])
  })
})

describe('wrong uses say what to do', () => {
  test.each<[string, (ref: ActorRef) => unknown, RegExp]>([
    ['a pid in place of a reference', (ref) => sys.suspend(ref.pid as never), /^ref is .*self\.ref/],
    ['trace', (ref) => sys.trace(ref, 'yes' as never), /^on is "yes"/],
    ['statistics', (ref) => sys.statistics(ref, 1 as never), /^on is 1/],
    ['log', (ref) => sys.log(ref, 0), /^keep is 0/],
    ['install', (ref) => sys.install(ref, 'me' as never), /^to is "me"/],
    ['replaceState', (ref) => sys.replaceState(ref, 5 as never), /^change is 5/],
    ['stop', (ref) => sys.stop(ref, 'normal', -1), /^within is -1/],
  ])('%s', async (_, use, message) => {
    const { main } = await setUp()
    const server = await main.start(Nested, [])
    const error = await rejection((async () => use(server))())
    expect(error).toMatchObject({ code: 'invalid_option', message: expect.stringMatching(message) })
  })
})
