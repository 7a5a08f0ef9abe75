import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'

type Sizes = Readonly<Record<'workers' | 'size' | 'threshold' | 'limit', number>>

interface MasterProtocol {
  calls: { run: (sizes: Sizes, threads: Threads) => Outcome }
  casts: {
    /** A board with a queen more. */
    work: (board: readonly number[]) => void
    /** A solution. */
    result: () => void
    /** A piece of work is done. */
    done: () => void
    stopped: (handled: number) => void
  }
}
interface WorkerProtocol {
  casts: { work: (board: readonly number[]) => void; stop: () => void }
}

/** Whether no queen of the first `count` rows attacks another: all pairs are looked at, as in the suite, though all but the last were before. */
function isValid(board: readonly number[], count: number): boolean {
  for (let row = 0; row < count; row++) {
    const queen = board[row]!
    for (let other = row + 1; other < count; other++) {
      const distance = other - row
      const next = board[other]!
      if (next === queen || next === queen - distance || next === queen + distance) return false
    }
  }
  return true
}

/** Tells all solutions that begin with the first `row` rows. */
function solve(board: number[], row: number, size: number, found: () => void): void {
  if (row === size) return found()
  for (let column = 0; column < size; column++) {
    board[row] = column
    if (isValid(board, row + 1)) solve(board, row + 1, size, found)
  }
}

/** The valid boards with a queen more. */
const nextBoards = (board: readonly number[], size: number): number[][] =>
  Array.from({ length: size }, (_, column) => [...board, column]).filter((next) => isValid(next, next.length))

/** Sends back what has few queens, and solves what has many. */
export const Worker: Server<[master: Pid, size: number, threshold: number], WorkerProtocol> = defineServer(
  import.meta,
  'Worker',
  {
    init: (self, master: Pid, size: number, threshold: number) => ({
      master: self.ref(Master, master),
      size,
      threshold,
      handled: 0,
    }),
    casts: {
      work: ({ state }, board: readonly number[]) => {
        const { master, size, threshold } = state
        state.handled++
        if (board.length >= threshold) solve([...board], board.length, size, () => master.cast.result())
        else for (const next of nextBoards(board, size)) master.cast.work(next)
        master.cast.done()
      },
      stop: ({ state }) => {
        state.master.cast.stopped(state.handled)
        return stop()
      },
    },
  },
)

interface MasterState {
  workers: readonly ActorRef<WorkerProtocol>[]
  from: From<Outcome> | undefined
  limit: number
  sent: number
  done: number
  results: number
  stopping: boolean
  stopped: number
  handled: number
}

function send(state: MasterState, board: readonly number[]): void {
  state.workers[state.sent++ % state.workers.length]!.cast.work(board)
}

function requestStop(state: MasterState): void {
  if (state.stopping) return
  state.stopping = true
  for (const worker of state.workers) worker.cast.stop()
}

export const Master: Server<[], MasterProtocol> = defineServer(import.meta, 'Master', {
  init: (): MasterState => ({
    workers: [],
    from: undefined,
    limit: 0,
    sent: 0,
    done: 0,
    results: 0,
    stopping: false,
    stopped: 0,
    handled: 0,
  }),
  calls: {
    run: async (self, { workers, size, threshold, limit }: Sizes, threads: Threads) => {
      const { state } = self
      state.limit = limit
      const isolation = spread(threads)
      state.workers = await Promise.all(
        Array.from({ length: workers }, () => self.startLink(Worker, [self.pid, size, threshold], { isolation })),
      )
      send(state, [])
      return later<Outcome>((from) => (state.from = from))
    },
  },
  casts: {
    work: ({ state }, board: readonly number[]) => {
      state.handled++
      if (!state.stopping) send(state, board)
    },
    result: ({ state }) => {
      state.handled++
      if (++state.results === state.limit) requestStop(state)
    },
    done: ({ state }) => {
      state.handled++
      if (++state.done === state.sent) requestStop(state)
    },
    stopped: ({ state }, handled: number) => {
      state.handled += handled
      if (++state.stopped < state.workers.length || state.from === undefined) return
      const enough = state.results >= state.limit
      reply(state.from, {
        spawns: state.workers.length,
        messages: enough ? state.limit : state.handled,
        checksum: Math.min(state.results, state.limit),
      })
    },
  },
})

/**
 * A master hands out boards, workers send back those with a queen more, and from `threshold` queens on search for themselves. It ends early when `limit`
 * solutions have come, which by the default sizes are never so many; then the order of events decides how much was done, and only those solutions are
 * counted. All workers are spread. Priorities are left out, as the suite's own programs with ordinary mailboxes leave them out.
 */
export const nQueens = program<Sizes>({
  number: 29,
  name: 'n-queens',
  sizes: { workers: 20, size: 12, threshold: 4, limit: 1_500_000 },
  quick: { workers: 20, size: 8, threshold: 3, limit: 1_500_000 },
  main: Master,
  expected: ({ workers, size, threshold, limit }) => {
    let results = 0
    solve([], 0, size, () => results++)
    if (results >= limit) return { spawns: workers, messages: limit, checksum: limit }
    let works = 1
    let boards: number[][] = [[]]
    for (let queens = 0; queens < Math.min(threshold, size); queens++) {
      boards = boards.flatMap((board) => nextBoards(board, size))
      works += boards.length
    }
    return { spawns: workers, messages: 3 * works - 1 + results, checksum: results }
  },
})
