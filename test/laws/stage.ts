import { P } from '@bulkhead/core'
import type { ActorRef, ActorSelf, Args, Behaviour, Isolation, Pid, StartOptions } from '@bulkhead/core'
import { Puppet } from './fixtures/puppet.ts'
import type { Heard } from './fixtures/puppet.ts'
import type { RefOf, Stage, Strings } from './law.ts'

/** Far beyond what anything takes, even on a machine that is busy with other things. */
export const patienceMs = 20_000

/** Where the actors of a stage live. */
export type Places = Pick<Stage, 'here' | 'there' | 'shares'>

/** Sets the stage for one law; `self` is an actor of the root that does nothing by itself. `close` ends what was started on it. */
export async function setStage(self: ActorSelf, places: Places): Promise<{ readonly stage: Stage; close(): void }> {
  self.trapExit = true
  const owner = await ownerFor(self)

  const start = async <A extends Args, P>(
    behaviour: Behaviour<A, P>,
    args: A,
    isolation: Isolation,
    options: StartOptions = {},
  ): Promise<ActorRef<P> & { readonly pid: Pid }> => {
    const { pid } = await owner.startLink(behaviour, args, { isolation, ...options })
    return self.ref(behaviour, pid as Pid).within(patienceMs) as ActorRef<P> & { readonly pid: Pid }
  }

  const puppetIn = async (
    isolation: Isolation,
    options: StartOptions & { readonly trapExit?: boolean } = {},
  ): Promise<Strings> => {
    const { trapExit = false, ...rest } = options
    return strings(await start(Puppet, [trapExit], isolation, rest))
  }

  const stage: Stage = {
    ...places,
    self,
    puppet: (options) => puppetIn(places.here, options),
    stranger: (options) => puppetIn(places.there, options),
    start: (behaviour, args, options) => start(behaviour, args, places.here, options),
    watch: async (pid) => {
      const ref = self.monitor(pid)
      await self.isAlive(pid)
      return ref
    },
    take: (count) => take(self, count),
  }
  return { stage, close: () => self.exit(owner.pid, 'kill') }
}

/** Starts what the law needs and is not hurt by it; its own end ends all of that. */
async function ownerFor(self: ActorSelf): Promise<ActorSelf> {
  const { promise, resolve } = Promise.withResolvers<ActorSelf>()
  await self.spawn((owner) => {
    owner.trapExit = true
    resolve(owner)
    return new Promise(() => undefined)
  })
  return promise
}

function strings(ref: RefOf<typeof Puppet> & { readonly pid: Pid }): Strings {
  const own: Strings = {
    pid: ref.pid,
    ref,
    do: (...steps) => ref.call.do(steps),
    tie: async (how, to) => (await own.do([how, to], ['isAlive', to]))[0],
    heard: (count) => ref.call.heard(count),
    heardFrom: async (...senders): Promise<Heard[]> => {
      // A call of each sender is handled after everything else that it sent before.
      for (const sender of senders) await sender.ref.call.call(ref, 'self', [])
      return ref.call.heard(0)
    },
  }
  return own
}

async function take(self: ActorSelf, count: number): Promise<unknown[]> {
  const taken: unknown[] = []
  while (taken.length < count) {
    const more = await self.receive((on) =>
      on
        .with(P._, (message) => {
          taken.push(message)
          return true
        })
        .after(patienceMs, () => false),
    )
    if (!more) throw new Error(`only ${taken.length} of ${count} messages came`)
  }
  return taken
}
