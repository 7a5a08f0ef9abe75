import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'

type Sizes = Readonly<Record<'limit' | 'primesPerFilter', number>>

/** What the actors have seen, added up from filter to filter as they end. */
interface Seen {
  readonly spawns: number
  readonly messages: number
  /** The sum of the primes. */
  readonly sum: number
}

interface ProducerProtocol {
  casts: { start: (filter: Pid) => void }
}

interface FilterProtocol {
  casts: { candidate: (candidate: number) => void; exit: (seen: Seen) => void }
}

interface SieveProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { over: (seen: Seen) => void }
}

/** Sends the odd numbers from 3. */
export const Producer: Server<[limit: number], ProducerProtocol> = defineServer(import.meta, 'Producer', {
  init: (_, limit: number) => ({ limit }),
  casts: {
    start: (self, filter: Pid) => {
      const next = self.ref(Filter, filter)
      for (let candidate = 3; candidate < self.state.limit; candidate += 2) next.cast.candidate(candidate)
      next.cast.exit({ spawns: 0, messages: 1, sum: 0 })
      return stop()
    },
  },
})

interface FilterState {
  readonly sieve: ActorRef<SieveProtocol>
  readonly threads: Threads
  readonly capacity: number
  readonly primes: number[]
  next: ActorRef<FilterProtocol> | undefined
  handled: number
}

/** Holds so many primes, and drops what one of them divides. The first prime that it has no place for is the first of the next filter. */
export const Filter: Server<[sieve: Pid, threads: Threads, capacity: number, prime: number], FilterProtocol> =
  defineServer(import.meta, 'Filter', {
    init: (self, sieve: Pid, threads: Threads, capacity: number, prime: number): FilterState => ({
      sieve: self.ref(Sieve, sieve),
      threads,
      capacity,
      primes: [prime],
      next: undefined,
      handled: 0,
    }),
    casts: {
      candidate: (self, candidate: number) => {
        const { state } = self
        const { sieve, threads, capacity, primes, next } = state
        state.handled++
        for (const prime of primes) if (candidate % prime === 0) return undefined
        if (next !== undefined) next.cast.candidate(candidate)
        else if (primes.length < capacity) primes.push(candidate)
        else
          return self
            .startLink(Filter, [sieve.pid as Pid, threads, capacity, candidate], { isolation: spread(threads) })
            .then((started) => {
              state.next = started
            })
        return undefined
      },
      exit: ({ state: { sieve, primes, next, handled } }, { spawns, messages, sum }: Seen) => {
        const seen = {
          spawns: spawns + (next === undefined ? 0 : 1),
          messages: messages + handled + 1,
          sum: primes.reduce((total, prime) => total + prime, sum),
        }
        if (next === undefined) sieve.cast.over(seen)
        else next.cast.exit(seen)
        return stop()
      },
    },
  })

/** Starts the producer and the first filter. */
export const Sieve: Server<[], SieveProtocol> = defineServer(import.meta, 'Sieve', {
  init: () => ({ from: undefined as From<Outcome> | undefined }),
  calls: {
    run: async (self, { limit, primesPerFilter }: Sizes, threads: Threads) => {
      const isolation = spread(threads)
      const producer = await self.startLink(Producer, [limit], { isolation })
      const filter = await self.startLink(Filter, [self.pid, threads, primesPerFilter, 2], { isolation })
      producer.cast.start(filter.pid as Pid)
      return later<Outcome>((from) => (self.state.from = from))
    },
  },
  casts: {
    over: ({ state: { from } }, { spawns, messages, sum }: Seen) => {
      if (from !== undefined) reply(from, { spawns: spawns + 2, messages, checksum: sum })
    },
  },
})

/**
 * A pipeline of filters that grows as primes are found. Producer and filters are spread: little gets past the first filter. The checksum is the sum
 * of the primes.
 */
export const sieve = program<Sizes>({
  number: 19,
  name: 'sieve',
  sizes: { limit: 100_000, primesPerFilter: 1_000 },
  quick: { limit: 5_000, primesPerFilter: 100 },
  main: Sieve,
  expected: ({ limit, primesPerFilter }) => {
    const primes = [2]
    const seenBy = { candidates: 0, exits: 1 }
    for (let candidate = 3; candidate < limit; candidate += 2) {
      const divisor = primes.findIndex((prime) => candidate % prime === 0)
      const last = divisor === -1 ? primes.length : divisor
      // The first prime of a filter comes with the filter, and is no message to it.
      const started = divisor === -1 && last % primesPerFilter === 0
      seenBy.candidates += Math.floor(last / primesPerFilter) + (started ? 0 : 1)
      if (divisor === -1) primes.push(candidate)
    }
    const filters = Math.ceil(primes.length / primesPerFilter)
    return {
      spawns: filters + 1,
      messages: seenBy.candidates + seenBy.exits + filters,
      checksum: primes.reduce((sum, prime) => sum + prime, 0),
    }
  },
})
