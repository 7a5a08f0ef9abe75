import {
  child,
  definePartitionSupervisor,
  defineServer,
  defineSupervisor,
  multiCall,
  P,
  partition,
  receiveResponse,
  reply,
  RequestIds,
  sys,
} from 'bulkhead'
import type { ActorSelf, From, Pid, Refusal, System } from 'bulkhead'
import { Cart, Carts, cacheOf, Echo, Maybe, Shop } from './cart.ts'

/** Each line below a comment must not compile; the compiler reports a comment that is not needed. */
export async function wrongUses(system: System, self: ActorSelf): Promise<void> {
  const cart = await system.start(Cart, ['ann', 5])

  // @ts-expect-error: a typo in the name of a call
  void cart.call.ad('book', 1)
  // @ts-expect-error: a cast is no call
  void cart.call.clear()
  // @ts-expect-error: a call is no cast
  cart.cast.add('book', 1)
  // @ts-expect-error: an argument of the wrong type
  void cart.call.add('book', '1')
  // @ts-expect-error: an argument is missing
  void cart.call.add('book')
  // @ts-expect-error: one argument too many
  void cart.call.owner('ann')
  // @ts-expect-error: self is not passed by the caller
  void cart.call.owner(self)
  // @ts-expect-error: a reply of the wrong type
  const text: string = await cart.call.add('book', 1)
  // @ts-expect-error: a refusal is no reply
  const refusal: Refusal = await cart.call.pay(1)
  // @ts-expect-error: later() is no reply
  const from: From<number> = await cart.call.next()
  // @ts-expect-error: a cast has no reply to wait for
  const waited: Promise<boolean> = cart.cast.clear()
  // @ts-expect-error: an argument of a cast of the wrong type
  cart.cast.rename(5)
  // @ts-expect-error: a reference by name is typed as well
  void system.named(Cart, 'cart').call.rename('bob')
  // @ts-expect-error: and so is one with another time
  void cart.within(5).call.ad('book', 1)
  // @ts-expect-error: an actor of receive has no calls
  void (await system.start(Echo, ['> ', 1])).call.echo()
  // @ts-expect-error: a server without calls has none
  void (await system.start(Maybe, [true])).call.go()

  // @ts-expect-error: a typo in the name of a request
  void cart.sendRequest.ad('book', 1)
  // @ts-expect-error: a cast is no request
  void cart.sendRequest.clear()
  // @ts-expect-error: an argument of a request of the wrong type
  void cart.sendRequest.add('book', '1')
  // @ts-expect-error: a request id is not the reply
  const asked: number = cart.sendRequest.add('book', 1)
  const response = await receiveResponse(cart.sendRequest.add('book', 1))
  // @ts-expect-error: a response may be an error, or not have come
  void response.reply
  // @ts-expect-error: a reply of the wrong type
  if (response.kind === 'reply') response.reply.at(0)
  // @ts-expect-error: a request with another reply than the collection is for
  new RequestIds<string, number>().add(cart.sendRequest.add('book', 1), 1)
  // @ts-expect-error: a label of another type
  new RequestIds<number, number>().add(cart.sendRequest.add('book', 1), 'one')
  // @ts-expect-error: a typo in a call to many
  void multiCall([cart], (ref) => ref.call.ad('book', 1))
  // @ts-expect-error: there is no such item
  void self.info(cart, ['age'])
  // @ts-expect-error: an item that was not asked for
  void (await self.info(cart, ['links']))?.trapExit
  // @ts-expect-error: messages are told only when they are asked for
  void (await self.info(cart))?.messages
  // @ts-expect-error: there is no such kind of alias
  self.monitor(cart, { alias: 'for ever' })
  // @ts-expect-error: a pid is no alias
  self.unalias(self.pid)
  // @ts-expect-error: an alias is no pid
  self.ref(Cart, self.alias())
  // @ts-expect-error: the state stays what it is
  void sys.replaceState(cart, (state: { limit: number }) => state.limit)
  // @ts-expect-error: a pid is no reference
  void sys.suspend(self.pid)
  // @ts-expect-error: the arguments of startMonitor are those of init
  void self.startMonitor(Cart, ['ann'])
  // @ts-expect-error: a partition supervisor is started with a name, and what its args take
  void system.start(Carts, ['carts'])
  // @ts-expect-error: a partition understands what its behaviour does
  void partition(system, Carts, 'carts', 1).call.ad('book', 1)
  // @ts-expect-error: another supervisor has no partitions
  void partition(system, Shop, 'carts', 1)

  // @ts-expect-error: arguments of init are missing
  await system.start(Cart, [])
  // @ts-expect-error: one of them is
  await system.start(Cart, ['ann'])
  // @ts-expect-error: one is of the wrong type
  await self.start(Cart, ['ann', 'five'])
  // @ts-expect-error: one is too many
  await self.startLink(Cart, ['ann', 5, true])
  // @ts-expect-error: those of a supervisor are typed
  await system.start(Shop, [5])
  // @ts-expect-error: those of an actor are typed
  await self.tryStart(Echo, ['> '])
  // @ts-expect-error: a function is no behaviour
  await system.start(() => undefined, [])
  // @ts-expect-error: there is no such option
  await system.start(Cart, ['ann', 5], { restarts: 'always' })
  // @ts-expect-error: there is no such isolation
  await self.start(Cart, ['ann', 5], { isolation: 'worker' })
  // @ts-expect-error: there is no such hint
  await self.start(Cart, ['ann', 5], { isolation: { trusted: false } })
  // @ts-expect-error: there is no such policy
  await self.start(Cart, ['ann', 5], { mailbox: { overflow: 'explode' } })

  // @ts-expect-error: the arguments of a child are those of its init
  child(Cart, ['ann'])
  // @ts-expect-error: and of its types
  child(Cart, [5, 5])
  // @ts-expect-error: there is no such restart type
  child(Cart, ['ann', 5], { restart: 'always' })

  // @ts-expect-error: a generic server keeps its kind of value
  void (await self.start(cacheOf<number>(), [])).call.put('key', 'text')

  // @ts-expect-error: a string is no pid
  self.ref(Cart, 'cart')
  // @ts-expect-error: a number is no destination
  self.send(5, 'hello')
  // @ts-expect-error: the pattern has no such field
  void self.receive((on) => on.with({ text: P.string }, ({ txt }) => txt))
  // @ts-expect-error: a reply of another type than the call waits for
  reply(null as unknown as From<number>, 'text')
  // @ts-expect-error: a pid is no plain string that one makes up
  const pid: Pid = '<x.1.2>'

  void [text, refusal, from, waited, asked, pid]
}

