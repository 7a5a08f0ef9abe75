import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server, ServerSelf } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'
import { Random } from './random.ts'

type Sizes = Readonly<Record<'values', number>>

/** The last message: how many were handled, and how many actors started, before and up to here. */
type Exit = (handled: number, spawns: number) => void
/** A part that is told values. */
interface ValueProtocol {
  casts: { value: (value: number) => void; exit: Exit }
}
/** A part that is told values with the number of who tells them. */
interface DataProtocol {
  casts: { data: (order: number, value: number) => void; exit: Exit }
}
interface MainProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { sorted: (checksum: number, handled: number, spawns: number) => void }
}
type NumbererArgs = [next: Pid, order: number]
type SplitterArgs = [length: number, receivers: readonly Pid[]]
type JoinerArgs = [length: number, senders: number, next: Pid]
type CompareExchangeArgs = [order: number, up: boolean, next: Pid]
type PartitionArgs = [order: number, length: number, up: boolean, next: Pid]
type StepArgs = [length: number, sequences: number, every: number, last: boolean, next: Pid]
type StageArgs = [part: number, values: number, next: Pid]
type KernelArgs = [values: number, next: Pid, threads: Threads]
type Values = ActorRef<ValueProtocol>

/** Multiples of 128 below 2 to the power of 60: exact in a double. */
const nextValue = (random: Random): number => (random.next() * 4_194_304 + (random.next() % 4_194_304)) * 128

const checksumOf = (sum: number, value: number): number => (31 * sum + ((value / 128) % 2_147_483_647)) % 2_147_483_647

interface Passing<N = Values> {
  readonly next: N
  handled: number
  /** How many it has started itself. */
  readonly spawns: number
}

/** The last message goes on to whoever is next. */
const exit = ({ state }: ServerSelf<Passing<ActorRef<{ casts: { exit: Exit } }>>>, handled: number, spawns: number) => {
  state.next.cast.exit(handled + state.handled, spawns + state.spawns)
  return stop()
}

/** For parts that values pass on their way to the next. */
const passOn = {
  value: ({ state }: ServerSelf<Passing>, value: number) => {
    state.handled++
    state.next.cast.value(value)
  },
  exit,
}

/** An adapter of the suite that has nothing to adapt. */
export const Forwarder: Server<[next: Pid], ValueProtocol> = defineServer(import.meta, 'Forwarder', {
  init: (self, next: Pid): Passing => ({ next: self.ref(Splitter, next), handled: 0, spawns: 0 }),
  casts: passOn,
})

/** An adapter that puts a number to what passes. */
export const Numberer: Server<NumbererArgs, ValueProtocol> = defineServer(import.meta, 'Numberer', {
  init: (self, ...[next, order]: NumbererArgs) => ({ next: self.ref(Joiner, next), order, handled: 0, spawns: 0 }),
  casts: {
    value: ({ state }, value: number) => {
      state.handled++
      state.next.cast.data(state.order, value)
    },
    exit,
  },
})

/** Gives `length` values to each receiver in turn. */
export const Splitter: Server<SplitterArgs, ValueProtocol> = defineServer(import.meta, 'Splitter', {
  init: (self, ...[length, receivers]: SplitterArgs) => ({
    length,
    receivers: receivers.map((pid) => self.ref(Splitter, pid)),
    receiver: 0,
    run: 0,
    handled: 0,
  }),
  casts: {
    value: ({ state }, value: number) => {
      state.handled++
      state.receivers[state.receiver]!.cast.value(value)
      if (++state.run < state.length) return
      state.receiver = (state.receiver + 1) % state.receivers.length
      state.run = 0
    },
    exit: ({ state }, handled: number, spawns: number) => {
      const [first, ...others] = state.receivers
      first!.cast.exit(handled + state.handled, spawns)
      for (const other of others) other.cast.exit(0, 0)
      return stop()
    },
  },
})

