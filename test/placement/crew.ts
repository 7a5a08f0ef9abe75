import { onTestFinished } from 'vitest'
import { start } from 'bulkhead'
import type {
  ActorRef,
  Args,
  Behaviour,
  ChildOptions,
  Explanation,
  Isolation,
  LogRecord,
  System,
  SystemOptions,
} from 'bulkhead'
import { Faulty } from './fixtures/faulty.ts'
import { Mate } from './fixtures/mate.ts'
import type { FaultyRef } from './trial.ts'

/** Far beyond what anything takes, even on a machine that is busy with other things. */
export const patienceMs = 20_000

type RefOf<B> = B extends Behaviour<infer _A extends Args, infer P> ? ActorRef<P> : never

/** Starts a system whose threads are a crew of two, and where nothing waits that was not asked for; it stops with the test. */
export async function begin(
  options: SystemOptions = {},
): Promise<{ readonly system: System; readonly records: LogRecord[] }> {
  const records: LogRecord[] = []
  const system = await start({
    signals: false,
    inspect: false,
    threads: { count: 2, within: 'process' },
    spares: 0,
    log: (record) => records.push(record),
    ...options,
  })
  onTestFinished(async () => void (await system.stop()))
  return { system, records }
}

/** Starts a faulty server under its name. */
export async function faulty(system: System, name: string, options: ChildOptions = {}): Promise<FaultyRef> {
  return (await system.start(Faulty, [], { id: name, name, ...options })).within(patienceMs)
}

export async function mate(system: System, id: string, isolation?: Isolation): Promise<RefOf<typeof Mate>> {
  return (await system.start(Mate, [], { id, ...(isolation !== undefined && { isolation }) })).within(patienceMs)
}

/** Where whoever holds the name lives, or is about to. */
export async function homeOf(system: System, name: string): Promise<Explanation> {
  return await system.explain(await system.available(name))
}
