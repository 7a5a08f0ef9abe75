import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'
import { Random } from './random.ts'

type Sizes = Readonly<Record<'workers' | 'grid' | 'threshold', number>>

interface MasterProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: {
    work: (node: number) => void
    /** A piece of work is done. */
    received: () => void
    /** The target has been reached. */
    done: () => void
    stopped: (handled: number) => void
  }
}
interface WorkerProtocol {
  casts: { work: (node: number) => void; stop: () => void }
}

/** Shared by all workers: the neighbours of each node, and from where it was reached first. */
interface Grid {
  /** Six places for each node; -1 where there is no neighbour. */
  readonly neighbours: Int32Array<SharedArrayBuffer>
  /** The number of the parent; -1: it has not been reached. Written by compare and exchange. */
  readonly parents: Int32Array<SharedArrayBuffer>
}

/** One step along one axis or two, never all three. */
const STEPS = [1, 2, 3, 4, 5, 6].map((step) => [step >> 2, (step >> 1) & 1, step & 1] as const)

/** Half of the possible neighbours of each node, by chance, and at least one. */
function neighboursOf(grid: number): Int32Array<SharedArrayBuffer> {
  const random = new Random(123_456)
  const neighbours = new Int32Array(new SharedArrayBuffer(4 * 6 * grid ** 3)).fill(-1)
  for (let node = 0; node < grid ** 3; node++) {
    const [x, y, z] = [Math.trunc(node / grid ** 2), Math.trunc(node / grid) % grid, node % grid]
    let count = 0
    STEPS.forEach(([dx, dy, dz], index) => {
      const taken = index === 5 && count === 0 ? 1 : random.below(2)
      const [nextX, nextY, nextZ] = [x + dx, y + dy, z + dz].map((at) => Math.min(at, grid - 1)) as [
        number,
        number,
        number,
      ]
      const next = (nextX * grid + nextY) * grid + nextZ
      const known = neighbours.subarray(6 * node, 6 * node + count)
      if (taken === 1 && next !== node && !known.includes(next)) neighbours[6 * node + count++] = next
    })
  }
  return neighbours
}

const grids = new Map<number, Int32Array<SharedArrayBuffer>>()
/** The neighbours are made once. */
function gridOf(grid: number): Grid {
  const neighbours = grids.get(grid) ?? neighboursOf(grid)
  grids.set(grid, neighbours)
  return { neighbours, parents: new Int32Array(new SharedArrayBuffer(4 * grid ** 3)).fill(-1) }
}

const axisOf = (grid: number): number => Math.trunc(0.8 * grid)
const targetOf = (grid: number): number => axisOf(grid) * (grid * grid + grid + 1)

/** The steps from the target back to the origin, along all axes: the same number on each path. */
function lengthOf({ parents, neighbours }: Grid, grid: number): number {
  const sum = (node: number): number => Math.trunc(node / grid ** 2) + (Math.trunc(node / grid) % grid) + (node % grid)
  let length = 0
  for (let node = targetOf(grid); node !== 0;) {
    const parent = parents[node]!
    if (!neighbours.subarray(6 * parent, 6 * parent + 6).includes(node))
      throw new Error(`no way from ${parent} to ${node}`)
    length += sum(node) - sum(parent)
    node = parent
  }
  return length
}

/** What it costs to look at a node. */
function think(random: Random): void {
  for (let turn = 0; turn < 100; turn++) random.next()
}

interface WorkerState extends Grid {
  readonly master: ActorRef<MasterProtocol>
  readonly target: number
  readonly threshold: number
  readonly random: Random
  handled: number
}

/** Looks at nodes, the nearest first, until there are none, or the target is found, or it has looked at enough and sends back the others. */
function search({ master, neighbours, parents, target, threshold, random }: WorkerState, first: number): void {
  const queue = [first]
  let looked = 0
  while (looked < queue.length && looked < threshold) {
    const node = queue[looked++]!
    think(random)
    for (let index = 6 * node; index < 6 * node + 6 && neighbours[index] !== -1; index++) {
      const next = neighbours[index]!
      if (Atomics.compareExchange(parents, next, -1, node) !== -1) continue
      if (next === target) {
        master.cast.done()
        return
      }
      queue.push(next)
    }
  }
  for (const node of queue.slice(looked)) master.cast.work(node)
}