/** Takes `length` values from each of several in turn, and keeps what comes too early. */
export const Joiner: Server<JoinerArgs, DataProtocol> = defineServer(import.meta, 'Joiner', {
  init: (self, ...[length, senders, next]: JoinerArgs) => ({
    length,
    senders,
    next: self.ref(Splitter, next),
    early: new Map<number, number[]>(),
    sender: 0,
    run: 0,
    handled: 0,
    exits: { count: 0, handled: 0, spawns: 0 },
  }),
  casts: {
    data: ({ state }, order: number, value: number) => {
      state.handled++
      if (order !== state.sender) {
        const kept = state.early.get(order)
        if (kept === undefined) state.early.set(order, [value])
        else kept.push(value)
        return
      }
      state.next.cast.value(value)
      turn(state)
      for (let kept = state.early.get(state.sender); kept !== undefined; kept = state.early.get(state.sender)) {
        const taken = kept.splice(0, state.length - state.run)
        if (kept.length === 0) state.early.delete(state.sender)
        for (const each of taken) {
          state.next.cast.value(each)
          turn(state)
        }
      }
    },
    exit: ({ state }, handled: number, spawns: number) => {
      const { exits } = state
      exits.handled += handled
      exits.spawns += spawns
      if (++exits.count < state.senders) return
      state.next.cast.exit(exits.handled + state.handled, exits.spawns)
      return stop()
    },
  },
})

/** One more from this sender. */
function turn(state: { sender: number; run: number; readonly length: number; readonly senders: number }): void {
  if (++state.run < state.length) return
  state.sender = (state.sender + 1) % state.senders
  state.run = 0
}

/** Sorts two values at a time: `up` the lesser one first. */
export const CompareExchange: Server<CompareExchangeArgs, ValueProtocol> = defineServer(
  import.meta,
  'CompareExchange',
  {
    init: (self, ...[order, up, next]: CompareExchangeArgs) => ({
      order,
      up,
      next: self.ref(Joiner, next),
      first: undefined as number | undefined,
      handled: 0,
      spawns: 0,
    }),
    casts: {
      value: ({ state }, value: number) => {
        state.handled++
        const { order, up, next, first } = state
        state.first = first === undefined ? value : undefined
        if (first === undefined) return
        const inOrder = first <= value === up
        next.cast.data(order, inOrder ? first : value)
        next.cast.data(order, inOrder ? value : first)
      },
      exit,
    },
  },
)

const beside = { isolation: 'inline' } as const

/** The pids of `count` actors, started together. */
const startAll = async (count: number, one: (index: number) => Promise<ActorRef<unknown>>): Promise<Pid[]> =>
  (await Promise.all(Array.from({ length: count }, (_, index) => one(index)))).map((ref) => ref.pid!)

/** Of a bitonic sequence it makes two, with no value in the first greater than one in the second if `up`, and the other way round if not. */
export const Partition: Server<PartitionArgs, ValueProtocol> = defineServer(import.meta, 'Partition', {
  init: async (self, ...[order, length, up, next]: PartitionArgs): Promise<Passing> => {
    const half = length / 2
    const numberer = await self.startLink(Numberer, [next, order], beside)
    const joiner = await self.startLink(Joiner, [1, half, numberer.pid!], beside)
    const workers = await startAll(half, (index) => self.startLink(CompareExchange, [index, up, joiner.pid!], beside))
    return { next: await self.startLink(Splitter, [1, workers], beside), handled: 0, spawns: half + 3 }
  },
  casts: passOn,
})

/** Each `length` values go through a partition; the direction changes after each `every` of them. */
export const Step: Server<StepArgs, ValueProtocol> = defineServer(import.meta, 'Step', {
  init: async (self, ...[length, sequences, every, last, next]: StepArgs): Promise<Passing> => {
    const end = last ? next : (await self.startLink(Forwarder, [next], beside)).pid!
    const joiner = (await self.startLink(Joiner, [length, sequences, end], beside)).pid!
    const workers = await startAll(sequences, (index) => {
      const up = Math.trunc(index / every) % 2 === 0
      return length > 2
        ? self.startLink(Partition, [index, length, up, joiner], beside)
        : self.startLink(CompareExchange, [index, up, joiner], beside)
    })
    const spawns = sequences + (last ? 2 : 3)
    return { next: await self.startLink(Splitter, [length, workers], beside), handled: 0, spawns }
  },
  casts: passOn,
})

