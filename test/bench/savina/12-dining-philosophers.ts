import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'

type Sizes = Readonly<Record<'philosophers' | 'rounds', number>>

interface PhilosopherProtocol {
  casts: { start: () => void; eat: () => void; denied: () => void }
}

interface ArbiterProtocol {
  calls: { seat: (philosophers: readonly Pid[]) => void }
  casts: {
    hungry: (philosopher: number) => void
    done: (philosopher: number) => void
    exit: (handled: number) => void
  }
}

interface TableProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { over: (messages: number, checksum: number) => void }
}

/** Eats so many times, and asks again as soon as it is denied the forks. */
export const Philosopher: Server<[number: number, rounds: number, arbiter: Pid], PhilosopherProtocol> = defineServer(
  import.meta,
  'Philosopher',
  {
    init: (self, number: number, rounds: number, arbiter: Pid) => ({
      number,
      left: rounds,
      arbiter: self.ref(Arbiter, arbiter),
      me: self.ref(Philosopher, self.pid),
      handled: 0,
    }),
    casts: {
      start: ({ state }) => {
        state.handled++
        state.arbiter.cast.hungry(state.number)
      },
      denied: ({ state }) => {
        state.arbiter.cast.hungry(state.number)
      },
      eat: ({ state }) => {
        state.handled++
        state.left--
        state.arbiter.cast.done(state.number)
        if (state.left === 0) {
          state.arbiter.cast.exit(state.handled)
          return stop()
        }
        state.me.cast.start()
        return undefined
      },
    },
  },
)

interface ArbiterState {
  readonly table: ActorRef<TableProtocol>
  philosophers: readonly ActorRef<PhilosopherProtocol>[]
  /** Whether a fork is in use; a philosopher's are that with its number and the next. */
  forks: boolean[]
  exited: number
  handled: number
  meals: number
}

/** Gives out the forks, two at a time. */
export const Arbiter: Server<[table: Pid], ArbiterProtocol> = defineServer(import.meta, 'Arbiter', {
  init: (self, table: Pid): ArbiterState => ({
    table: self.ref(Table, table),
    philosophers: [],
    forks: [],
    exited: 0,
    handled: 0,
    meals: 0,
  }),
  calls: {
    seat: (self, philosophers: readonly Pid[]) => {
      self.state.philosophers = philosophers.map((pid) => self.ref(Philosopher, pid))
      self.state.forks = philosophers.map(() => false)
    },
  },
  casts: {
    hungry: ({ state }, left: number) => {
      const { forks } = state
      const right = (left + 1) % forks.length
      const philosopher = state.philosophers[left]
      if (forks[left] === true || forks[right] === true) {
        philosopher?.cast.denied()
        return
      }
      state.handled++
      state.meals += left + 1
      forks[left] = true
      forks[right] = true
      philosopher?.cast.eat()
    },
    done: ({ state }, left: number) => {
      const { forks } = state
      state.handled++
      forks[left] = false
      forks[(left + 1) % forks.length] = false
    },
    exit: ({ state }, handled: number) => {
      state.handled += handled + 1
      state.exited++
      if (state.exited === state.philosophers.length) state.table.cast.over(state.handled, state.meals)
    },
  },
})

interface TableState {
  from: From<Outcome> | undefined
  spawns: number
}

/** Seats the philosophers. */
export const Table: Server<[], TableProtocol> = defineServer(import.meta, 'Table', {
  init: (): TableState => ({ from: undefined, spawns: 0 }),
  calls: {
    run: async (self, sizes: Sizes, threads: Threads) => {
      const isolation = spread(threads)
      const arbiter = await self.startLink(Arbiter, [self.pid], { isolation })
      const philosophers = await Promise.all(
        Array.from({ length: sizes.philosophers }, (_, number) =>
          self.startLink(Philosopher, [number, sizes.rounds, arbiter.pid as Pid], { isolation }),
        ),
      )
      self.state.spawns = philosophers.length + 1
      await arbiter.call.seat(philosophers.map(({ pid }) => pid as Pid))
      for (const philosopher of philosophers) philosopher.cast.start()
      return later<Outcome>((from) => (self.state.from = from))
    },
  },
  casts: {
    over: ({ state: { from, spawns } }, messages: number, checksum: number) => {
      if (from !== undefined) reply(from, { spawns, messages, checksum })
    },
  },
})

/**
 * Philosophers ask one arbiter for their forks until they get them. All are spread. How often they are denied them is decided by scheduling, so
 * denials and the requests that they answer are not counted; the checksum is of who has eaten how often.
 */
export const diningPhilosophers = program<Sizes>({
  number: 12,
  name: 'dining-philosophers',
  sizes: { philosophers: 20, rounds: 10_000 },
  quick: { philosophers: 5, rounds: 200 },
  main: Table,
  expected: ({ philosophers, rounds }) => ({
    spawns: philosophers + 1,
    messages: philosophers * (4 * rounds + 1),
    checksum: (rounds * philosophers * (philosophers + 1)) / 2,
  }),
})
