// The channels of the filter bank: each a pipeline of delays and filters, and what puts them together again.
import { defineServer, stop } from 'bulkhead'
import type { ActorRef, Pid, Server, ServerSelf } from 'bulkhead'

export type Sizes = Readonly<Record<'simulations' | 'columns' | 'channels', number>>

/** The coefficients of a channel's two filters, the last one first: that is how they meet the values. */
export function coefficients(channel: number, { columns, channels }: Sizes): readonly [Float64Array, Float64Array] {
  const from = (of: (i: number) => number): Float64Array => Float64Array.from({ length: columns }, (_, i) => of(i))
  return [
    from((i) => i * columns + channel * channels + channel + i + channel + 1).reverse(),
    from((i) => i * channel + channel * channel + channel + i).reverse(),
  ]
}

/** The sum of the products, four at a time; `columns` is a multiple of 4. */
export function convolve(values: Float64Array, factors: Float64Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i += 4) {
    sum +=
      (values[i] as number) * (factors[i] as number) +
      (values[i + 1] as number) * (factors[i + 1] as number) +
      (values[i + 2] as number) * (factors[i + 2] as number) +
      (values[i + 3] as number) * (factors[i + 3] as number)
  }
  return sum
}

/** What the actors of one way have seen, added up from actor to actor as they end. */
export interface Seen {
  readonly spawns: number
  readonly messages: number
  readonly checksum: number
}

export const NOTHING: Seen = { spawns: 0, messages: 0, checksum: 0 }

/** What a sum adds to the checksum. */
export const trace = (sum: number): number => sum % 1_000_003

export interface StageProtocol {
  casts: { value: (value: number) => void; exit: (seen: Seen) => void }
}

interface IntegratorProtocol {
  casts: { sourced: (channel: number, value: number) => void; exit: (seen: Seen) => void }
}

interface CombineProtocol {
  casts: { collection: (values: readonly number[]) => void; exit: (seen: Seen) => void }
}

interface Ended {
  readonly next: { readonly cast: { exit: (seen: Seen) => unknown } }
  handled: number
  checksum?: number
}

/** The end of an actor of the pipeline: tells the next. */
export function exit({ state: { next, handled, checksum = 0 } }: ServerSelf<Ended>, seen: Seen) {
  next.cast.exit({ ...seen, messages: seen.messages + handled + 1, checksum: seen.checksum + checksum })
  return stop()
}

/** The entry of one channel: starts its filters, from the last to the first. */
export const Bank: Server<[channel: number, sizes: Sizes, integrator: Pid], StageProtocol> = defineServer(
  import.meta,
  'Bank',
  {
    init: async (self, channel: number, sizes: Sizes, integrator: Pid) => {
      const [analysis, synthesis] = coefficients(channel, sizes)
      const { columns } = sizes
      const beside = { isolation: 'inline' } as const
      const pidOf = async (started: Promise<ActorRef>): Promise<Pid> => (await started).pid as Pid
      const forward = await pidOf(self.startLink(TaggedForward, [channel, integrator], beside))
      const secondFilter = await pidOf(self.startLink(FirFilter, [synthesis, forward], beside))
      const secondDelay = await pidOf(self.startLink(Delay, [columns - 1, secondFilter], beside))
      const sample = await pidOf(self.startLink(SampleFilter, [columns, secondDelay], beside))
      const filter = await pidOf(self.startLink(FirFilter, [analysis, sample], beside))
      return { next: await self.startLink(Delay, [columns - 1, filter], beside), handled: 0 }
    },
    casts: {
      value: ({ state }, value: number) => {
        state.handled++
        state.next.cast.value(value)
      },
      exit: (self, seen: Seen) => exit(self, { ...seen, spawns: seen.spawns + 6 }),
    },
  },
)

