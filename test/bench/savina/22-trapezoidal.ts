import { defineServer, later, reply, stop } from 'bulkhead'
import type { From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'

type Sizes = Readonly<Record<'pieces' | 'workers' | 'left' | 'right', number>>

interface MasterProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: { result: (area: number, handled: number) => void }
}
interface WorkerProtocol {
  casts: { work: (left: number, right: number, width: number) => void }
}

const f = (x: number): number => (Math.sin(x ** 3 - 1) / (x + 1)) * Math.sqrt(1 + Math.exp(Math.sqrt(2 * x)))

function areaOf(left: number, right: number, width: number): number {
  const pieces = Math.trunc((right - left) / width)
  let area = 0
  for (let piece = 0; piece < pieces; piece++) {
    const x = piece * width + left
    area += 0.5 * (f(x) + f(x + width)) * width
  }
  return area
}

/** The worker's part, from where to where. */
function part({ workers, left, right }: Sizes, worker: number): readonly [number, number] {
  const range = (right - left) / workers
  const from = range * worker + left
  return [from, from + range]
}

/** In millionths: the last digits depend on who adds first, and on whose sine it is. */
const rounded = (area: number): number => Math.round(area * 1e6)

/** Adds up the area of its part, once. */
export const Worker: Server<[master: Pid], WorkerProtocol> = defineServer(import.meta, 'Worker', {
  init: (self, master: Pid) => self.ref(Master, master),
  casts: {
    work: ({ state }, left: number, right: number, width: number) => {
      state.cast.result(areaOf(left, right, width), 1)
      return stop()
    },
  },
})

interface MasterState {
  from: From<Outcome> | undefined
  spawns: number
  waiting: number
  handled: number
  area: number
}

export const Master: Server<[], MasterProtocol> = defineServer(import.meta, 'Master', {
  init: (): MasterState => ({ from: undefined, spawns: 0, waiting: 0, handled: 0, area: 0 }),
  calls: {
    run: async (self, sizes: Sizes, threads: Threads) => {
      const { state } = self
      const isolation = spread(threads)
      const workers = await Promise.all(
        Array.from({ length: sizes.workers }, () => self.startLink(Worker, [self.pid], { isolation })),
      )
      state.spawns = state.waiting = workers.length
      const width = (sizes.right - sizes.left) / sizes.pieces
      workers.forEach((worker, index) => worker.cast.work(...part(sizes, index), width))
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    result: ({ state }, area: number, handled: number) => {
      state.handled += handled + 1
      state.area += area
      if (--state.waiting > 0 || state.from === undefined) return
      reply(state.from, { spawns: state.spawns, messages: state.handled, checksum: rounded(state.area) })
    },
  },
})

/** A master and workers, each with a fixed part of the work. All workers are spread. */
export const trapezoidal = program<Sizes>({
  number: 22,
  name: 'trapezoidal',
  sizes: { pieces: 10_000_000, workers: 100, left: 1, right: 5 },
  quick: { pieces: 100_000, workers: 20, left: 1, right: 5 },
  main: Master,
  expected: (sizes) => {
    const width = (sizes.right - sizes.left) / sizes.pieces
    let area = 0
    for (let worker = 0; worker < sizes.workers; worker++) area += areaOf(...part(sizes, worker), width)
    return { spawns: sizes.workers, messages: 2 * sizes.workers, checksum: rounded(area) }
  },
})