/** Searches from where it is told. */
export const Worker: Server<
  [master: Pid, neighbours: SharedArrayBuffer, parents: SharedArrayBuffer, sizes: Sizes],
  WorkerProtocol
> = defineServer(import.meta, 'Worker', {
  init: (self, master: Pid, neighbours: SharedArrayBuffer, parents: SharedArrayBuffer, sizes: Sizes): WorkerState => ({
    master: self.ref(Master, master),
    neighbours: new Int32Array(neighbours),
    parents: new Int32Array(parents),
    target: targetOf(sizes.grid),
    threshold: sizes.threshold,
    random: new Random(1),
    handled: 0,
  }),
  casts: {
    work: ({ state }, node: number) => {
      if (node === 0) state.handled++
      search(state, node)
      state.master.cast.received()
    },
    stop: ({ state }) => {
      state.handled++
      state.master.cast.stopped(state.handled)
      return stop()
    },
  },
})

interface MasterState {
  workers: readonly ActorRef<WorkerProtocol>[]
  grid: Grid | undefined
  size: number
  from: From<Outcome> | undefined
  sent: number
  received: number
  stopping: boolean
  stopped: number
  handled: number
}

function send(state: MasterState, node: number): void {
  state.workers[state.sent++ % state.workers.length]!.cast.work(node)
}

function requestStop(state: MasterState): void {
  if (state.stopping) return
  state.stopping = true
  for (const worker of state.workers) worker.cast.stop()
}

export const Master: Server<[], MasterProtocol> = defineServer(import.meta, 'Master', {
  init: (): MasterState => ({
    workers: [],
    grid: undefined,
    size: 0,
    from: undefined,
    sent: 0,
    received: 0,
    stopping: false,
    stopped: 0,
    handled: 0,
  }),
  calls: {
    run: async (self, sizes: Sizes, threads: Threads) => {
      const { state } = self
      const { neighbours, parents } = (state.grid = gridOf(sizes.grid))
      state.size = sizes.grid
      parents[0] = 0
      const isolation = spread(threads)
      state.workers = await Promise.all(
        Array.from({ length: sizes.workers }, () =>
          self.startLink(Worker, [self.pid, neighbours.buffer, parents.buffer, sizes], { isolation }),
        ),
      )
      send(state, 0)
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    work: ({ state }, node: number) => {
      if (!state.stopping) send(state, node)
    },
    received: ({ state }) => {
      if (++state.received === state.sent) requestStop(state)
    },
    done: ({ state }) => {
      state.handled++
      requestStop(state)
    },
    stopped: ({ state }, handled: number) => {
      const { grid, from, workers } = state
      state.handled += handled + 1
      if (++state.stopped < workers.length || grid === undefined || from === undefined) return
      reply(from, { spawns: workers.length, messages: state.handled, checksum: lengthOf(grid, state.size) })
    },
  },
})

/**
 * A search through a grid in which nodes are looked at wherever there is a worker. All workers are spread. The grid is shared, as in the suite: who reaches a
 * node first is decided by compare and exchange, here in shared memory, in Erlang with `atomics`. Mailboxes are in order; priorities are left out, as
 * the suite's own programs with ordinary mailboxes leave them out.
 *
 * The order of events decides which path is found, and how much work there is before all have stopped. What is computed is how far it is from the origin to
 * the target along the axes, on the path that was found, each step of which is checked. Counted are the messages whose number is determined: the first
 * piece of work, the news that the target has been reached, and for each worker the request to stop and its answer.
 */
export const aStarSearch = program<Sizes>({
  number: 28,
  name: 'a-star-search',
  sizes: { workers: 20, grid: 30, threshold: 1_024 },
  quick: { workers: 20, grid: 15, threshold: 128 },
  main: Master,
  expected: ({ workers, grid }) => ({ spawns: workers, messages: 2 + 2 * workers, checksum: 3 * axisOf(grid) }),
})
