import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'

type Sizes = Readonly<Record<'workers' | 'length' | 'threshold', number>>

/** To be multiplied: `dim` rows and columns, from that row of A and of B and that column of both, for that place in C. */
type Work = readonly [
  rowA: number,
  columnA: number,
  rowB: number,
  columnB: number,
  rowC: number,
  columnC: number,
  dim: number,
]

interface MasterProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { work: (...work: Work) => void; done: () => void }
}
interface WorkerProtocol {
  calls: { finish: () => readonly [sum: number, handled: number] }
  casts: { work: (...work: Work) => void }
}

/** A and B, row by row, made once: they are shared, and nobody writes them. */
interface Factors {
  readonly a: Float64Array<SharedArrayBuffer>
  readonly b: Float64Array<SharedArrayBuffer>
}

function matrix(length: number, at: (row: number, column: number) => number): Float64Array<SharedArrayBuffer> {
  const made = new Float64Array(new SharedArrayBuffer(8 * length * length))
  for (let index = 0; index < made.length; index++) made[index] = at(Math.trunc(index / length), index % length)
  return made
}

const factors = new Map<number, Factors>()
function factorsOf(length: number): Factors {
  const made = factors.get(length) ?? { a: matrix(length, (row) => row), b: matrix(length, (_, column) => column) }
  factors.set(length, made)
  return made
}

/** Adds the product to `block`, a part of C of `dim` rows and columns. */
function multiply({ a, b }: Factors, length: number, work: Work, block: Float64Array): void {
  const [rowA, columnA, rowB, columnB, , , dim] = work
  for (let row = 0; row < dim; row++) {
    for (let k = 0; k < dim; k++) {
      const factor = a[(rowA + row) * length + columnA + k]!
      const from = (rowB + k) * length + columnB
      for (let column = 0; column < dim; column++)
        block[row * dim + column] = block[row * dim + column]! + factor * b[from + column]!
    }
  }
}

/** A sum that tells the places apart; whole, and exact up to a length of 1,024. */
function sumOf(block: Float64Array, dim: number, rowC: number, columnC: number): number {
  let sum = 0
  for (let index = 0; index < block.length; index++) {
    const [row, column] = [rowC + Math.trunc(index / dim), columnC + (index % dim)]
    sum += block[index]! * (1 + ((31 * row + 17 * column) % 7))
  }
  return sum
}

/** The eight products of quarters, in the order of the suite. */
function* parts([rowA, columnA, rowB, columnB, rowC, columnC, dim]: Work): Generator<Work> {
  const half = dim / 2
  for (const row of [0, half])
    for (const column of [0, half])
      for (const k of [0, half])
        yield [rowA + row, columnA + k, rowB + k, columnB + column, rowC + row, columnC + column, half]
}

interface WorkerState extends Factors {
  readonly master: ActorRef<MasterProtocol>
  readonly length: number
  readonly threshold: number
  /** The parts of C that are this worker's, by their first element. */
  readonly blocks: Map<number, { readonly work: Work; readonly block: Float64Array }>
  handled: number
}

/** Multiplies what is small, and sends back the parts of what is not. */
export const Worker: Server<
  [master: Pid, a: SharedArrayBuffer, b: SharedArrayBuffer, length: number, threshold: number],
  WorkerProtocol
> = defineServer(import.meta, 'Worker', {
  init: (
    self,
    master: Pid,
    a: SharedArrayBuffer,
    b: SharedArrayBuffer,
    length: number,
    threshold: number,
  ): WorkerState => ({
    master: self.ref(Master, master),
    a: new Float64Array(a),
    b: new Float64Array(b),
    length,
    threshold,
    blocks: new Map(),
    handled: 0,
  }),
  casts: {
    work: ({ state }, ...work: Work) => {
      const { master, length, threshold, blocks } = state
      const [, , , , rowC, columnC, dim] = work
      state.handled++
      if (dim * dim > threshold) {
        for (const part of parts(work)) master.cast.work(...part)
      } else {
        const place = rowC * length + columnC
        const { block } = blocks.get(place) ?? { block: new Float64Array(dim * dim) }
        blocks.set(place, { work, block })
        multiply(state, length, work, block)
      }
      master.cast.done()
    },
  },
  calls: {
    finish: ({ state }) => {
      let sum = 0
      for (const { work, block } of state.blocks.values()) sum += sumOf(block, work[6], work[4], work[5])
      return stop('normal', { reply: [sum, state.handled] as const })
    },
  },
})

interface MasterState {
  workers: readonly ActorRef<WorkerProtocol>[]
  from: From<Outcome> | undefined
  sent: number
  done: number
  handled: number
}

function send(state: MasterState, work: Work): void {
  state.sent++
  state.workers[(work[4] + work[5]) % state.workers.length]!.cast.work(...work)
}

export const Master: Server<[], MasterProtocol> = defineServer(import.meta, 'Master', {
  init: (): MasterState => ({ workers: [], from: undefined, sent: 0, done: 0, handled: 0 }),
  calls: {
    run: async (self, { workers, length, threshold }: Sizes, threads: Threads) => {
      const { state } = self
      const { a, b } = factorsOf(length)
      const isolation = spread(threads)
      state.workers = await Promise.all(
        Array.from({ length: workers }, () =>
          self.startLink(Worker, [self.pid, a.buffer, b.buffer, length, threshold], { isolation }),
        ),
      )
      send(state, [0, 0, 0, 0, 0, 0, length])
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    work: ({ state }, ...work: Work) => {
      state.handled++
      send(state, work)
    },
    done: async ({ state }) => {
      state.handled++
      if (++state.done < state.sent || state.from === undefined) return
      const ends = await Promise.all(state.workers.map((worker) => worker.within(60_000).call.finish()))
      let [checksum, messages] = [0, state.handled]
      for (const [sum, handled] of ends) {
        checksum += sum
        messages += handled
      }
      reply(state.from, { spawns: state.workers.length, messages, checksum })
    },
  },
})

/**
 * Divide and conquer by messages to a master, who hands out all work. All workers are spread.
 *
 * The factors are shared and never written, as the suite shares them: here in shared memory, in Erlang as persistent terms. The product, which the suite
 * shares too, is kept by the workers: all work for one part of it goes to the same one, as in the suite. Priorities are left out, as the suite's own
 * programs with ordinary mailboxes leave them out.
 */
export const matrixMultiply = program<Sizes>({
  number: 24,
  name: 'matrix-multiply',
  sizes: { workers: 20, length: 1_024, threshold: 16_384 },
  quick: { workers: 20, length: 128, threshold: 256 },
  main: Master,
  expected: ({ workers, length, threshold }) => {
    let [works, leaves] = [1, 1]
    for (let size = length * length; size > threshold; size /= 4) works += leaves *= 8
    let checksum = 0
    for (let row = 0; row < length; row++)
      for (let column = 0; column < length; column++)
        checksum += length * row * column * (1 + ((31 * row + 17 * column) % 7))
    return { spawns: workers, messages: works + (works - 1) + works, checksum }
  },
})
