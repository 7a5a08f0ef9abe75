import { defineServer, later, reply, stop } from 'bulkhead'
import type { ActorRef, From, Pid, Server, ServerSelf } from 'bulkhead'
import { program, spread } from './program.ts'
import type { Outcome, Threads } from './program.ts'

type Sizes = Readonly<Record<'n', number>>

/** Levels of the tree, from its root, that are spread; what is below them stays together. */
const SPREAD_LEVELS = 4

/** What an actor tells its parent, of itself and of all below it. */
type Response = readonly [value: number, spawns: number, messages: number]

interface FibProtocol {
  calls: object
  casts: { request: (n: number) => void }
}

interface FibState {
  readonly parent: Pid
  readonly threads: Threads
  readonly level: number
  responses: number
  value: number
  spawns: number
  messages: number
}

/** Computes one number with two actors of its own, tells its parent and ends. */
export const Fib: Server<[parent: Pid, threads: Threads, level: number], FibProtocol> = defineServer(
  import.meta,
  'Fib',
  {
    init: (_self, parent: Pid, threads: Threads, level: number): FibState => ({
      parent,
      threads,
      level,
      responses: 0,
      value: 0,
      spawns: 0,
      messages: 0,
    }),
    casts: {
      request: async (self, n: number) => {
        const { state } = self
        state.messages++
        if (n <= 2) {
          state.value = 1
          return respond(self)
        }
        const { threads, level } = state
        const isolation = level < SPREAD_LEVELS ? spread(threads) : 'inline'
        const start = (): Promise<ActorRef<FibProtocol>> =>
          self.startLink(Fib, [self.pid, threads, level + 1], { isolation })
        const [left, right] = await Promise.all([start(), start()])
        state.spawns += 2
        left.cast.request(n - 1)
        right.cast.request(n - 2)
        return undefined
      },
    },
    info: (self, message) => {
      const { state } = self
      const [value, spawns, messages] = message as Response
      state.value += value
      state.spawns += spawns
      state.messages += messages + 1
      return ++state.responses === 2 ? respond(self) : undefined
    },
  },
)

function respond(self: ServerSelf<FibState>): ReturnType<typeof stop> {
  const { parent, value, spawns, messages } = self.state
  self.send(parent, [value, spawns, messages] satisfies Response)
  return stop()
}

/** Over threads, the upper levels of the tree are spread; each actor further down lives beside its parent. */
export const Fibonacci: Server<[], { calls: { run: (sizes: Sizes, threads: Threads) => Outcome }; casts: object }> =
  defineServer(import.meta, 'Fibonacci', {
    init: (): { from: From<Outcome> | undefined } => ({ from: undefined }),
    calls: {
      run: async (self, { n }: Sizes, threads: Threads) => {
        const root = await self.startLink(Fib, [self.pid, threads, 1], { isolation: spread(threads) })
        root.cast.request(n)
        return later<Outcome>((from) => (self.state.from = from))
      },
    },
    info: ({ state: { from } }, message) => {
      const [checksum, spawns, messages] = message as Response
      if (from !== undefined) reply(from, { spawns: spawns + 1, messages: messages + 1, checksum })
    },
  })

export const fibonacci = program<Sizes>({
  number: 8,
  name: 'fibonacci',
  sizes: { n: 25 },
  quick: { n: 12 },
  main: Fibonacci,
  // Each of the actors, 2 fib(n) - 1, handles one request and makes one response.
  expected: ({ n }) => {
    let [value, next] = [0, 1]
    for (let i = 0; i < n; i++) [value, next] = [next, value + next]
    return { spawns: 2 * value - 1, messages: 2 * (2 * value - 1), checksum: value }
  },
})