/** Sorts each `part` of all values, up and down in turn, in so many steps as its logarithm; the last stage has but one part. */
export const Stage: Server<StageArgs, ValueProtocol> = defineServer(import.meta, 'Stage', {
  init: async (self, ...[part, values, next]: StageArgs): Promise<Passing> => {
    let [first, spawns] = [self.ref(Splitter, next), 0]
    for (let every = part / 2; every >= 1; every /= 2) {
      const args = [part / every, (values / part) * every, every, part === values, first.pid!] as const
      first = await self.startLink(Step, [...args], beside)
      spawns++
    }
    return { next: first, handled: 0, spawns }
  },
  casts: passOn,
})

/** The whole network. */
export const Kernel: Server<KernelArgs, ValueProtocol> = defineServer(import.meta, 'Kernel', {
  init: async (self, ...[values, next, threads]: KernelArgs): Promise<Passing> => {
    let [first, spawns] = [self.ref(Splitter, next), 0]
    for (let part = values; part >= 2; part /= 2) {
      first = await self.startLink(Stage, [part, values, first.pid!], { isolation: spread(threads) })
      spawns++
    }
    return { next: first, handled: 0, spawns }
  },
  casts: passOn,
})

export const Source: Server<[next: Pid], { casts: { begin: (values: number) => void } }> = defineServer(
  import.meta,
  'Source',
  {
    init: (self, next: Pid) => self.ref(Splitter, next),
    casts: {
      begin: ({ state }, values: number) => {
        const random = new Random(2_048)
        for (let count = 0; count < values; count++) state.cast.value(nextValue(random))
        state.cast.exit(1, 0)
        return stop()
      },
    },
  },
)

/** Takes the values as they come out. */
export const Validation: Server<[main: Pid], ValueProtocol> = defineServer(import.meta, 'Validation', {
  init: (self, main: Pid) => ({ main: self.ref(BitonicSort, main), previous: 0, checksum: 0, handled: 0 }),
  casts: {
    value: ({ state }, value: number) => {
      if (value < state.previous) throw new Error(`${value} comes after ${state.previous}`)
      state.previous = value
      state.checksum = checksumOf(state.checksum, value)
      state.handled++
    },
    exit: ({ state }, handled: number, spawns: number) => {
      state.main.cast.sorted(state.checksum, state.handled + handled, spawns)
      return stop()
    },
  },
})

interface MainState {
  from: From<Outcome> | undefined
}

export const BitonicSort: Server<[], MainProtocol> = defineServer(import.meta, 'BitonicSort', {
  init: (): MainState => ({ from: undefined }),
  calls: {
    run: async (self, { values }: Sizes, threads: Threads) => {
      const validation = await self.startLink(Validation, [self.pid], beside)
      const adapter = await self.startLink(Forwarder, [validation.pid!], beside)
      const kernel = await self.startLink(Kernel, [values, adapter.pid!, threads], beside)
      const source = await self.startLink(Source, [kernel.pid!], beside)
      source.cast.begin(values)
      return later<Outcome>((from) => (self.state.from = from))
    },
  },
  casts: {
    sorted: ({ state }, checksum: number, messages: number, spawns: number) => {
      if (state.from) reply(state.from, { spawns: spawns + 4, messages, checksum })
    },
  },
})

/**
 * A network of very many actors, through which all values pass one by one. The stages are spread, and all that a stage is made of stays beside it.
 *
 * Values are multiples of 128 below 2 to the power of 60, which are exact in a double. Actors end in order behind the last value; the messages that make
 * them end carry the counts, and are not counted.
 */
export const bitonicSort = program<Sizes>({
  number: 30,
  name: 'bitonic-sort',
  sizes: { values: 4_096 },
  quick: { values: 64 },
  main: BitonicSort,
  expected: ({ values }) => {
    const random = new Random(2_048)
    const sorted = Float64Array.from({ length: values }, () => nextValue(random)).toSorted()
    let [spawns, messagesPerValue] = [4, 3]
    for (let part = 2; part <= values; part *= 2) {
      const others = part === values ? 3 : 4
      spawns++
      messagesPerValue++
      for (let length = 2; length <= part; length *= 2) {
        spawns += others + (values / length) * (length > 2 ? length / 2 + 4 : 1)
        messagesPerValue += others + (length > 2 ? 5 : 1)
      }
    }
    return { spawns, messages: 1 + values * messagesPerValue, checksum: sorted.reduce(checksumOf, 0) }
  },
})
