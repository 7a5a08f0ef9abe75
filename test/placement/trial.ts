import { afterAll, beforeAll } from 'vitest'
import { start } from 'bulkhead'
import type { ActorRef, Args, Behaviour, Isolation, LogRecord, Pid, System, SystemOptions } from 'bulkhead'
import { Faulty } from './fixtures/faulty.ts'
import { Witness } from './fixtures/witness.ts'
import type { Notices } from './fixtures/witness.ts'

type RefOf<B> = B extends Behaviour<infer A extends Args, infer P> ? (A extends Args ? ActorRef<P> : never) : never
export type FaultyRef = RefOf<typeof Faulty>

/** One system for the tests of a file, with a witness on the root. */
export interface Trial {
  readonly system: System
  /** Whatever was logged, by any node. */
  readonly records: LogRecord[]
  /** Has an actor watched. */
  watch(pid: Pid): Promise<void>
  /** Starts a `Faulty` that is not restarted, and has it watched. */
  faulty(isolation: Isolation): Promise<{ readonly ref: FaultyRef; readonly pid: Pid }>
  /** Has it killed. */
  kill(pid: Pid): Promise<void>
  /** What its link and its monitor said when it ended. */
  notices(pid: Pid): Promise<Notices>
  /** How many notices of its end came so far. */
  counts(pid: Pid): Promise<{ readonly exits: number; readonly downs: number }>
}

/** Starts a system before the tests of this file or block, and stops it after them. */
export function trial(options: SystemOptions = {}): Trial {
  const records: LogRecord[] = []
  let system: System
  let count = 0
  beforeAll(async () => {
    system = await start({ signals: false, inspect: false, log: (record) => records.push(record), ...options })
    await system.start(Witness, [], { name: 'witness', isolation: 'inline' })
  })
  afterAll(async () => {
    await system.stop()
  })
  const witness = () => system.named(Witness, 'witness').within(20_000)
  return {
    get system() {
      return system
    },
    records,
    watch: (pid) => witness().call.watch(pid),
    faulty: async (isolation) => {
      const ref = await system.start(Faulty, [], { id: `faulty-${++count}`, restart: 'temporary', isolation })
      const pid = ref.pid as Pid
      await witness().call.watch(pid)
      return { ref: ref.within(20_000), pid }
    },
    kill: (pid) => witness().call.kill(pid),
    notices: (pid) => witness().call.notices(pid),
    counts: (pid) => witness().call.counts(pid),
  }
}
