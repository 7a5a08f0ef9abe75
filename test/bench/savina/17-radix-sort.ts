import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Isolation, Pid, Server } from 'bulkhead'
import { program } from './program.ts'
import type { Outcome, Threads } from './program.ts'
import { Random } from './random.ts'

type Sizes = Readonly<Record<'values' | 'bits' | 'seed', number>>

/** A multiple of 128 below `2 ** bits`: exact in a double, also with 60 bits. */
function draw(random: Random, bits: number): number {
  const high = random.next()
  return ((high * 2 ** 22 + random.below(2 ** 22)) * 128) % 2 ** bits
}

/** Tells whether a bit of a number of up to 60 bits is set. The bitwise operators of JavaScript see the lower 32. */
function bitTest(bit: number): (value: number) => boolean {
  const [unit, mask] = bit < 31 ? [1, 1 << bit] : [2 ** 31, 1 << (bit - 31)]
  return (value) => ((value / unit) & mask) !== 0
}

/** The checksum of the values so far, and one more: it depends on their order. */
const step = (sum: number, value: number): number => (31 * sum + ((value / 128) % 2_147_483_647)) % 2_147_483_647

interface StageProtocol {
  casts: { value: (value: number) => void }
}

interface SourceProtocol {
  casts: { start: (first: Pid) => void }
}

interface PipelineProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { ended: (handled: number, checksum: number) => void }
}

/** Sends random numbers to the first stage. */
export const Source: Server<[pipeline: Pid, sizes: Sizes], SourceProtocol> = defineServer(import.meta, 'Source', {
  init: (self, pipeline: Pid, sizes: Sizes) => ({ pipeline: self.ref(Pipeline, pipeline), sizes }),
  casts: {
    start: (self, first: Pid) => {
      const { pipeline, sizes } = self.state
      const random = new Random(sizes.seed)
      const stage = self.ref(Sorter, first)
      for (let i = 0; i < sizes.values; i++) stage.cast.value(draw(random, sizes.bits))
      pipeline.cast.ended(1, 0)
      return stop()
    },
  },
})

/** Passes on what has a 0 at its bit, and what has a 1 after everything else. */
export const Sorter: Server<[pipeline: Pid, values: number, bit: number, next: Pid], StageProtocol> = defineServer(
  import.meta,
  'Sorter',
  {
    init: (self, pipeline: Pid, values: number, bit: number, next: Pid) => ({
      pipeline: self.ref(Pipeline, pipeline),
      values,
      isSet: bitTest(bit),
      next: self.ref(Sorter, next),
      kept: [] as number[],
      handled: 0,
    }),
    casts: {
      value: ({ state }, value: number) => {
        const { next, kept } = state
        state.handled++
        if (state.isSet(value)) kept.push(value)
        else next.cast.value(value)
        if (state.handled < state.values) return undefined
        for (const each of kept) next.cast.value(each)
        state.pipeline.cast.ended(state.handled, 0)
        return stop()
      },
    },
  },
)

/** Takes the values at the end, and sees whether they are in order. */
export const Validation: Server<[pipeline: Pid, values: number], StageProtocol> = defineServer(
  import.meta,
  'Validation',
  {
    init: (self, pipeline: Pid, values: number) => ({
      pipeline: self.ref(Pipeline, pipeline),
      values,
      previous: 0,
      inOrder: true,
      checksum: 0,
      handled: 0,
    }),
    casts: {
      value: ({ state }, value: number) => {
        state.handled++
        if (value < state.previous) state.inOrder = false
        state.previous = value
        state.checksum = step(state.checksum, value)
        if (state.handled < state.values) return undefined
        state.pipeline.cast.ended(state.handled, state.inOrder ? state.checksum : -1)
        return stop()
      },
    },
  },
)

interface PipelineState {
  from: From<Outcome> | undefined
  spawns: number
  ended: number
  handled: number
  checksum: number
}

/** Builds the pipeline from its end, and waits until all its actors have ended. */
export const Pipeline: Server<[], PipelineProtocol> = defineServer(import.meta, 'Pipeline', {
  init: (): PipelineState => ({ from: undefined, spawns: 0, ended: 0, handled: 0, checksum: 0 }),
  calls: {
    run: async (self, sizes: Sizes, threads: Threads) => {
      const { state } = self
      const { values, bits } = sizes
      const place = neighbours(bits + 2, threads)
      const started = <P>(ref: ActorRef<P>): Pid => {
        place.placed(ref)
        state.spawns++
        return ref.pid as Pid
      }
      let next = started(await self.startLink(Validation, [self.pid, values], { isolation: place.next() }))
      for (let bit = bits - 1; bit >= 0; bit--)
        next = started(await self.startLink(Sorter, [self.pid, values, bit, next], { isolation: place.next() }))
      const source = await self.startLink(Source, [self.pid, sizes], { isolation: place.next() })
      started(source)
      source.cast.start(next)
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    ended: ({ state }, handled: number, checksum: number) => {
      state.handled += handled
      state.checksum += checksum
      state.ended++
      if (state.ended === state.spawns && state.from !== undefined)
        reply(state.from, { spawns: state.spawns, messages: state.handled, checksum: state.checksum })
    },
  },
})

/** Where the actors of a pipeline live: as many neighbours as there are for each thread are together. */
function neighbours(actors: number, threads: Threads): { next: () => Isolation; placed: (ref: ActorRef) => void } {
  let count = 0
  let first: ActorRef | undefined
  const share = Math.ceil(actors / Math.max(1, threads))
  return {
    next: () => {
      if (threads === 0) return 'inline'
      return count % share === 0 || first === undefined ? 'thread' : { coordination: { with: first } }
    },
    placed: (ref) => {
      if (count % share === 0) first = ref
      count++
    },
  }
}

/**
 * A pipeline that sorts by one bit in each stage, the lowest first. Each thread has a part of the pipeline, so that few of the ways between
 * neighbours cross threads. The values are multiples of 128, and so exact in a double. The checksum depends on their order, and is -1 when it is
 * wrong.
 */
export const radixSort = program<Sizes>({
  number: 17,
  name: 'radix-sort',
  sizes: { values: 100_000, bits: 60, seed: 2_048 },
  quick: { values: 1_000, bits: 40, seed: 2_048 },
  main: Pipeline,
  expected: ({ values, bits, seed }) => {
    const random = new Random(seed)
    const sorted = Float64Array.from({ length: values }, () => draw(random, bits)).sort()
    return { spawns: bits + 2, messages: values * (bits + 1) + 1, checksum: sorted.reduce(step, 0) }
  },
})
