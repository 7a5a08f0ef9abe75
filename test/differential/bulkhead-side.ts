import { type ActorSelf, createNode, defineActor } from '@bulkhead/core'
import { start, type System } from 'bulkhead'
import { Nodes } from '../support/nodes.ts'
import { journals, Observer, type Places } from './actors.ts'
import { BulkheadRun } from './bulkhead-run.ts'
import { Journal } from './journal.ts'
import type { Observation } from './observation.ts'
import type { Script } from './script.ts'

export type Placement = 'inline' | 'thread' | 'process' | 'spread'
export const PLACEMENTS: readonly Placement[] = ['inline', 'thread', 'process', 'spread']

/** Bulkhead, with the actors of scripts somewhere. Any number of scripts may run at the same time. */
export interface BulkheadSide {
  run(script: Script): Promise<Observation[]>
  close(): Promise<void>
}

const PLACES: Readonly<Record<Placement, Places>> = {
  inline: { supervisors: 'inline', workers: ['inline'] },
  thread: { supervisors: 'thread', workers: ['thread'] },
  process: { supervisors: 'process', workers: ['process'] },
  spread: { supervisors: 'inline', workers: ['thread', 'process'] },
}

export async function bulkheadSide(placement: Placement): Promise<BulkheadSide> {
  if (placement === 'inline') return { run: runInline, close: () => Promise.resolve() }
  const system = await start({
    signals: false,
    inspect: false,
    threads: 2,
    processes: 2,
    spares: 0,
    log: () => undefined,
  })
  return {
    run: (script) => runOn(() => director(system), PLACES[placement], script),
    close: async () => {
      await system.stop()
    },
  }
}

/** Runs a script in this event loop, under a clock that moves on when nothing else happens. */
export async function runInline(script: Script): Promise<Observation[]> {
  const nodes = new Nodes(createNode)
  const running = runOn(() => nodes.actor(), PLACES.inline, script)
  let over = false
  const end = (): void => void (over = true)
  running.then(end, end)
  while (!over) {
    await nodes.settled()
    if (!over && !nodes.clock.fireOne(Infinity)) throw new Error('everything waits for something else')
  }
  nodes.root.stop('shutdown')
  return running
}

let count = 0
const handed = new Map<string, (self: ActorSelf) => void>()

/** Hands its `self` to the script that started it. */
const Director = defineActor(import.meta, 'Director', (self, token: string) => {
  handed.get(token)?.(self)
  return new Promise(() => undefined)
})

async function director(system: System): Promise<ActorSelf> {
  const token = `director ${++count}`
  const { promise, resolve } = Promise.withResolvers<ActorSelf>()
  handed.set(token, resolve)
  await system.start(Director, [token], { id: token, restart: 'temporary', isolation: 'inline' })
  handed.delete(token)
  return promise
}

/** Runs a script whose parent and stranger are made on the root by `actor`. */
async function runOn(actor: () => Promise<ActorSelf>, places: Places, script: Script): Promise<Observation[]> {
  const token = `script ${++count}`
  const journal = new Journal()
  journals.set(token, journal)
  const self = await actor()
  const stranger = await actor()
  const observer = await stranger.start(Observer, [token])
  try {
    return await new BulkheadRun({ self, stranger, observer }, { journal, places, script }).run()
  } finally {
    journals.delete(token)
    stranger.exit(observer.pid!, 'kill')
    self.exit(self.pid, 'kill')
    stranger.exit(stranger.pid, 'kill')
  }
}
