import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'
import { Random } from './random.ts'

type Sizes = Readonly<Record<'haircuts' | 'room' | 'productionRate' | 'haircutRate', number>>

/** Draws how long to be busy, and is: the number that comes out. */
function busy(random: Random, rate: number): number {
  const steps = random.below(rate) + 10
  return new Random(steps).skip(steps)
}

/** What the actors have seen, added up from actor to actor as they end. */
interface Seen {
  readonly spawns: number
  readonly messages: number
  readonly checksum: number
}

interface RoomProtocol {
  casts: { enter: (customer: Pid) => void; next: () => void; wake: () => void; exit: (seen: Seen) => void }
}

interface BarberProtocol {
  casts: { enter: (customer: Pid, room: Pid) => void; wait: () => void; exit: (seen: Seen) => void }
}

interface FactoryProtocol {
  casts: { produce: () => void; returned: (customer: Pid) => void; done: (customer: number, handled: number) => void }
}

interface ShopProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { closed: (seen: Seen) => void }
}

interface RoomState {
  readonly barber: ActorRef<BarberProtocol>
  readonly me: ActorRef<RoomProtocol>
  readonly capacity: number
  readonly waiting: Pid[]
  asleep: boolean
  handled: number
}

/** Where customers wait, as long as there is room. */
export const Room: Server<[capacity: number, barber: Pid], RoomProtocol> = defineServer(import.meta, 'Room', {
  init: (self, capacity: number, barber: Pid): RoomState => ({
    barber: self.ref(Barber, barber),
    me: self.ref(Room, self.pid),
    capacity,
    waiting: [],
    asleep: true,
    handled: 0,
  }),
  casts: {
    enter: (self, customer: Pid) => {
      const { state } = self
      if (state.waiting.length === state.capacity) {
        self.send(customer, 'full')
        return
      }
      state.handled++
      state.waiting.push(customer)
      if (state.asleep) {
        state.asleep = false
        state.me.cast.wake()
      } else self.send(customer, 'wait')
    },
    next: (self) => {
      self.state.handled++
      nextCustomer(self.pid, self.state)
    },
    wake: (self) => nextCustomer(self.pid, self.state),
    exit: ({ state: { barber, handled } }, seen: Seen) => {
      barber.cast.exit({ ...seen, messages: seen.messages + handled + 1 })
      return stop()
    },
  },
})

function nextCustomer(room: Pid, state: RoomState): void {
  const customer = state.waiting.shift()
  if (customer !== undefined) {
    state.barber.cast.enter(customer, room)
    return
  }
  state.barber.cast.wait()
  state.asleep = true
}

/** Cuts one customer's hair after the other's. */
export const Barber: Server<[shop: Pid, rate: number], BarberProtocol> = defineServer(import.meta, 'Barber', {
  init: (self, shop: Pid, rate: number) => ({
    shop: self.ref(Shop, shop),
    room: undefined as ActorRef<RoomProtocol> | undefined,
    rate,
    random: new Random(1),
    handled: 0,
    checksum: 0,
  }),
  casts: {
    enter: (self, customer: Pid, room: Pid) => {
      const { state } = self
      state.handled++
      self.send(customer, 'start')
      state.checksum += busy(state.random, state.rate)
      self.send(customer, 'done')
      state.room ??= self.ref(Room, room)
      state.room.cast.next()
    },
    wait: () => undefined,
    exit: ({ state: { shop, handled, checksum } }, seen: Seen) => {
      shop.cast.closed({
        ...seen,
        messages: seen.messages + handled + 1,
        checksum: seen.checksum + checksum,
      })
      return stop()
    },
  },
})

/** Comes back until there is room, and ends when its hair is cut. */
export const Customer: Server<[number: number, factory: Pid]> = defineServer(import.meta, 'Customer', {
  init: (self, number: number, factory: Pid) => ({ number, factory: self.ref(Factory, factory), handled: 0 }),
  info: ({ pid, state }, message) => {
    switch (message) {
      case 'full':
        state.factory.cast.returned(pid)
        break
      case 'start':
        state.handled++
        break
      case 'done':
        state.factory.cast.done(state.number, state.handled + 1)
        return stop()
    }
    return undefined
  },
})

