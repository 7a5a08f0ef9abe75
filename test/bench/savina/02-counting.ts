import { defineServer } from 'bulkhead'
import type { ActorRef, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'

type Sizes = Readonly<Record<'increments', number>>

interface Counted {
  readonly count: number
  /** Messages that were handled so far. */
  readonly handled: number
}

interface CounterProtocol {
  calls: { retrieve: () => Counted }
  casts: { increment: () => void }
}

/** Counts how often it is told to. */
export const Counter: Server<[], CounterProtocol> = defineServer(import.meta, 'Counter', {
  init: () => ({ count: 0, handled: 0 }),
  casts: {
    increment: ({ state }) => {
      state.count++
      state.handled++
    },
  },
  calls: {
    retrieve: ({ state: { count, handled } }) => ({ count, handled: handled + 1 }),
  },
})

/** Sends all increments without waiting, and then asks what they have come to. */
export const Producer: Server<
  [counter: ActorRef<CounterProtocol>],
  { calls: { produce: (increments: number) => Counted }; casts: object }
> = defineServer(import.meta, 'Producer', {
  init: (_self, counter: ActorRef<CounterProtocol>) => ({ counter: counter.within(Infinity) }),
  calls: {
    produce: async ({ state: { counter } }, increments: number) => {
      for (let sent = 0; sent < increments; sent++) counter.cast.increment()
      const { count, handled } = await counter.call.retrieve()
      return { count, handled: handled + 2 }
    },
  },
})

/** Over threads, the two actors live on one each. */
export const Counting: Server<[], { calls: { run: (sizes: Sizes, threads: Threads) => Outcome }; casts: object }> =
  defineServer(import.meta, 'Counting', {
    init: () => undefined,
    calls: {
      run: async (self, { increments }: Sizes, threads: Threads) => {
        const isolation = spread(threads)
        const counter = await self.startLink(Counter, [], { isolation })
        const producer = await self.startLink(Producer, [counter], { isolation })
        const { count, handled } = await producer.within(Infinity).call.produce(increments)
        return { spawns: 2, messages: handled + 1, checksum: count }
      },
    },
  })

export const counting = program<Sizes>({
  number: 2,
  name: 'counting',
  sizes: { increments: 1_000_000 },
  quick: { increments: 20_000 },
  main: Counting,
  expected: ({ increments }) => ({ spawns: 2, messages: increments + 4, checksum: increments }),
})
