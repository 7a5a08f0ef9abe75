import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'
import { Random } from './random.ts'

type Sizes = Readonly<Record<'rounds' | 'smokers', number>>

interface SmokerProtocol {
  casts: { startSmoking: (steps: number) => void; exit: () => void }
}

interface ArbiterProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { startedSmoking: () => void; gone: (handled: number, smoked: number) => void }
}

/** Says that it has begun, and smokes. */
export const Smoker: Server<[arbiter: Pid], SmokerProtocol> = defineServer(import.meta, 'Smoker', {
  init: (self, arbiter: Pid) => ({ arbiter: self.ref(Arbiter, arbiter), handled: 0, smoked: 0 }),
  casts: {
    startSmoking: ({ state }, steps: number) => {
      state.handled++
      state.arbiter.cast.startedSmoking()
      state.smoked += new Random(steps).skip(steps)
    },
    exit: ({ state: { arbiter, handled, smoked } }) => {
      arbiter.cast.gone(handled + 1, smoked)
      return stop()
    },
  },
})

interface ArbiterState {
  from: From<Outcome> | undefined
  smokers: readonly ActorRef<SmokerProtocol>[]
  random: Random
  /** Rounds that have not begun. */
  left: number
  gone: number
  handled: number
  smoked: number
}

/** Lets one smoker after the other begin, by chance. */
export const Arbiter: Server<[], ArbiterProtocol> = defineServer(import.meta, 'Arbiter', {
  init: (): ArbiterState => ({
    from: undefined,
    smokers: [],
    random: new Random(1),
    left: 0,
    gone: 0,
    handled: 0,
    smoked: 0,
  }),
  calls: {
    run: async (self, { rounds, smokers }: Sizes, threads: Threads) => {
      const { state } = self
      const isolation = spread(threads)
      state.random = new Random(rounds * smokers)
      state.left = rounds
      state.smokers = await Promise.all(
        Array.from({ length: smokers }, () => self.startLink(Smoker, [self.pid], { isolation })),
      )
      next(state)
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    startedSmoking: ({ state }) => {
      state.handled++
      if (state.left > 0) next(state)
      else for (const smoker of state.smokers) smoker.cast.exit()
    },
    gone: ({ state }, handled: number, smoked: number) => {
      state.handled += handled
      state.smoked += smoked
      state.gone++
      const { from, smokers } = state
      if (state.gone === smokers.length && from !== undefined)
        reply(from, { spawns: smokers.length, messages: state.handled, checksum: state.smoked })
    },
  },
})

function next(state: ArbiterState): void {
  const { smokers, random } = state
  const smoker = smokers[random.below(smokers.length)]
  state.left--
  smoker?.cast.startSmoking(random.below(1_000) + 10)
}

/**
 * An arbiter lets one of many smokers begin, and the next as soon as that one has. The smokers are spread, the arbiter is not. The checksum is of
 * what they have computed while they smoked.
 */
export const cigaretteSmokers = program<Sizes>({
  number: 14,
  name: 'cigarette-smokers',
  sizes: { rounds: 1_000, smokers: 200 },
  quick: { rounds: 200, smokers: 20 },
  main: Arbiter,
  expected: ({ rounds, smokers }) => {
    const random = new Random(rounds * smokers)
    let checksum = 0
    for (let round = 0; round < rounds; round++) {
      random.below(smokers)
      const steps = random.below(1_000) + 10
      checksum += new Random(steps).skip(steps)
    }
    return { spawns: smokers, messages: 2 * rounds + smokers, checksum }
  },
})