/** Sends what came so many values before. */
export const Delay: Server<[length: number, next: Pid], StageProtocol> = defineServer(import.meta, 'Delay', {
  init: (self, length: number, next: Pid) => ({
    next: self.ref(Delay, next),
    values: new Float64Array(length),
    at: 0,
    handled: 0,
  }),
  casts: {
    value: ({ state }, value: number) => {
      const { next, values, at } = state
      state.handled++
      next.cast.value(values[at] as number)
      values[at] = value
      state.at = (at + 1) % values.length
    },
    exit,
  },
})

/** Sends the sum of its values, each times its coefficient, once it has as many as coefficients. */
export const FirFilter: Server<[factors: Float64Array, next: Pid], StageProtocol> = defineServer(
  import.meta,
  'FirFilter',
  {
    init: (self, factors: Float64Array, next: Pid) => ({
      next: self.ref(Delay, next),
      factors,
      values: new Float64Array(factors.length),
      at: 0,
      full: false,
      handled: 0,
      checksum: 0,
    }),
    casts: {
      value: ({ state }, value: number) => {
        state.handled++
        state.values[state.at++] = value
        if (state.at === state.values.length) {
          state.at = 0
          state.full = true
        }
        if (!state.full) return
        const sum = convolve(state.values, state.factors)
        state.checksum += trace(sum)
        state.next.cast.value(sum)
      },
      exit,
    },
  },
)

/** Passes on the first of so many values, and 0 for the others. */
export const SampleFilter: Server<[rate: number, next: Pid], StageProtocol> = defineServer(
  import.meta,
  'SampleFilter',
  {
    init: (self, rate: number, next: Pid) => ({ next: self.ref(Delay, next), rate, handled: 0 }),
    casts: {
      value: ({ state }, value: number) => {
        state.next.cast.value(state.handled % state.rate === 0 ? value : 0)
        state.handled++
      },
      exit,
    },
  },
)

/** Says of which channel a value is. */
export const TaggedForward: Server<[channel: number, next: Pid], StageProtocol> = defineServer(
  import.meta,
  'TaggedForward',
  {
    init: (self, channel: number, next: Pid) => ({ next: self.ref(Integrator, next), channel, handled: 0 }),
    casts: {
      value: ({ state }, value: number) => {
        state.handled++
        state.next.cast.sourced(state.channel, value)
      },
      exit,
    },
  },
)

/** Collects the values of all channels that belong together. */
export const Integrator: Server<[channels: number, next: Pid], IntegratorProtocol> = defineServer(
  import.meta,
  'Integrator',
  {
    init: (self, channels: number, next: Pid) => ({
      next: self.ref(Combine, next),
      /** How many values each channel has sent. */
      sent: Array.from({ length: channels }, () => 0),
      /** What is not complete yet, by the place in the order of each channel. */
      rows: new Map<number, { readonly values: number[]; missing: number }>(),
      exits: channels,
      spawns: 0,
      handled: 0,
      checksum: 0,
    }),
    casts: {
      sourced: ({ state }, channel: number, value: number) => {
        const { next, sent, rows } = state
        const place = sent[channel] as number
        const row = rows.get(place) ?? { values: sent.map(() => 0), missing: sent.length }
        state.handled++
        sent[channel] = place + 1
        row.values[channel] = value
        row.missing--
        if (row.missing > 0) rows.set(place, row)
        else {
          rows.delete(place)
          next.cast.collection(row.values)
        }
      },
      exit: ({ state }, { spawns, messages, checksum }: Seen) => {
        state.spawns += spawns
        state.checksum += checksum
        state.handled += messages + 1
        state.exits--
        if (state.exits > 0) return undefined
        state.next.cast.exit({ spawns: state.spawns, messages: state.handled, checksum: state.checksum })
        return stop()
      },
    },
  },
)

export const Combine: Server<[next: Pid], CombineProtocol> = defineServer(import.meta, 'Combine', {
  init: (self, next: Pid) => ({ next: self.ref(Delay, next), handled: 0 }),
  casts: {
    collection: ({ state }, values: readonly number[]) => {
      state.handled++
      state.next.cast.value(values.reduce((sum, value) => sum + value, 0))
    },
    exit,
  },
})