// @ts-expect-error: a behaviour needs its module
defineServer('Cart', { init: () => 0 })

// @ts-expect-error: init is missing
defineServer(import.meta, 'NoInit', { calls: {} })

defineServer(import.meta, 'Then', {
  init: () => 0,
  // @ts-expect-error: JavaScript would await a reference with a method named then
  calls: { then: () => 1 },
})

defineServer(import.meta, 'ToJson', {
  init: () => 0,
  // @ts-expect-error: JavaScript would call it to print a reference
  casts: { toJSON: () => 1 },
})

defineServer(import.meta, 'WrongState', {
  init: () => ({ count: 0 }),
  calls: {
    // @ts-expect-error: the state has no such field
    increment: (self) => self.state.cuont++,
  },
})

defineServer(import.meta, 'WrongCall', {
  init: () => ({ count: 0 }),
  // @ts-expect-error: a handler is a function
  calls: { increment: 5 },
})

defineServer(import.meta, 'WrongTerminate', {
  init: () => ({ count: 0 }),
  // @ts-expect-error: the state has no such field here either
  terminate: (self) => self.state.total,
})

defineServer(import.meta, 'WrongFormat', {
  init: () => ({ count: 0 }),
  // @ts-expect-error: nor here
  formatState: (state) => state.total,
})

// @ts-expect-error: the arguments of a partition are those of its init
definePartitionSupervisor(import.meta, 'WrongParts', Cart, { partitions: 2, args: (index: number) => [index, 5] })

// @ts-expect-error: there is no such strategy
defineSupervisor(import.meta, 'WrongStrategy', () => ({ strategy: 'all_for_one', children: [] }))

// @ts-expect-error: a child is a child spec, not a behaviour
defineSupervisor(import.meta, 'WrongChildren', () => ({ strategy: 'one_for_one', children: [Cart] }))
