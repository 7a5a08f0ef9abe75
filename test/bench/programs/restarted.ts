import { child, childTemplate, defineDynamicSupervisor, defineServer, defineSupervisor, later, reply } from 'bulkhead'
import type { Isolation, Pid, ServerSelf } from 'bulkhead'
import type { Crash } from './plain.mjs'
import { Crasher } from './plain.mjs'

/** However often its child crashes, it is started again, in the same place. */
export const Guard = defineSupervisor(import.meta, 'Guard', (observer: Pid, isolation: Isolation) => ({
  intensity: 1_000_000,
  periodMs: 1,
  children: [child(Crasher, [observer], { isolation, adapt: false })],
}))

/** As Guard, of many. */
export const Guards = defineDynamicSupervisor(import.meta, 'Guards', () => ({
  intensity: 1_000_000,
  periodMs: 1,
  child: childTemplate(Crasher, [], { isolation: 'inline' }),
}))

interface State {
  /** Children that have started and were not ended. */
  up: Pid[]
  /** What is to be done when so many are up. */
  waiting: { readonly count: number; readonly then: () => unknown } | undefined
}

async function look({ state }: ServerSelf<State>): Promise<void> {
  const { waiting } = state
  if (state.up.length !== waiting?.count) return
  state.waiting = undefined
  await waiting.then()
}

async function allAnswer(self: ServerSelf<State>): Promise<void> {
  for (const pid of self.state.up)
    if ((await self.ref(Crasher, pid).call.echo(1)) !== 1) throw new Error(`${pid} answers wrong`)
}

/** Ends children of Guard and Guards, and says how many milliseconds pass until their replacements have answered. */
export const Observer = defineServer(import.meta, 'Observer', {
  init: (): State => ({ up: [], waiting: undefined }),
  calls: {
    /** Waits until so many children have started. */
    awaited: ({ state }, count: number) => {
      if (state.up.length === count) return null
      return later<null>((from) => {
        state.waiting = { count, then: () => reply(from, null) }
      })
    },
    /** Has the one child crash. */
    restart: (self, how: Crash) =>
      later<number>((from) => {
        const [pid] = self.state.up.splice(0)
        const began = performance.now()
        self.ref(Crasher, pid as Pid).cast.crash(how)
        const then = async (): Promise<void> => {
          await allAnswer(self)
          reply(from, performance.now() - began)
        }
        self.state.waiting = { count: 1, then }
      }),
    /** Kills all children at once, and says how many came back, too. */
    storm: (self) =>
      later<{ readonly ms: number; readonly restarts: number }>((from) => {
        const pids = self.state.up.splice(0)
        const began = performance.now()
        for (const pid of pids) self.exit(pid, 'kill')
        const then = async (): Promise<void> => {
          await allAnswer(self)
          reply(from, { ms: performance.now() - began, restarts: self.state.up.length })
        }
        self.state.waiting = { count: pids.length, then }
      }),
  },
  info: async (self, message) => {
    self.state.up.push((message as { readonly up: Pid }).up)
    await look(self)
  },
})
