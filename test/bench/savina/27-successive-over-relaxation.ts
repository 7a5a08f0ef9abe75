import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, ActorSelf, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'
import { Random } from './random.ts'

type Sizes = Readonly<Record<'size' | 'iterations' | 'omega', number>>

interface RunnerProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: {
    /** The cells of the peer that are next to ours. */
    border: (cells: readonly Pid[]) => void
    result: (number: number, value: number, handled: number) => void
    total: (values: Float64Array, spawns: number, handled: number) => void
  }
}
interface PeerProtocol {
  casts: {
    boot: (border: readonly Pid[]) => void
    result: (number: number, value: number, handled: number) => void
  }
}
interface CellProtocol {
  casts: {
    begin: (neighbours: readonly (Pid | undefined)[]) => void
    value: (side: number, value: number) => void
  }
}

/** The cells' first values, row by row. */
function firstValues({ size }: Sizes): Float64Array {
  const random = new Random(10_101_010)
  return Float64Array.from({ length: size * size }, () => (random.next() / 2_147_483_647) * 1e-6)
}

const isRed = (row: number, column: number): boolean => (row + column) % 2 === 0

/** In the order of the sides: right, below, left, above. A border has fewer, which is nothing to the sum. */
const relaxed = (value: number, sides: Float64Array, omega: number): number =>
  0.25 * omega * (sides[0]! + sides[1]! + sides[2]! + sides[3]!) + (1 - omega) * value

type CellArgs = [source: Pid, number: number, red: boolean, value: number, sizes: Sizes]
type PeerArgs = [runner: Pid, sizes: Sizes, matrix: Float64Array]

interface CellState {
  readonly source: ActorRef<{ casts: { result: (number: number, value: number, handled: number) => void } }>
  readonly number: number
  readonly red: boolean
  readonly iterations: number
  readonly omega: number
  value: number
  neighbours: readonly (ActorRef<CellProtocol> | undefined)[]
  expected: number
  iteration: number
  /** What the neighbours have said in this iteration. */
  readonly sides: Float64Array
  received: number
  handled: number
}

function tell({ neighbours, value }: CellState): void {
  for (let side = 0; side < 4; side++) neighbours[side]?.cast.value((side + 2) % 4, value)
}

/** A cell of the grid. Red ones begin; each takes a new value when all its neighbours have said theirs, and says it to them. */
export const Cell: Server<CellArgs, CellProtocol> = defineServer(import.meta, 'Cell', {
  init: (self, ...[source, number, red, value, sizes]: CellArgs): CellState => ({
    source: self.ref(Peer, source),
    number,
    red,
    iterations: sizes.iterations,
    omega: sizes.omega,
    value,
    neighbours: [],
    expected: Infinity,
    iteration: 0,
    sides: new Float64Array(4),
    received: 0,
    handled: 0,
  }),
  casts: {
    begin: (self, neighbours: readonly (Pid | undefined)[]) => {
      const { state } = self
      state.handled++
      state.neighbours = neighbours.map((pid) => (pid === undefined ? undefined : self.ref(Cell, pid)))
      state.expected = neighbours.filter((pid) => pid !== undefined).length
      if (state.red) {
        tell(state)
        state.iteration++
      }
      return proceed(state)
    },
    value: ({ state }, side: number, value: number) => {
      state.handled++
      state.sides[side] = value
      state.received++
      return proceed(state)
    },
  },
})

/** Takes the new value if all have said theirs. */
function proceed(state: CellState): unknown {
  if (state.received < state.expected) return
  state.value = relaxed(state.value, state.sides, state.omega)
  state.received = 0
  state.iteration++
  const last = state.iteration === state.iterations
  if (!last || state.red) tell(state)
  if (!last) return
  state.source.cast.result(state.number, state.value, state.handled)
  return stop()
}

/** Starts the cells of the columns from `first` to `end - 1`, row by row. */
const startCells = (
  self: ActorSelf,
  { matrix, first, end, sizes }: { matrix: Float64Array; first: number; end: number; sizes: Sizes },
): Promise<ActorRef<CellProtocol>[]> =>
  Promise.all(
    Array.from({ length: sizes.size * (end - first) }, (_, index) => {
      const [row, column] = [Math.trunc(index / (end - first)), first + (index % (end - first))]
      const number = row * sizes.size + column
      const args: CellArgs = [self.pid, number, isRed(row, column), matrix[number]!, sizes]
      return self.startLink(Cell, args, { isolation: 'inline' })
    }),
  )

const columnOf = (cells: readonly ActorRef<CellProtocol>[], width: number, column: number): Pid[] =>
  cells.filter((_, index) => index % width === column).map((cell) => cell.pid!)

/** Tells the cells of one half who is next to them; `left` and `right` are what the other half has there. */
function beginCells(
  cells: readonly ActorRef<CellProtocol>[],
  width: number,
  left: readonly Pid[],
  right: readonly Pid[],
): void {
  cells.forEach((cell, index) => {
    const [row, column] = [Math.trunc(index / width), index % width]
    cell.cast.begin([
      column + 1 < width ? cells[index + 1]!.pid! : right[row],
      cells[index + width]?.pid,
      column > 0 ? cells[index - 1]!.pid! : left[row],
      cells[index - width]?.pid,
    ])
  })
}

