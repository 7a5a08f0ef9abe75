import type { ActorRef, ActorSelf, System } from 'bulkhead'
import { Cart, cacheOf, Maybe, Shop } from './cart.ts'

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

  const untyped: ActorRef = cart
  void untyped.pid
}
