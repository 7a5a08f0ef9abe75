import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server, ServerSelf } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'
import { Random } from './random.ts'

type Sizes = Readonly<Record<'values' | 'threshold', number>>
type Side = 'left' | 'right'

interface MainProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { result: (side: Side, data: Float64Array, spawns: number, handled: number) => void }
}
interface SorterProtocol {
  casts: {
    sort: (data: Float64Array) => void
    result: (side: Side, data: Float64Array, spawns: number, handled: number) => void
  }
}

function input(values: number): Float64Array {
  const random = new Random(1_024)
  return Float64Array.from({ length: values }, () => random.next())
}

const pivotOf = (data: Float64Array): number => data[Math.trunc(data.length / 2)]!

/** What is less than the pivot, as it, and greater, each in the order in which it was. */
function split(data: Float64Array): readonly [Float64Array, Float64Array, Float64Array] {
  const pivot = pivotOf(data)
  const [less, greater] = [new Float64Array(data.length), new Float64Array(data.length)]
  let [lesser, greaters] = [0, 0]
  for (const value of data) {
    if (value < pivot) less[lesser++] = value
    else if (value > pivot) greater[greaters++] = value
  }
  const equal = new Float64Array(data.length - lesser - greaters).fill(pivot)
  return [less.subarray(0, lesser), equal, greater.subarray(0, greaters)]
}

/** In place, from `first` to `last`. */
function quicksort(data: Float64Array, first = 0, last = data.length - 1): void {
  if (first >= last) return
  const pivot = data[(first + last) >>> 1]!
  let [low, high] = [first, last]
  while (low <= high) {
    while (data[low]! < pivot) low++
    while (data[high]! > pivot) high--
    if (low > high) break
    const value = data[low]!
    data[low++] = data[high]!
    data[high--] = value
  }
  quicksort(data, first, high)
  quicksort(data, low, last)
}

function checksumOf(sorted: Float64Array): number {
  let sum = 0
  for (const value of sorted) sum = (31 * sum + value) % 2_147_483_647
  return sum
}

interface SorterState {
  /** A sorter too, or the main actor. */
  readonly parent: ActorRef<SorterProtocol>
  readonly side: Side
  readonly depth: number
  readonly threshold: number
  readonly threads: Threads
  left: Float64Array | undefined
  equal: Float64Array
  right: Float64Array | undefined
  spawns: number
  handled: number
}

function join(...parts: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

async function divide(self: ServerSelf<SorterState>, data: Float64Array): Promise<void> {
  const { state } = self
  const { depth, threshold, threads } = state
  const isolation = depth < 2 ? spread(threads) : 'inline'
  const start = (side: Side): Promise<ActorRef<SorterProtocol>> =>
    self.startLink(Sorter, [self.pid, side, depth + 1, threshold, threads], { isolation })
  const [less, equal, greater] = split(data)
  const [left, right] = await Promise.all([start('left'), start('right')])
  left.cast.sort(less)
  right.cast.sort(greater)
  state.equal = equal
  state.spawns = 2
  state.handled = 1
}

/** Sorts once: what is long with the help of two others. */
export const Sorter: Server<
  [parent: Pid, side: Side, depth: number, threshold: number, threads: Threads],
  SorterProtocol
> = defineServer(import.meta, 'Sorter', {
  init: (self, parent: Pid, side: Side, depth: number, threshold: number, threads: Threads): SorterState => ({
    parent: self.ref(Sorter, parent),
    side,
    depth,
    threshold,
    threads,
    left: undefined,
    equal: new Float64Array(),
    right: undefined,
    spawns: 0,
    handled: 0,
  }),
  casts: {
    sort: (self, data: Float64Array) => {
      const { parent, side, threshold } = self.state
      if (data.length >= threshold) return divide(self, data)
      quicksort(data)
      parent.cast.result(side, data, 0, 1)
      return stop()
    },
    result: ({ state }, side: Side, data: Float64Array, spawns: number, handled: number) => {
      state[side] = data
      state.spawns += spawns
      state.handled += handled + 1
      const { parent, left, equal, right } = state
      if (left === undefined || right === undefined) return
      parent.cast.result(state.side, join(left, equal, right), state.spawns, state.handled)
      return stop()
    },
  },
})

interface MainState {
  from: From<Outcome> | undefined
}

export const Quicksort: Server<[], MainProtocol> = defineServer(import.meta, 'Quicksort', {
  init: (): MainState => ({ from: undefined }),
  calls: {
    run: async (self, { values, threshold }: Sizes, threads: Threads) => {
      const root = await self.startLink(Sorter, [self.pid, 'left', 0, threshold, threads], { isolation: 'inline' })
      root.cast.sort(input(values))
      return later<Outcome>((from) => (self.state.from = from))
    },
  },
  casts: {
    result: ({ state }, _side: Side, data: Float64Array, spawns: number, handled: number) => {
      if (state.from) reply(state.from, { spawns: spawns + 1, messages: handled + 1, checksum: checksumOf(data) })
    },
  },
})

function sortersOf(data: Float64Array, threshold: number): number {
  if (data.length < threshold) return 1
  const [less, , greater] = split(data)
  return 1 + sortersOf(less, threshold) + sortersOf(greater, threshold)
}

/**
 * Divide and conquer: each sorter hands what is less and what is greater than its pivot to two new ones. The six below the first are spread, and those below
 * them stay beside them. What is shorter than the threshold is sorted as is natural: here in place, in Erlang by lists.
 */
export const quicksortProgram = program<Sizes>({
  number: 25,
  name: 'quicksort',
  sizes: { values: 1_000_000, threshold: 2_048 },
  quick: { values: 20_000, threshold: 512 },
  main: Quicksort,
  expected: ({ values, threshold }) => {
    const data = input(values)
    const spawns = sortersOf(data, threshold)
    return { spawns, messages: 2 * spawns, checksum: checksumOf(data.toSorted()) }
  },
})
