import { defineServer, later, reply, stop } from 'bulkhead'
import type { From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'

type Sizes = Readonly<Record<'chameneos' | 'meetings', number>>

/** Red, yellow, blue. */
type Colour = 0 | 1 | 2

/** What a chameneos is told, by the mall or by another one. */
type Told = readonly ['meet', colour: Colour, who: Pid] | readonly ['change', colour: Colour] | readonly ['exit']

interface MallProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: {
    meet: (colour: Colour, who: Pid) => void
    count: (handled: number, meetings: number) => void
  }
}

/** The colour that both take when two meet: the same, or the third. */
function complement(mine: Colour, other: Colour): Colour {
  return (mine === other ? mine : 3 - mine - other) as Colour
}

/** Meets others as long as the mall lets it. */
export const Chameneos: Server<[mall: Pid, colour: Colour], { calls: object; casts: object }> = defineServer(
  import.meta,
  'Chameneos',
  {
    init: (self, mall: Pid, colour: Colour) => {
      const state = { mall: self.ref(Mall, mall), colour, handled: 0, meetings: 0 }
      state.mall.cast.meet(colour, self.pid)
      return state
    },
    info: (self, message) => {
      const { state } = self
      const told = message as Told
      state.handled++
      switch (told[0]) {
        case 'meet':
          state.colour = complement(state.colour, told[1])
          state.meetings++
          self.send(told[2], ['change', state.colour] satisfies Told)
          break
        case 'change':
          state.colour = told[1]
          state.meetings++
          break
        case 'exit':
          state.mall.cast.count(state.handled, state.meetings)
          return stop()
      }
      state.mall.cast.meet(state.colour, self.pid)
      return undefined
    },
  },
)

interface MallState {
  from: From<Outcome> | undefined
  spawns: number
  /** Meetings that there may still be. */
  left: number
  /** Who waits for another one. */
  waiting: Pid | undefined
  counts: number
  handled: number
  meetings: number
}

/**
 * Brings two at a time together. Who meets whom, and so all colours, only the order of events decides; that each meeting was counted by both, it
 * does not: that is the checksum. Over threads, the chameneos are spread.
 */
export const Mall: Server<[], MallProtocol> = defineServer(import.meta, 'Mall', {
  init: (): MallState => ({
    from: undefined,
    spawns: 0,
    left: 0,
    waiting: undefined,
    counts: 0,
    handled: 0,
    meetings: 0,
  }),
  calls: {
    run: async (self, { chameneos, meetings }: Sizes, threads: Threads) => {
      const { state } = self
      state.left = meetings
      const started = await Promise.all(
        Array.from({ length: chameneos }, (_, index) =>
          self.startLink(Chameneos, [self.pid, (index % 3) as Colour], { isolation: spread(threads) }),
        ),
      )
      state.spawns = started.length
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    meet: (self, colour: Colour, who: Pid) => {
      const { state } = self
      state.handled++
      if (state.left === 0) self.send(who, ['exit'] satisfies Told)
      else if (state.waiting === undefined) state.waiting = who
      else {
        self.send(state.waiting, ['meet', colour, who] satisfies Told)
        state.waiting = undefined
        state.left--
      }
    },
    count: ({ state }, handled: number, meetings: number) => {
      state.handled += handled + 1
      state.meetings += meetings
      if (++state.counts === state.spawns && state.from !== undefined)
        reply(state.from, { spawns: state.spawns, messages: state.handled, checksum: state.meetings })
    },
  },
})

export const chameneos = program<Sizes>({
  number: 6,
  name: 'chameneos',
  sizes: { chameneos: 100, meetings: 200_000 },
  quick: { chameneos: 20, meetings: 2_000 },
  main: Mall,
  // Each meeting takes two requests, one introduction and one answer; each chameneos one more request, which is refused, and its last word.
  expected: ({ chameneos: actors, meetings }) => ({
    spawns: actors,
    messages: 4 * meetings + 3 * actors,
    checksum: 2 * meetings,
  }),
})
