import { checkResponse, multiCall, partition, receiveResponse, RequestIds, sys, waitResponse } from 'bulkhead'
import type { ActorRef, ActorSelf, Alias, MonitorRef, Outcome, RequestId, System } from 'bulkhead'
import { Cart, Carts, cacheOf, Lazy, Maybe, Shop } from './cart.ts'

/** Whether two types are exactly the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <T extends true>(): T => true as T

/** What flows from `init` and the handlers to the callers, with no casts. */
export async function rightUses(system: System, self: ActorSelf): Promise<void> {
  const cart = await system.start(Cart, ['ann', 5])
  const added = cart.call.add('book', 2)
  holds<Same<typeof added, Promise<number>>>()
  const owner = cart.within(250).call.owner()
  holds<Same<typeof owner, Promise<string>>>()
  const paid = cart.call.pay(100)
  holds<Same<typeof paid, Promise<{ paid: number; by: string }>>>()
  const next = cart.call.next()
  holds<Same<typeof next, Promise<number>>>()
  const bye = cart.call.close()
  holds<Same<typeof bye, Promise<'bye'>>>()
  const refreshed = cart.call.refresh()
  holds<Same<typeof refreshed, Promise<boolean>>>()
  const later = cart.call.later()
  holds<Same<typeof later, Promise<number>>>()
  const slow = cart.call.slow(5)
  holds<Same<typeof slow, Promise<boolean>>>()
  const cleared = cart.cast.clear()
  holds<Same<typeof cleared, boolean>>()

  const named = system.named(Cart, 'cart')
  holds<Same<typeof named, typeof cart>>()
  const again = self.ref(Cart, self.pid)
  holds<Same<typeof again, typeof cart>>()

  const numbers = await self.start(cacheOf<number>(), [])
  const got = numbers.call.get('a')
  holds<Same<typeof got, Promise<number | undefined>>>()

  const maybe = await self.tryStart(Maybe, [true])
  if (maybe.kind === 'started') maybe.ref.cast.go()
  await system.start(Shop, ['ann'])

  const received = self.receive((on) => on.with({ n: 1 }, ({ n }) => n).after(5, () => 'quiet' as const))
  holds<Same<typeof received, Promise<1 | 'quiet'>>>()

  const rested = cart.call.rest()
  holds<Same<typeof rested, Promise<string[]>>>()
  const lazy = (await self.start(Lazy, [true])).call.ran()
  holds<Same<typeof lazy, Promise<number>>>()

  const id = cart.sendRequest.add('book', 2)
  holds<Same<typeof id, RequestId<number>>>()
  const response = await receiveResponse(id, 250)
  holds<Same<typeof response, Outcome<number> | { readonly kind: 'timeout' }>>()
  if (response.kind === 'reply') holds<Same<typeof response.reply, number>>()
  const checked = checkResponse('message', id)
  if (checked.kind === 'reply') holds<Same<typeof checked.reply, number>>()
  const ids = new RequestIds<number, 'first'>().add(id, 'first')
  const next2 = await waitResponse(ids, { abs: 5 }, { delete: true })
  if (next2.kind === 'reply') holds<Same<[typeof next2.reply, typeof next2.label], [number, 'first']>>()
  const { replies } = await multiCall([cart, cart], (ref) => ref.call.pay(5))
  for (const { ref, reply } of replies) {
    holds<Same<typeof reply, { paid: number; by: string }>>()
    holds<Same<typeof ref, typeof cart>>()
  }

  const some = await self.info(cart, ['links', 'trapExit'])
  holds<Same<keyof NonNullable<typeof some>, 'links' | 'trapExit'>>()
  const usual = await self.info(cart)
  void usual?.messageQueueLen
  const ref = self.monitor(cart)
  holds<Same<typeof ref, MonitorRef>>()
  const both = self.monitor(cart, { alias: 'demonitor' })
  holds<Same<typeof both.alias, Alias>>()
  const { ref: started, monitor } = await self.startMonitor(Cart, ['ann', 5])
  holds<Same<[typeof started, typeof monitor], [typeof cart, MonitorRef]>>()
  const replaced = sys.replaceState(cart, (state: { limit: number }) => ({ limit: state.limit + 1 }))
  holds<Same<typeof replaced, Promise<{ limit: number }>>>()
  await system.start(Carts, ['carts', 'ann'])
  const part = partition(system, Carts, 'carts', 'key')
  holds<Same<typeof part, typeof cart>>()

  const untyped: ActorRef = cart
  void untyped.pid
}
