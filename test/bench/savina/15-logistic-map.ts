import { defineServer, later, reply } from 'bulkhead'
import type { ActorRef, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'

type Sizes = Readonly<Record<'terms' | 'series' | 'startRate' | 'increment', number>>

interface ComputerProtocol {
  calls: { compute: (term: number) => number; handled: () => number }
}

interface WorkerProtocol {
  calls: { handled: () => number }
  casts: { nextTerm: () => void; getTerm: () => void }
}

interface MasterProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { result: (series: number, term: number) => void }
}

const nextTerm = (term: number, rate: number): number => rate * term * (1 - term)

/** Computes the next term at its rate. */
export const RateComputer: Server<[rate: number], ComputerProtocol> = defineServer(import.meta, 'RateComputer', {
  init: (_, rate: number) => ({ rate, handled: 0 }),
  calls: {
    compute: ({ state }, term: number) => {
      state.handled++
      return nextTerm(term, state.rate)
    },
    handled: ({ state }) => state.handled,
  },
})

/** Asks its computer for one term after the other; what it is told meanwhile waits in its mailbox. */
export const SeriesWorker: Server<[series: number, term: number, computer: Pid, master: Pid], WorkerProtocol> =
  defineServer(import.meta, 'SeriesWorker', {
    init: (self, series: number, term: number, computer: Pid, master: Pid) => ({
      series,
      term,
      computer: self.ref(RateComputer, computer).within(Infinity),
      master: self.ref(Master, master),
      handled: 0,
    }),
    casts: {
      nextTerm: async ({ state }) => {
        state.handled += 2
        state.term = await state.computer.call.compute(state.term)
      },
      getTerm: ({ state }) => {
        state.handled++
        state.master.cast.result(state.series, state.term)
      },
    },
    calls: { handled: ({ state }) => state.handled },
  })

interface MasterState {
  from: From<Outcome> | undefined
  computers: readonly ActorRef<ComputerProtocol>[]
  workers: readonly ActorRef<WorkerProtocol>[]
  readonly terms: number[]
  handled: number
}

/** Asks all workers for all terms at once, and adds up the last ones. */
export const Master: Server<[], MasterProtocol> = defineServer(import.meta, 'Master', {
  init: (): MasterState => ({ from: undefined, computers: [], workers: [], terms: [], handled: 0 }),
  calls: {
    run: async (self, { terms, series, startRate, increment }: Sizes, threads: Threads) => {
      const { state } = self
      const isolation = spread(threads)
      state.computers = await Promise.all(
        Array.from({ length: series }, (_, i) =>
          self.startLink(RateComputer, [startRate + i * increment], { isolation }),
        ),
      )
      state.workers = await Promise.all(
        state.computers.map((computer, i) =>
          self.startLink(SeriesWorker, [i, i * increment, computer.pid as Pid, self.pid], {
            isolation: threads === 0 ? 'inline' : { coordination: { with: computer } },
          }),
        ),
      )
      for (let term = 0; term < terms; term++) for (const worker of state.workers) worker.cast.nextTerm()
      for (const worker of state.workers) worker.cast.getTerm()
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    result: ({ state }, series: number, term: number) => {
      const { from, workers, computers, terms } = state
      terms[series] = term
      state.handled++
      return state.handled === workers.length && from !== undefined
        ? report(from, state.handled, [...workers, ...computers], terms)
        : undefined
    },
  },
})

async function report(
  from: From<Outcome>,
  messages: number,
  others: readonly (ActorRef<ComputerProtocol> | ActorRef<WorkerProtocol>)[],
  terms: readonly number[],
): Promise<void> {
  const handled = await Promise.all(others.map((other) => other.call.handled()))
  reply(from, {
    spawns: others.length,
    messages: handled.reduce((sum, each) => sum + each, messages),
    checksum: terms.reduce((sum, term) => sum + term, 0),
  })
}

/**
 * Each worker asks its computer for the next term of a series, one after the other, and has all orders in its mailbox from the beginning. Computers
 * are spread, and each worker is with its computer. The checksum is the sum of the last terms, in the order of the series.
 */
export const logisticMap = program<Sizes>({
  number: 15,
  name: 'logistic-map',
  sizes: { terms: 25_000, series: 10, startRate: 3.46, increment: 0.0025 },
  quick: { terms: 300, series: 6, startRate: 3.46, increment: 0.0025 },
  main: Master,
  expected: ({ terms, series, startRate, increment }) => {
    let checksum = 0
    for (let i = 0; i < series; i++) {
      let term = i * increment
      for (let j = 0; j < terms; j++) term = nextTerm(term, startRate + i * increment)
      checksum += term
    }
    return { spawns: 2 * series, messages: series * (3 * terms + 2), checksum }
  },
})
