// Messages and calls within one event loop, as erlang/anchor_messages.erl: node programs/inline.ts WHAT N
import { defineServer, later, reply, start } from 'bulkhead'
import type { ActorRef, ActorSelf, From, Pid, Server } from 'bulkhead'
import { cost } from '../stats.ts'
import { Sink } from './sink.ts'

type SinkRef = ActorRef<{ casts: { take: (order: { readonly id: number }) => void }; calls: { handled: () => number } }>

export const Callee = defineServer(import.meta, 'Callee', {
  init: () => 0,
  calls: {
    echo: (self, request: { readonly id: number; readonly text: string }) => {
      self.state++
      return request
    },
    handled: (self) => self.state,
  },
})

/** Calls so often, with so many calls open at a time. */
export const Caller = defineServer(import.meta, 'Caller', {
  init: (self, pid: Pid) => self.ref(Callee, pid),
  calls: {
    run: async ({ state: callee }, n: number, open: number) => {
      const request = { id: n, text: 'hello' }
      const inTurn = async (): Promise<void> => {
        for (let left = n / open; left > 0; left--) await callee.call.echo(request)
      }
      await Promise.all(Array.from({ length: open }, inTurn))
    },
  },
})

/** Casts so many orders to some actors by turns, and waits whenever the way to one is congested. */
async function flood(self: ActorSelf, sinks: readonly SinkRef[], n: number): Promise<void> {
  const order = { id: n, name: `actor-${n}`, kind: 'order', price: n / 7, qty: n * 3 }
  for (let id = n, next = 0; id > 0; id--) {
    const sink = sinks[next] as SinkRef
    next = next + 1 === sinks.length ? 0 : next + 1
    if (!sink.cast.take({ ...order, id })) await self.drained(sink)
  }
}

export const Producer = defineServer(import.meta, 'Producer', {
  init: (self, pids: readonly Pid[]) => pids.map((pid): SinkRef => self.ref(Sink, pid).within(Infinity)),
  calls: {
    /** Ends when all have been handled, and says how many the sinks have handled by then. */
    run: async (self, n: number) => {
      await flood(self, self.state, n)
      const handled = await Promise.all(self.state.map((sink) => sink.call.handled()))
      return handled.reduce((sum, count) => sum + count, 0)
    },
  },
})

export const Pong = defineServer(import.meta, 'Pong', {
  init: (self, pid: Pid) => ({ ping: self.ref(Ping, pid), handled: 0 }),
  casts: {
    ping: ({ state }, serial: number) => {
      state.handled++
      state.ping.cast.pong(serial)
    },
  },
  calls: { handled: (self) => self.state.handled },
})

interface PingState {
  pong: ActorRef<{ casts: { ping: (serial: number) => void }; calls: { handled: () => number } }> | undefined
  from: From<number> | undefined
  handled: number
}

export const Ping: Server<[], { calls: { run: (n: number) => number }; casts: { pong: (serial: number) => void } }> =
  defineServer(import.meta, 'Ping', {
    init: (): PingState => ({ pong: undefined, from: undefined, handled: 0 }),
    calls: {
      run: async (self, n: number) => {
        self.state.handled = 0
        self.state.pong = await self.startLink(Pong, [self.pid], { isolation: 'inline' })
        self.state.pong.cast.ping(n)
        return later<number>((from) => (self.state.from = from))
      },
    },
    casts: {
      pong: async ({ state }, serial: number) => {
        state.handled++
        if (serial > 1) state.pong?.cast.ping(serial - 1)
        else if (state.from !== undefined) reply(state.from, state.handled + ((await state.pong?.call.handled()) ?? 0))
      },
    },
  })

const system = await start({ spares: 0, inspect: false })
let actors = 0
const inline = () => ({ id: `actor-${actors++}`, isolation: 'inline' as const, restart: 'temporary' as const })
const sinksOf = async (count: number) =>
  Promise.all(Array.from({ length: count }, () => system.start(Sink, [], inline())))

/** Sends `n` messages, and says what it cost and how many have been handled. */
const programs = {
  'call-sequential': (n: number) => calls(n, 1),
  'call-64': (n: number) => calls(n, 64),
  'one-way': (n: number) => floods(n, 1, 1),
  'fan-in': (n: number) => floods(n, 8, 1),
  'fan-out': (n: number) => floods(n, 1, 8),
  'ping-pong': async (n: number) => {
    const ping = (await system.start(Ping, [], inline())).within(Infinity)
    let handled = 0
    const spent = await cost(async () => (handled = await ping.call.run(n)))
    return { ...spent, handled }
  },
}

async function calls(n: number, open: number) {
  const callee = await system.start(Callee, [], inline())
  const caller = (await system.start(Caller, [callee.pid as Pid], inline())).within(Infinity)
  const spent = await cost(() => caller.call.run(n, open))
  return { ...spent, handled: await callee.call.handled() }
}

async function floods(n: number, producers: number, sinks: number) {
  const to = await sinksOf(sinks)
  const pids = to.map(({ pid }) => pid as Pid)
  const all = await Promise.all(
    Array.from({ length: producers }, async () => (await system.start(Producer, [pids], inline())).within(Infinity)),
  )
  const spent = await cost(() => Promise.all(all.map((producer) => producer.call.run(n / producers))))
  const handled = await Promise.all(to.map((sink) => sink.call.handled()))
  return { ...spent, handled: handled.reduce((sum, count) => sum + count, 0) }
}

const [what = '', n = ''] = process.argv.slice(2)
const program = programs[what as keyof typeof programs]
await program(Number(n)) // to warm up
console.log(JSON.stringify(await program(Number(n))))
await system.stop()
