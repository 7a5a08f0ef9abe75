import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'
import { Random } from './random.ts'

type Sizes = Readonly<Record<'actors' | 'pings', number>>

interface SinkProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: {
    finished: () => void
    ended: (handled: number, checksum: number) => void
  }
}

interface BigProtocol {
  calls: { neighbours: (all: readonly ActorRef<BigProtocol>[]) => void }
  casts: {
    ping: (from: number) => void
    pong: (from: number) => void
    exit: () => void
  }
}

interface BigState {
  readonly sink: ActorRef<SinkProtocol>
  readonly id: number
  readonly random: Random
  /** Pings that it has still to send. */
  left: number
  neighbours: readonly ActorRef<BigProtocol>[]
  /** Whose pong it waits for. */
  pinged: number
  handled: number
  pings: number
}

/** Pings one of all, chosen by chance, each time that a pong comes. */
export const Big: Server<[sink: Pid, id: number, pings: number], BigProtocol> = defineServer(import.meta, 'Big', {
  init: (self, sink: Pid, id: number, pings: number): BigState => ({
    sink: self.ref(Sink, sink),
    id,
    random: new Random(id + 1),
    left: pings,
    neighbours: [],
    pinged: -1,
    handled: 0,
    pings: 0,
  }),
  calls: {
    neighbours: ({ state }, all: readonly ActorRef<BigProtocol>[]) => {
      state.handled++
      state.neighbours = all
    },
  },
  casts: {
    ping: ({ state }, from: number) => {
      state.handled++
      state.pings++
      ;(state.neighbours[from] as ActorRef<BigProtocol>).cast.pong(state.id)
    },
    pong: ({ state }, from: number) => {
      state.handled++
      if (from !== state.pinged) throw new Error(`${state.id} pinged ${state.pinged}, and ${from} answered`)
      if (state.left-- === 0) {
        state.sink.cast.finished()
        return
      }
      state.pinged = state.random.below(state.neighbours.length)
      ;(state.neighbours[state.pinged] as ActorRef<BigProtocol>).cast.ping(state.id)
    },
    exit: ({ state }) => {
      state.sink.cast.ended(state.handled + 1, (state.id + 1) * state.pings)
      return stop()
    },
  },
})

interface SinkState {
  from: From<Outcome> | undefined
  actors: readonly ActorRef<BigProtocol>[]
  finished: number
  ended: number
  handled: number
  checksum: number
}

/** Lets them end when all have had their last pong. Over threads, the actors are spread. */
export const Sink: Server<[], SinkProtocol> = defineServer(import.meta, 'Sink', {
  init: (): SinkState => ({ from: undefined, actors: [], finished: 0, ended: 0, handled: 0, checksum: 0 }),
  calls: {
    run: async (self, { actors, pings }: Sizes, threads: Threads) => {
      const all = await Promise.all(
        Array.from({ length: actors }, (_, id) =>
          self.startLink(Big, [self.pid, id, pings], { isolation: spread(threads) }),
        ),
      )
      self.state.actors = all
      // Whose neighbours have begun may be pinged before its own mail from here has come: so all know theirs before anybody begins.
      await Promise.all(
        all.map(async (actor) => {
          await actor.within(Infinity).call.neighbours(all)
          self.state.handled++
        }),
      )
      for (const actor of all) actor.cast.pong(-1)
      return later<Outcome>((from) => (self.state.from = from))
    },
  },
  casts: {
    finished: ({ state }) => {
      state.handled++
      if (++state.finished === state.actors.length) for (const actor of state.actors) actor.cast.exit()
    },
    ended: ({ state }, handled: number, checksum: number) => {
      state.handled += handled
      state.checksum += checksum
      if (++state.ended === state.actors.length && state.from !== undefined)
        reply(state.from, { spawns: state.actors.length, messages: state.handled, checksum: state.checksum })
    },
  },
})

export const big = program<Sizes>({
  number: 7,
  name: 'big',
  sizes: { actors: 120, pings: 20_000 },
  quick: { actors: 20, pings: 200 },
  main: Sink,
  expected: ({ actors, pings }) => {
    let checksum = 0
    for (let id = 0; id < actors; id++) {
      const random = new Random(id + 1)
      for (let sent = 0; sent < pings; sent++) checksum += random.below(actors) + 1
    }
    return { spawns: actors, messages: 2 * actors * pings + 5 * actors, checksum }
  },
})
