import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'

type Sizes = Readonly<Record<'workers' | 'digits', number>>

interface MasterProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { result: (term: bigint, worker: number) => void }
}
interface WorkerProtocol {
  calls: { finish: () => number }
  casts: { work: (index: number) => void }
}

/** A term of the series of Bailey, Borwein and Plouffe, in units of the last digit; each division drops what is less. */
function termOf(one: bigint, index: number): bigint {
  const k = 8n * BigInt(index)
  const term = (4n * one) / (k + 1n) - (2n * one) / (k + 4n) - one / (k + 5n) - one / (k + 6n)
  return term >> BigInt(4 * index)
}

/** Its last fifteen digits and some. */
const checksumOf = (sum: bigint): number => Number(sum % 9_007_199_254_740_881n)

/** Computes the terms that it is asked for; counts those that are not zero. */
export const Worker: Server<[master: Pid, number: number, digits: number], WorkerProtocol> = defineServer(
  import.meta,
  'Worker',
  {
    init: (self, master: Pid, number: number, digits: number) => ({
      master: self.ref(Master, master),
      number,
      one: 10n ** BigInt(digits),
      handled: 0,
    }),
    casts: {
      work: ({ state }, index: number) => {
        const term = termOf(state.one, index)
        if (term > 0n) state.handled++
        state.master.cast.result(term, state.number)
      },
    },
    calls: { finish: ({ state }) => stop('normal', { reply: state.handled }) },
  },
)

interface MasterState {
  workers: readonly ActorRef<WorkerProtocol>[]
  from: From<Outcome> | undefined
  /** How many terms have been asked for. */
  asked: number
  received: number
  /** Whether a term was as small as the last digit. */
  ending: boolean
  handled: number
  sum: bigint
}

export const Master: Server<[], MasterProtocol> = defineServer(import.meta, 'Master', {
  init: (): MasterState => ({
    workers: [],
    from: undefined,
    asked: 0,
    received: 0,
    ending: false,
    handled: 0,
    sum: 0n,
  }),
  calls: {
    run: async (self, { workers, digits }: Sizes, threads: Threads) => {
      const { state } = self
      const isolation = spread(threads)
      state.workers = await Promise.all(
        Array.from({ length: workers }, (_, number) =>
          self.startLink(Worker, [self.pid, number, digits], { isolation }),
        ),
      )
      const first = Math.min(digits, 10 * workers)
      while (state.asked < first) state.workers[state.asked % workers]!.cast.work(state.asked++)
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    result: async ({ state }, term: bigint, worker: number) => {
      state.received++
      state.sum += term
      if (term > 0n) state.handled++
      if (term <= 1n) state.ending = true
      if (!state.ending) state.workers[worker]!.cast.work(state.asked++)
      if (state.received < state.asked || state.from === undefined) return
      const others = await Promise.all(state.workers.map((each) => each.call.finish()))
      const messages = others.reduce((sum, handled) => sum + handled, state.handled)
      reply(state.from, { spawns: state.workers.length, messages, checksum: checksumOf(state.sum) })
    },
  },
})

/**
 * A master that gives each worker another term whenever it has done one, until a term is no more than one unit of the last digit. All workers are spread.
 *
 * The order of events decides how many terms have been asked for by then. Those too many are zero; what is counted are the messages for the others.
 */
export const piPrecision = program<Sizes>({
  number: 23,
  name: 'pi-precision',
  sizes: { workers: 20, digits: 5_000 },
  quick: { workers: 8, digits: 400 },
  main: Master,
  expected: ({ workers, digits }) => {
    const one = 10n ** BigInt(digits)
    let [sum, terms] = [0n, 0]
    for (let term = termOf(one, 0); term > 0n; term = termOf(one, terms)) {
      sum += term
      terms++
    }
    return { spawns: workers, messages: 2 * terms, checksum: checksumOf(sum) }
  },
})