/** Makes one customer after the other, and sends them to the room, again when they return. */
export const Factory: Server<[room: Pid, haircuts: number, rate: number], FactoryProtocol> = defineServer(
  import.meta,
  'Factory',
  {
    init: (self, room: Pid, haircuts: number, rate: number) => ({
      room: self.ref(Room, room),
      me: self.ref(Factory, self.pid),
      random: new Random(2),
      haircuts,
      rate,
      spawns: 0,
      done: 0,
      handled: 0,
      checksum: 0,
    }),
    casts: {
      produce: async (self) => {
        const { state } = self
        const customer = await self.startLink(Customer, [state.spawns + 1, self.pid], { isolation: 'inline' })
        state.handled++
        state.spawns++
        state.room.cast.enter(customer.pid as Pid)
        state.checksum += busy(state.random, state.rate)
        if (state.spawns < state.haircuts) state.me.cast.produce()
      },
      returned: ({ state }, customer: Pid) => {
        state.room.cast.enter(customer)
      },
      done: ({ state }, customer: number, handled: number) => {
        state.handled += handled + 1
        state.checksum += customer
        state.done++
        if (state.done < state.haircuts) return undefined
        state.room.cast.exit({ spawns: state.spawns, messages: state.handled, checksum: state.checksum })
        return stop()
      },
    },
  },
)

interface ShopState {
  from: From<Outcome> | undefined
  spawns: number
}

/** Opens the shop. */
export const Shop: Server<[], ShopProtocol> = defineServer(import.meta, 'Shop', {
  init: (): ShopState => ({ from: undefined, spawns: 0 }),
  calls: {
    run: async (self, { haircuts, room: capacity, productionRate, haircutRate }: Sizes, threads: Threads) => {
      const isolation = spread(threads)
      const barber = await self.startLink(Barber, [self.pid, haircutRate], { isolation })
      const room = await self.startLink(Room, [capacity, barber.pid as Pid], {
        isolation: threads === 0 ? 'inline' : { coordination: { with: barber } },
      })
      const factory = await self.startLink(Factory, [room.pid as Pid, haircuts, productionRate], { isolation })
      self.state.spawns = 3
      factory.cast.produce()
      return later<Outcome>((from) => (self.state.from = from))
    },
  },
  casts: {
    closed: ({ state: { from, spawns } }, seen: Seen) => {
      if (from !== undefined) reply(from, { ...seen, spawns: seen.spawns + spawns })
    },
  },
})

/**
 * A barber, a waiting room and customers that come back when it is full. Barber and factory are spread; the room is with the barber, and the
 * customers are beside the factory that makes them. How often a customer is turned away, or told to wait, and how often the barber falls asleep, is
 * decided by scheduling: those messages are not counted. The checksum is of all customers, and of what the barber and the factory have drawn to be
 * busy. Unlike the suite's, this factory makes each customer on a message to itself, so that it takes turns with the barber where actors are not
 * preempted.
 */
export const sleepingBarber = program<Sizes>({
  number: 13,
  name: 'sleeping-barber',
  sizes: { haircuts: 5_000, room: 1_000, productionRate: 1_000, haircutRate: 1_000 },
  quick: { haircuts: 200, room: 10, productionRate: 100, haircutRate: 300 },
  main: Shop,
  expected: ({ haircuts, productionRate, haircutRate }) => {
    const [barber, factory] = [new Random(1), new Random(2)]
    let checksum = (haircuts * (haircuts + 1)) / 2
    for (let i = 0; i < haircuts; i++) checksum += busy(barber, haircutRate) + busy(factory, productionRate)
    return { spawns: haircuts + 3, messages: 7 * haircuts + 2, checksum }
  },
})
