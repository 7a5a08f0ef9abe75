import { defineServer, later, reply } from 'bulkhead'
import type { ActorRef, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'

type Sizes = Readonly<Record<'roundTrips', number>>

interface PingProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { pong: (serial: number) => void }
}

interface PongProtocol {
  calls: { handled: () => number }
  casts: { ping: (serial: number) => void }
}

/** Sends back what it is sent. */
export const Pong: Server<[ping: Pid], PongProtocol> = defineServer(import.meta, 'Pong', {
  init: (self, ping: Pid) => ({ ping: self.ref(Ping, ping), handled: 0 }),
  casts: {
    ping: (self, serial: number) => {
      self.state.handled++
      self.state.ping.cast.pong(serial)
    },
  },
  calls: { handled: (self) => self.state.handled },
})

interface PingState {
  pong: ActorRef<PongProtocol> | undefined
  from: From<Outcome> | undefined
  roundTrips: number
  handled: number
  sum: number
}

/** Sends so many pings, each after the pong before. */
export const Ping: Server<[], PingProtocol> = defineServer(import.meta, 'Ping', {
  init: (): PingState => ({ pong: undefined, from: undefined, roundTrips: 0, handled: 0, sum: 0 }),
  calls: {
    run: async (self, { roundTrips }: Sizes, threads: Threads) => {
      const { state } = self
      state.roundTrips = roundTrips
      state.pong = await self.startLink(Pong, [self.pid], { isolation: spread(threads) })
      state.pong.cast.ping(1)
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    pong: async (self, serial: number) => {
      const { state } = self
      const { pong, from } = state
      if (pong === undefined || from === undefined) return
      state.handled++
      state.sum += serial
      if (serial < state.roundTrips) pong.cast.ping(serial + 1)
      else
        reply(from, {
          spawns: 1,
          messages: state.handled + (await pong.call.handled()),
          checksum: state.sum,
        })
    },
  },
})

export const pingPong = program<Sizes>({
  number: 1,
  name: 'ping-pong',
  sizes: { roundTrips: 40_000 },
  quick: { roundTrips: 2_000 },
  main: Ping,
  expected: ({ roundTrips }) => ({
    spawns: 1,
    messages: 2 * roundTrips,
    checksum: (roundTrips * (roundTrips + 1)) / 2,
  }),
})
