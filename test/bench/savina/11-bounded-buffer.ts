import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'
import { Random } from './random.ts'

type Sizes = Readonly<Record<'buffer' | 'producers' | 'consumers' | 'items' | 'produceCost' | 'consumeCost', number>>

/** What producing or consuming an item costs: so many hundred logarithms. */
function processItem(term: number, cost: number): number {
  const random = new Random(cost + 1)
  let result = term
  for (let i = Math.max(1, cost * 100); i > 0; i--) result += Math.log(random.next() / 2_147_483_647 + 0.01)
  return result
}

/** What one item adds to the checksum, whoever consumes it: a whole number, so that their order does not matter. */
const trace = (producer: number, value: number): number => (producer + 1) * Math.trunc(value)

interface ManagerProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: {
    item: (producer: number, value: number) => void
    available: (consumer: number) => void
    producerExit: (handled: number) => void
  }
}

interface ProducerProtocol {
  casts: { produce: () => void }
}

interface ConsumerProtocol {
  calls: { consumed: () => { readonly handled: number; readonly sum: number } }
  casts: { item: (producer: number, value: number) => void }
}

/** Makes an item whenever it is told to, each from the one before, until it has made them all; then it ends. */
export const Producer: Server<[number: number, manager: Pid, sizes: Sizes], ProducerProtocol> = defineServer(
  import.meta,
  'Producer',
  {
    init: (self, number: number, manager: Pid, { items, produceCost }: Sizes) => ({
      number,
      manager: self.ref(Manager, manager),
      left: items,
      cost: produceCost,
      value: 0,
      handled: 0,
    }),
    casts: {
      produce: ({ state }) => {
        state.handled++
        if (state.left === 0) {
          state.manager.cast.producerExit(state.handled)
          return stop()
        }
        state.left--
        state.value = processItem(state.value, state.cost)
        state.manager.cast.item(state.number, state.value)
        return undefined
      },
    },
  },
)

/** Consumes one item at a time, and asks for the next. */
export const Consumer: Server<[number: number, manager: Pid, cost: number], ConsumerProtocol> = defineServer(
  import.meta,
  'Consumer',
  {
    init: (self, number: number, manager: Pid, cost: number) => ({
      number,
      manager: self.ref(Manager, manager),
      cost,
      value: 0,
      sum: 0,
      handled: 0,
    }),
    casts: {
      item: ({ state }, producer: number, value: number) => {
        state.handled++
        state.value = processItem(state.value + value, state.cost)
        state.sum += trace(producer, value)
        state.manager.cast.available(state.number)
      },
    },
    calls: { consumed: ({ state: { handled, sum } }) => ({ handled, sum }) },
  },
)

interface ManagerState {
  from: From<Outcome> | undefined
  producers: readonly ActorRef<ProducerProtocol>[]
  consumers: readonly ActorRef<ConsumerProtocol>[]
  /** How many items may wait before a producer has to: one is on its way from each of them. */
  room: number
  readonly waiting: { readonly producer: number; readonly value: number }[]
  readonly idleProducers: number[]
  readonly idleConsumers: number[]
  exited: number
  handled: number
}

/** Holds the buffer: gives items to consumers, and lets producers go on while there is room. */
export const Manager: Server<[], ManagerProtocol> = defineServer(import.meta, 'Manager', {
  init: (): ManagerState => ({
    from: undefined,
    producers: [],
    consumers: [],
    room: 0,
    waiting: [],
    idleProducers: [],
    idleConsumers: [],
    exited: 0,
    handled: 0,
  }),
  calls: {
    run: async (self, sizes: Sizes, threads: Threads) => {
      const { state } = self
      const isolation = spread(threads)
      const { buffer, consumeCost } = sizes
      const numbers = (length: number): number[] => Array.from({ length }, (_, number) => number)
      state.room = buffer - sizes.producers
      state.idleConsumers.push(...numbers(sizes.consumers))
      state.consumers = await Promise.all(
        numbers(sizes.consumers).map((number) =>
          self.startLink(Consumer, [number, self.pid, consumeCost], { isolation }),
        ),
      )
      state.producers = await Promise.all(
        numbers(sizes.producers).map((number) => self.startLink(Producer, [number, self.pid, sizes], { isolation })),
      )
      for (const producer of state.producers) producer.cast.produce()
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    item: ({ state }, producer: number, value: number) => {
      state.handled++
      const consumer = state.idleConsumers.shift()
      if (consumer === undefined) state.waiting.push({ producer, value })
      else state.consumers[consumer]?.cast.item(producer, value)
      if (state.waiting.length >= state.room) state.idleProducers.push(producer)
      else state.producers[producer]?.cast.produce()
    },
    available: ({ state }, consumer: number) => {
      state.handled++
      const item = state.waiting.shift()
      if (item === undefined) {
        state.idleConsumers.push(consumer)
        return finish(state)
      }
      state.consumers[consumer]?.cast.item(item.producer, item.value)
      const producer = state.idleProducers.shift()
      if (producer !== undefined) state.producers[producer]?.cast.produce()
      return undefined
    },
    producerExit: ({ state }, handled: number) => {
      state.handled += handled + 1
      state.exited++
      return finish(state)
    },
  },
})

/** When all producers have exited and no consumer is at work, nothing more comes. */
function finish({
  from,
  producers,
  consumers,
  idleConsumers,
  exited,
  handled,
}: ManagerState): Promise<void> | undefined {
  const over = exited === producers.length && idleConsumers.length === consumers.length
  return over && from !== undefined ? report(from, producers.length, consumers, handled) : undefined
}

async function report(
  from: From<Outcome>,
  producers: number,
  consumers: readonly ActorRef<ConsumerProtocol>[],
  handled: number,
): Promise<void> {
  const consumed = await Promise.all(consumers.map((consumer) => consumer.call.consumed()))
  reply(from, {
    spawns: producers + consumers.length,
    messages: consumed.reduce((sum, each) => sum + each.handled, handled),
    checksum: consumed.reduce((sum, each) => sum + each.sum, 0),
  })
}

/**
 * Producers and consumers around a bounded buffer. They are spread, the manager is not. Which consumer has which item is decided by scheduling, so
 * the checksum is of the items as they were made.
 */
export const boundedBuffer = program<Sizes>({
  number: 11,
  name: 'bounded-buffer',
  sizes: { buffer: 50, producers: 40, consumers: 40, items: 1_000, produceCost: 25, consumeCost: 25 },
  quick: { buffer: 8, producers: 6, consumers: 5, items: 50, produceCost: 2, consumeCost: 3 },
  main: Manager,
  expected: ({ producers, consumers, items, produceCost }) => {
    let checksum = 0
    for (let value = 0, item = 0; item < items; item++) {
      value = processItem(value, produceCost)
      for (let producer = 0; producer < producers; producer++) checksum += trace(producer, value)
    }
    return { spawns: producers + consumers, messages: producers * (4 * items + 2), checksum }
  },
})
