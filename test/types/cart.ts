import {
  andContinue,
  andTimeout,
  defineActor,
  definePartitionSupervisor,
  defineServer,
  defineSupervisor,
  child,
  ignore,
  later,
  P,
  refuse,
  stop,
} from 'bulkhead'
import type { From, Server } from 'bulkhead'

/** A server of every kind of answer. */
export const Cart = defineServer(import.meta, 'Cart', {
  init: (_self, owner: string, limit: number) => ({
    owner,
    limit,
    items: [] as string[],
    waiting: [] as From<number>[],
  }),
  calls: {
    add: (self, item: string, count: number) => (
      self.state.items.push(...Array<string>(count).fill(item)),
      self.state.items.length
    ),
    owner: (self) => self.state.owner,
    pay: (self, cents: number) =>
      cents < 0 ? refuse(new RangeError('negative')) : { paid: cents, by: self.state.owner },
    next: (self) => later<number>((from) => self.state.waiting.push(from)),
    close: () => stop('normal', { reply: 'bye' as const }),
    refresh: (self) => andContinue(self.state.limit > 0, 'reload'),
    later: (self) =>
      andContinue(
        later<number>((from) => self.state.waiting.push(from)),
        'reload',
      ),
    rest: (self) => andTimeout(self.state.items, 500),
    slow: async (_self, ms: number) => ms > 0,
  },
  casts: {
    clear: (self) => {
      self.state.items.length = 0
    },
    rename: (self, owner: string) => {
      self.state.owner = owner
    },
  },
  info: (self, message) => [self.state.limit, message],
})

/** A server that may not start, and has no calls. */
export const Maybe = defineServer(import.meta, 'Maybe', {
  init: async (_self, go: boolean) => (go ? { went: 1 } : ignore()),
  casts: { go: (self) => self.state.went++ },
})

/** Generic: one behaviour behind one type for each kind of value. */
interface CacheProtocol<V> {
  calls: { get(key: string): V | undefined; put(key: string, value: V): void }
}
const cache = defineServer(import.meta, 'Cache', {
  init: () => new Map<string, unknown>(),
  calls: {
    get: (self, key: string) => self.state.get(key),
    put: (self, key: string, value: unknown) => void self.state.set(key, value),
  },
})
export const cacheOf = <V>(): Server<[], CacheProtocol<V>> => cache as Server<[], CacheProtocol<V>>

export const Echo = defineActor(import.meta, 'Echo', async (self, prefix: string, times: number) => {
  for (let i = 0; i < times; i++) {
    await self.receive((on) =>
      on.with({ from: P.pid, text: P.string }, ({ from, text }) => self.send(from, prefix + text)),
    )
  }
})

export const Shop = defineSupervisor(import.meta, 'Shop', (owner: string) => ({
  strategy: 'one_for_one',
  children: [child(Cart, [owner, 10], { id: 'cart' }), child(Echo, ['> ', 3], { restart: 'transient' })],
}))

/** Starts idle, or not at all. */
export const Lazy = defineServer(import.meta, 'Lazy', {
  init: (_self, go: boolean) => (go ? andTimeout({ ran: 1 }, 100) : refuse('not now')),
  calls: { ran: (self) => self.state.ran },
})

export const Carts = definePartitionSupervisor(import.meta, 'Carts', Cart, {
  partitions: 4,
  args: (partition: number, owner: string) => [`${owner} ${partition}`, 10],
})
