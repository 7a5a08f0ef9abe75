import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'
import { Random } from './random.ts'

type Sizes = Readonly<Record<'nodes' | 'block' | 'weights', number>>

interface MainProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { finished: (sum: number, handled: number) => void }
}
interface BlockProtocol {
  casts: {
    begin: (neighbours: readonly Pid[]) => void
    block: (k: number, from: number, data: Float64Array) => void
  }
}

/** The distances between neighbours, row by row; the same in both directions. */
function graph({ nodes, weights }: Sizes): Float64Array {
  const random = new Random(nodes)
  const distances = new Float64Array(nodes * nodes)
  for (let i = 0; i < nodes; i++)
    for (let j = i + 1; j < nodes; j++) distances[i * nodes + j] = distances[j * nodes + i] = random.below(weights) + 1
  return distances
}

/** A square part of it. */
function blockOf(distances: Float64Array, { nodes, block }: Sizes, row: number, column: number): Float64Array {
  const part = new Float64Array(block * block)
  for (let i = 0; i < block; i++) {
    const from = (row * block + i) * nodes + column * block
    part.set(distances.subarray(from, from + block), i * block)
  }
  return part
}

/** Told apart by their places, `row` and `column` being those of the first. */
function sumOf(data: Float64Array, size: number, row: number, column: number): number {
  let sum = 0
  for (let i = 0; i < data.length; i++)
    sum += data[i]! * (1 + ((31 * (row + Math.trunc(i / size)) + column + (i % size)) % 97))
  return sum
}

interface BlockState {
  readonly main: ActorRef<MainProtocol>
  readonly sizes: Sizes
  readonly row: number
  readonly column: number
  data: Float64Array
  neighbours: readonly ActorRef<BlockProtocol>[]
  /** The step that comes next: paths by way of this node. */
  k: number
  /** What the neighbours were before step k, and after it, each by its number. */
  now: Map<number, Float64Array>
  next: Map<number, Float64Array>
  handled: number
}

function tell(state: BlockState): void {
  const { neighbours, k, row, column, data, sizes } = state
  const number = row * (sizes.nodes / sizes.block) + column
  for (const neighbour of neighbours) neighbour.cast.block(k, number, data)
}

/** The paths by way of node k, which two blocks know: one of its column, one of its row. */
function step(state: BlockState): Float64Array {
  const { sizes, row, column, data, k, now } = state
  const { nodes, block } = sizes
  const across = nodes / block
  const [line, place] = [Math.trunc(k / block), k % block]
  const fromK = line === row ? data : now.get(line * across + column)!
  const toK = line === column ? data : now.get(row * across + line)!
  const shorter = new Float64Array(data.length)
  for (let i = 0; i < block; i++) {
    const first = toK[i * block + place]!
    for (let j = 0; j < block; j++)
      shorter[i * block + j] = Math.min(data[i * block + j]!, first + fromK[place * block + j]!)
  }
  return shorter
}

/** A block of the matrix. In each step it needs what all blocks of its row and its column were before it. */
export const Block: Server<[main: Pid, sizes: Sizes, row: number, column: number, data: Float64Array], BlockProtocol> =
  defineServer(import.meta, 'Block', {
    init: (self, main: Pid, sizes: Sizes, row: number, column: number, data: Float64Array): BlockState => ({
      main: self.ref(AllPairs, main),
      sizes,
      row,
      column,
      data,
      neighbours: [],
      k: 0,
      now: new Map(),
      next: new Map(),
      handled: 0,
    }),
    casts: {
      begin: (self, neighbours: readonly Pid[]) => {
        const { state } = self
        state.handled++
        state.neighbours = neighbours.map((pid) => self.ref(Block, pid))
        tell(state)
        return proceed(state)
      },
      block: ({ state }, k: number, from: number, data: Float64Array) => {
        state.handled++
        const known = k === state.k ? state.now : state.next
        known.set(from, data)
        return proceed(state)
      },
    },
  })

/** Does the step if all have come. */
function proceed(state: BlockState): unknown {
  const { neighbours, sizes, now } = state
  if (neighbours.length === 0 || now.size < neighbours.length) return
  state.data = step(state)
  state.k++
  if (state.k < sizes.nodes) {
    state.now = state.next
    state.next = now
    now.clear()
    return tell(state)
  }
  const { main, data, row, column, handled } = state
  main.cast.finished(sumOf(data, sizes.block, row * sizes.block, column * sizes.block), handled)
  return stop()
}

interface MainState {
  from: From<Outcome> | undefined
  blocks: number
  waiting: number
  sum: number
  handled: number
}

export const AllPairs: Server<[], MainProtocol> = defineServer(import.meta, 'AllPairs', {
  init: (): MainState => ({ from: undefined, blocks: 0, waiting: 0, sum: 0, handled: 0 }),
  calls: {
    run: async (self, sizes: Sizes, threads: Threads) => {
      const { state } = self
      const distances = graph(sizes)
      const across = sizes.nodes / sizes.block
      const isolation = spread(threads)
      const blocks = await Promise.all(
        Array.from({ length: across * across }, (_, number) => {
          const [row, column] = [Math.trunc(number / across), number % across]
          const data = blockOf(distances, sizes, row, column)
          return self.startLink(Block, [self.pid, sizes, row, column, data], { isolation })
        }),
      )
      state.blocks = state.waiting = blocks.length
      blocks.forEach((block, number) => {
        const [row, column] = [Math.trunc(number / across), number % across]
        const isNeighbour = (other: number): boolean =>
          other !== number && (Math.trunc(other / across) === row || other % across === column)
        block.cast.begin(blocks.filter((_, other) => isNeighbour(other)).map((other) => other.pid!))
      })
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    finished: ({ state }, sum: number, handled: number) => {
      state.sum += sum
      state.handled += handled + 1
      if (--state.waiting > 0 || state.from === undefined) return
      reply(state.from, { spawns: state.blocks, messages: state.handled, checksum: state.sum })
    },
  },
})

/**
 * Floyd and Warshall's algorithm over square blocks. In each step each block sends itself to all blocks of its row and its column, whether they need it or
 * not, as in the suite. A block that is a step ahead is kept until its step has come; after the last step nobody needs any. All blocks are spread; there are
 * at least four.
 */
export const allPairsShortestPath = program<Sizes>({
  number: 26,
  name: 'all-pairs-shortest-path',
  sizes: { nodes: 300, block: 50, weights: 100 },
  quick: { nodes: 40, block: 10, weights: 100 },
  main: AllPairs,
  expected: (sizes) => {
    const { nodes, block } = sizes
    const distances = graph(sizes)
    for (let k = 0; k < nodes; k++)
      for (let i = 0; i < nodes; i++)
        for (let j = 0; j < nodes; j++)
          distances[i * nodes + j] = Math.min(
            distances[i * nodes + j]!,
            distances[i * nodes + k]! + distances[k * nodes + j]!,
          )
    const spawns = (nodes / block) ** 2
    const neighbours = 2 * (nodes / block - 1)
    return { spawns, messages: spawns * (2 + neighbours * nodes), checksum: sumOf(distances, nodes, 0, 0) }
  },
})
