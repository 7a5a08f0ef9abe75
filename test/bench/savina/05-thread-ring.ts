import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Server, ServerSelf } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'

type Sizes = Readonly<Record<'actors' | 'hops', number>>

/** What the members of the ring have counted, from the first that ended to the one that says it. */
interface Tally {
  readonly handled: number
  readonly checksum: number
}

interface MainProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { ended: (tally: Tally) => void }
}

interface MemberProtocol {
  calls: { link: (next: ActorRef<MemberProtocol>) => void }
  casts: {
    ping: (left: number) => void
    end: (left: number, tally: Tally) => void
  }
}

interface MemberState {
  readonly main: ActorRef<MainProtocol>
  /** From 1, in the order of the ring. */
  readonly place: number
  readonly actors: number
  next: ActorRef<MemberProtocol> | undefined
  handled: number
  sum: number
}

/** Hands on what it gets, one less; whoever gets 0 has all end one after the other, itself last. */
export const Member: Server<[main: ActorRef<MainProtocol>, place: number, actors: number], MemberProtocol> =
  defineServer(import.meta, 'Member', {
    init: (_self, main: ActorRef<MainProtocol>, place: number, actors: number): MemberState => ({
      main,
      place,
      actors,
      next: undefined,
      handled: 0,
      sum: 0,
    }),
    calls: {
      link: ({ state }, next: ActorRef<MemberProtocol>) => {
        state.handled++
        state.next = next
      },
    },
    casts: {
      ping: ({ state }, left: number) => {
        state.handled++
        state.sum += left
        if (left > 0) nextOf(state).cast.ping(left - 1)
        else nextOf(state).cast.end(state.actors - 1, { handled: 0, checksum: 0 })
      },
      end: ({ state }, left: number, before: Tally) => {
        const tally = {
          handled: before.handled + state.handled + 1,
          checksum: before.checksum + state.place * state.sum,
        }
        if (left > 0) nextOf(state).cast.end(left - 1, tally)
        else state.main.cast.ended(tally)
        return stop()
      },
    },
  })

function nextOf({ next, place }: MemberState): ActorRef<MemberProtocol> {
  if (next === undefined) throw new Error(`${place} was told to hand on before it was linked`)
  return next
}

interface MainState {
  from: From<Outcome> | undefined
  spawns: number
  /** Replies to the links. */
  linked: number
}

/** Over threads, the members are spread: neighbours live on different ones. */
export const ThreadRing: Server<[], MainProtocol> = defineServer(import.meta, 'ThreadRing', {
  init: (): MainState => ({ from: undefined, spawns: 0, linked: 0 }),
  calls: {
    run: async (self: ServerSelf<MainState>, { actors, hops }: Sizes, threads: Threads) => {
      const main = self.ref(ThreadRing, self.pid)
      const ring: ActorRef<MemberProtocol>[] = []
      for (let place = 1; place <= actors; place++) {
        ring.push(await self.startLink(Member, [main, place, actors], { isolation: spread(threads) }))
        self.state.spawns++
      }
      // A neighbour's ping may come before a link that was sent from here earlier: so all are linked before the first ping.
      await Promise.all(
        ring.map(async (member, index) => {
          await member.within(Infinity).call.link(ring[(index + 1) % actors] as ActorRef<MemberProtocol>)
          self.state.linked++
        }),
      )
      ring[0]?.cast.ping(hops)
      return later<Outcome>((from) => (self.state.from = from))
    },
  },
  casts: {
    ended: ({ state: { from, spawns, linked } }, { handled, checksum }: Tally) => {
      if (from !== undefined) reply(from, { spawns, messages: linked + handled, checksum })
    },
  },
})

export const threadRing = program<Sizes>({
  number: 5,
  name: 'thread-ring',
  sizes: { actors: 100, hops: 100_000 },
  quick: { actors: 20, hops: 2_000 },
  main: ThreadRing,
  expected: ({ actors, hops }) => {
    let checksum = 0
    for (let left = hops; left >= 0; left--) checksum += (((hops - left) % actors) + 1) * left
    return { spawns: actors, messages: 2 * actors + (hops + 1) + actors, checksum }
  },
})
