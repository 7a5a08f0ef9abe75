import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server } from 'bulkhead'
import { Bank, coefficients, Combine, convolve, exit, Integrator, NOTHING, trace } from './filter-bank-stages.ts'
import type { Seen, Sizes, StageProtocol } from './filter-bank-stages.ts'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'

/** The values that the source sends go round from 0 to this, not included. */
const VALUES = 1_000

interface ProducerProtocol {
  casts: { next: (source: Pid) => void }
}

interface SourceProtocol {
  casts: { boot: () => void; exit: (seen: Seen) => void }
}

interface BoardProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { over: (seen: Seen) => void }
}

/** Lets the source send the next value as soon as it has sent the one before. */
export const Producer: Server<[simulations: number], ProducerProtocol> = defineServer(import.meta, 'Producer', {
  init: (_, simulations: number) => ({
    left: simulations,
    handled: 0,
    source: undefined as ActorRef<SourceProtocol> | undefined,
  }),
  casts: {
    next: (self, source: Pid) => {
      const { state } = self
      state.handled++
      state.source ??= self.ref(Source, source)
      if (state.left > 0) {
        state.left--
        state.source.cast.boot()
        return undefined
      }
      state.source.cast.exit({ ...NOTHING, messages: state.handled })
      return stop()
    },
  },
})

export const Source: Server<[producer: Pid, next: Pid], SourceProtocol> = defineServer(import.meta, 'Source', {
  init: (self, producer: Pid, next: Pid) => ({
    producer: self.ref(Producer, producer),
    next: self.ref(Branches, next),
    current: 0,
    handled: 0,
  }),
  casts: {
    boot: ({ pid, state }) => {
      state.handled++
      state.next.cast.value(state.current)
      state.current = (state.current + 1) % VALUES
      state.producer.cast.next(pid)
    },
    exit,
  },
})

/** Sends each value to all banks. */
export const Branches: Server<[sizes: Sizes, threads: Threads, integrator: Pid], StageProtocol> = defineServer(
  import.meta,
  'Branches',
  {
    init: async (self, sizes: Sizes, threads: Threads, integrator: Pid) => ({
      banks: await Promise.all(
        Array.from({ length: sizes.channels }, (_, channel) =>
          self.startLink(Bank, [channel, sizes, integrator], { isolation: spread(threads) }),
        ),
      ),
      handled: 0,
    }),
    casts: {
      value: ({ state }, value: number) => {
        state.handled++
        for (const bank of state.banks) bank.cast.value(value)
      },
      exit: ({ state: { banks, handled } }, { spawns, messages, checksum }: Seen) => {
        const seen = { spawns: spawns + banks.length, messages: messages + handled + 1, checksum }
        for (const [channel, bank] of banks.entries()) bank.cast.exit(channel === 0 ? seen : NOTHING)
        return stop()
      },
    },
  },
)

export const Sink: Server<[board: Pid], StageProtocol> = defineServer(import.meta, 'Sink', {
  init: (self, board: Pid) => ({ board: self.ref(Board, board), handled: 0, checksum: 0 }),
  casts: {
    value: ({ state }, value: number) => {
      state.handled++
      state.checksum += trace(value)
    },
    exit: ({ state: { board, handled, checksum } }, seen: Seen) => {
      board.cast.over({ ...seen, messages: seen.messages + handled + 1, checksum: seen.checksum + checksum })
      return stop()
    },
  },
})

/** Puts the pipeline together. */
export const Board: Server<[], BoardProtocol> = defineServer(import.meta, 'Board', {
  init: () => ({ from: undefined as From<Outcome> | undefined, spawns: 0 }),
  calls: {
    run: async (self, sizes: Sizes, threads: Threads) => {
      const { state } = self
      const beside = { isolation: 'inline' } as const
      const started = async (starting: Promise<ActorRef>): Promise<Pid> => {
        const { pid } = await starting
        state.spawns++
        return pid as Pid
      }
      const sink = await started(self.startLink(Sink, [self.pid], beside))
      const combine = await started(self.startLink(Combine, [sink], beside))
      const integrator = await started(self.startLink(Integrator, [sizes.channels, combine], beside))
      const branches = await started(self.startLink(Branches, [sizes, threads, integrator], beside))
      const producer = await started(self.startLink(Producer, [sizes.simulations], beside))
      const source = await started(self.startLink(Source, [producer, branches], beside))
      self.ref(Producer, producer).cast.next(source)
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    over: ({ state: { from, spawns } }, seen: Seen) => {
      if (from !== undefined) reply(from, { ...seen, spawns: spawns + seen.spawns })
    },
  },
})

/**
 * A signal runs through several channels of delays and filters, and is put together again. The channels are spread, each with all its filters; what
 * comes before and after them is not. The checksum is of what comes out of each filter and at the end. The first filters' sums are exact, since all
 * samples are whole numbers; in the second ones only one value is not 0; at the end the channels are added in their order.
 */
export const filterBank = program<Sizes>({
  number: 18,
  name: 'filter-bank',
  sizes: { simulations: 34_816, columns: 16_384, channels: 8 },
  quick: { simulations: 200, columns: 64, channels: 4 },
  main: Board,
  expected: (sizes) => {
    const { simulations, columns, channels } = sizes
    const filtered = Math.max(0, simulations - columns + 1)
    const combined = Math.max(0, filtered - columns + 1)
    const end = new Float64Array(combined)
    let checksum = 0
    for (let channel = 0; channel < channels; channel++) {
      const [first, second] = channelSums(channel, sizes)
      for (const sum of [...first, ...second]) checksum += trace(sum)
      for (const [i, sum] of second.entries()) end[i] = (end[i] as number) + sum
    }
    for (const sum of end) checksum += trace(sum)
    const perChannel = 3 * (simulations + 1) + 3 * (filtered + 1) + 2 * (combined + 1)
    return {
      spawns: 6 + 7 * channels,
      messages: 3 * (simulations + 1) + channels * perChannel + 2 * (combined + 1),
      checksum,
    }
  },
})

/** All sums of one channel's two filters. The first ones are kept up to date from value to value instead of being computed anew. */
function channelSums(channel: number, sizes: Sizes): readonly [number[], number[]] {
  const { simulations, columns } = sizes
  const [analysis, synthesis] = coefficients(channel, sizes)
  const delay = columns - 1
  const values = new Float64Array(columns)
  const first: number[] = []
  let sum = 0
  for (let t = 0; t < simulations; t++) {
    const at = t % columns
    const value = t < delay ? 0 : (t - delay) % VALUES
    sum += (value - (values[at] as number)) * (analysis[at] as number)
    values[at] = value
    if (t >= delay) first.push(sum)
  }
  values.fill(0)
  const second = first.flatMap((_, t) => {
    const sample = t - delay
    values[t % columns] = sample >= 0 && sample % columns === 0 ? (first[sample] as number) : 0
    return sample < 0 ? [] : [convolve(values, synthesis)]
  })
  return [first, second]
}
