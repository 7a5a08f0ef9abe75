import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'

type Sizes = Readonly<Record<'messages' | 'actors', number>>

interface MainProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { joined: (handled: number, positive: number) => void }
}

interface WorkerState {
  readonly main: ActorRef<MainProtocol>
  readonly messages: number
  /** One that the compiler does not know. */
  readonly angle: number
  handled: number
  positive: number
}

/** Computes a sine for each message, and ends with the last one. */
export const Worker: Server<
  [main: ActorRef<MainProtocol>, messages: number, angle: number],
  { calls: object; casts: { message: () => void } }
> = defineServer(import.meta, 'Worker', {
  init: (_self, main: ActorRef<MainProtocol>, messages: number, angle: number): WorkerState => ({
    main,
    messages,
    angle,
    handled: 0,
    positive: 0,
  }),
  casts: {
    message: ({ state }) => {
      state.handled++
      const sine = Math.sin(state.angle)
      if (sine * sine > 0) state.positive++
      if (state.handled < state.messages) return undefined
      state.main.cast.joined(state.handled, state.positive)
      return stop()
    },
  },
})

interface MainState {
  from: From<Outcome> | undefined
  workers: number
  joined: number
  handled: number
  positive: number
}

/** Sends each worker a message in turn, and again, without waiting. Over threads, the workers are spread. */
export const ForkJoinThroughput: Server<[], MainProtocol> = defineServer(import.meta, 'ForkJoinThroughput', {
  init: (): MainState => ({ from: undefined, workers: 0, joined: 0, handled: 0, positive: 0 }),
  calls: {
    run: async (self, { messages, actors }: Sizes, threads: Threads) => {
      const isolation = spread(threads)
      const main = self.ref(ForkJoinThroughput, self.pid)
      const workers = await Promise.all(
        Array.from({ length: actors }, (_, index) =>
          self.startLink(Worker, [main, messages, 37.2 + index], { isolation }),
        ),
      )
      self.state.workers = workers.length
      for (let sent = 0; sent < messages; sent++) for (const worker of workers) worker.cast.message()
      return later<Outcome>((from) => (self.state.from = from))
    },
  },
  casts: {
    joined: ({ state }, handled: number, positive: number) => {
      state.joined++
      state.handled += handled + 1
      state.positive += positive
      if (state.from !== undefined && state.joined === state.workers)
        reply(state.from, { spawns: state.workers, messages: state.handled, checksum: state.positive })
    },
  },
})

export const forkJoinThroughput = program<Sizes>({
  number: 3,
  name: 'fork-join-throughput',
  sizes: { messages: 10_000, actors: 60 },
  quick: { messages: 300, actors: 60 },
  main: ForkJoinThroughput,
  expected: ({ messages, actors }) => ({
    spawns: actors,
    messages: actors * messages + actors,
    checksum: actors * messages,
  }),
})