interface PeerState {
  readonly runner: ActorRef<RunnerProtocol>
  readonly sizes: Sizes
  readonly matrix: Float64Array
  readonly values: Float64Array
  spawns: number
  waiting: number
  handled: number
}

/** Has the right half of the grid. */
export const Peer: Server<PeerArgs, PeerProtocol> = defineServer(import.meta, 'Peer', {
  init: (self, ...[runner, sizes, matrix]: PeerArgs): PeerState => ({
    runner: self.ref(Runner, runner),
    sizes,
    matrix,
    values: new Float64Array(matrix.length),
    spawns: 0,
    waiting: 0,
    handled: 0,
  }),
  casts: {
    boot: async (self, border: readonly Pid[]) => {
      const { state } = self
      const { runner, sizes, matrix } = state
      const first = Math.trunc(sizes.size / 2)
      const width = sizes.size - first
      const cells = await startCells(self, { matrix, first, end: sizes.size, sizes })
      state.handled = 1
      state.spawns = state.waiting = cells.length
      runner.cast.border(columnOf(cells, width, 0))
      beginCells(cells, width, border, [])
    },
    result: ({ state }, number: number, value: number, handled: number) => {
      state.values[number] = value
      state.handled += handled + 1
      if (--state.waiting > 0) return
      state.runner.cast.total(state.values, state.spawns, state.handled)
      return stop()
    },
  },
})

interface RunnerState {
  cells: readonly ActorRef<CellProtocol>[]
  from: From<Outcome> | undefined
  spawns: number
  values: Float64Array
  waiting: number
  handled: number
}

function done(state: RunnerState, handled: number): void {
  state.handled += handled + 1
  if (--state.waiting > 0 || state.from === undefined) return
  const checksum = state.values.reduce((sum, value) => sum + value, 0)
  reply(state.from, { spawns: state.spawns, messages: state.handled, checksum })
}

export const Runner: Server<[], RunnerProtocol> = defineServer(import.meta, 'Runner', {
  init: (): RunnerState => ({
    cells: [],
    from: undefined,
    spawns: 0,
    values: new Float64Array(),
    waiting: 0,
    handled: 0,
  }),
  calls: {
    run: async (self, sizes: Sizes, threads: Threads) => {
      const { state } = self
      const values = firstValues(sizes)
      const width = Math.trunc(sizes.size / 2)
      state.values = new Float64Array(values.length)
      state.cells = await startCells(self, { matrix: values, first: 0, end: width, sizes })
      const peer = await self.startLink(Peer, [self.pid, sizes, values], { isolation: spread(threads) })
      peer.cast.boot(columnOf(state.cells, width, width - 1))
      state.waiting = state.cells.length + 1
      state.spawns = state.cells.length + 1
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    border: ({ state }, border: readonly Pid[]) => {
      state.handled++
      beginCells(state.cells, state.cells.length / border.length, [], border)
    },
    result: ({ state }, number: number, value: number, handled: number) => {
      state.values[number] = value
      done(state, handled)
    },
    total: ({ state }, values: Float64Array, spawns: number, handled: number) => {
      state.spawns += spawns
      values.forEach((value, number) => (state.values[number]! += value))
      done(state, handled)
    },
  },
})

/**
 * A grid of cells that exchange their values with those next to them, one actor each: the left half lives beside the main actor, the right half beside its
 * peer, which is on a thread.
 *
 * A cell adds up in the order of its sides, not in that of arrival as in the suite, so that the sum is exact. The values of the last iteration, which
 * the suite sends to cells that have ended, are not sent.
 */
export const successiveOverRelaxation = program<Sizes>({
  number: 27,
  name: 'successive-over-relaxation',
  sizes: { size: 20, iterations: 100, omega: 1.25 },
  quick: { size: 8, iterations: 20, omega: 1.25 },
  main: Runner,
  expected: (sizes) => {
    const { size, iterations, omega } = sizes
    const values = firstValues(sizes)
    const at = (row: number, column: number): number =>
      row < 0 || row === size || column < 0 || column === size ? 0 : values[row * size + column]!
    const relax = (red: boolean): void => {
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) {
          if (isRed(row, column) !== red) continue
          const sides = [at(row, column + 1), at(row + 1, column), at(row, column - 1), at(row - 1, column)]
          values[row * size + column] = relaxed(at(row, column), Float64Array.from(sides), omega)
        }
      }
    }
    for (let iteration = 1; iteration <= iterations; iteration++) {
      relax(false)
      if (iteration < iterations) relax(true)
    }
    return {
      spawns: size * size + 1,
      messages: 2 * size * size + 2 * size * (size - 1) * (2 * iterations - 1) + 3,
      checksum: values.reduce((sum, value) => sum + value, 0),
    }
  },
})
