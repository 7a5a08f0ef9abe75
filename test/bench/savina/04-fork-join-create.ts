import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Server, ServerSelf } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'

type Sizes = Readonly<Record<'actors', number>>

/** How many starts are under way at a time. */
const BATCH = 1_000

interface MainProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { joined: (handled: number, positive: number) => void }
}

/** Computes one sine and ends. */
export const Worker: Server<
  [main: ActorRef<MainProtocol>, angle: number],
  { calls: object; casts: { message: () => void } }
> = defineServer(import.meta, 'Worker', {
  init: (_self, main: ActorRef<MainProtocol>, angle: number) => ({ main, angle }),
  casts: {
    message: ({ state: { main, angle } }) => {
      const sine = Math.sin(angle)
      main.cast.joined(1, sine * sine > 0 ? 1 : 0)
      return stop()
    },
  },
})

interface MainState {
  from: From<Outcome> | undefined
  started: number
  joined: number
  handled: number
  positive: number
}

/**
 * Starts an actor for each message, with which it ends. Over threads, the actors are spread.
 */
export const ForkJoinCreate: Server<[], MainProtocol> = defineServer(import.meta, 'ForkJoinCreate', {
  init: (): MainState => ({ from: undefined, started: 0, joined: 0, handled: 0, positive: 0 }),
  calls: {
    run: async (self, { actors }: Sizes, threads: Threads) => {
      const main = self.ref(ForkJoinCreate, self.pid)
      const isolation = spread(threads)
      const fork = async (index: number): Promise<void> => {
        const worker = await self.startLink(Worker, [main, 37.2 + index], { isolation })
        self.state.started++
        worker.cast.message()
      }
      for (let first = 0; first < actors; first += BATCH)
        await Promise.all(Array.from({ length: Math.min(BATCH, actors - first) }, (_, index) => fork(first + index)))
      return later<Outcome>((from) => {
        self.state.from = from
        finish(self)
      })
    },
  },
  casts: {
    joined: (self, handled: number, positive: number) => {
      self.state.joined++
      self.state.handled += handled + 1
      self.state.positive += positive
      finish(self)
    },
  },
})

function finish({ state: { from, started, joined, handled, positive } }: ServerSelf<MainState>): void {
  if (from !== undefined && joined === started) reply(from, { spawns: started, messages: handled, checksum: positive })
}

export const forkJoinCreate = program<Sizes>({
  number: 4,
  name: 'fork-join-create',
  sizes: { actors: 40_000 },
  quick: { actors: 2_000 },
  main: ForkJoinCreate,
  expected: ({ actors }) => ({ spawns: actors, messages: 2 * actors, checksum: actors }),
})
