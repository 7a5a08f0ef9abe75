import { createNode, defineActor } from '@bulkhead/core'
import type { ActorRef, ActorSelf, Isolation, LogRecord } from '@bulkhead/core'
import { start } from 'bulkhead'
import type { System } from 'bulkhead'
import { Nodes, PROCESS, THREAD } from '../support/nodes.ts'
import { Puppet } from './fixtures/puppet.ts'
import type { Placement, Stage } from './law.ts'
import { setStage } from './stage.ts'
import type { Places } from './stage.ts'

/** Where laws are tried: one system, with a stage of its own for each law. */
export interface World {
  readonly log: LogRecord[]
  open(): Promise<{ readonly stage: Stage; close(): void }>
  close(): Promise<void>
}

const handed = new Map<string, (self: ActorSelf) => void>()

/** Hands its `self` to the law that started it. */
const Director = defineActor(import.meta, 'Director', (self, token: string) => {
  handed.get(token)?.(self)
  return new Promise(() => undefined)
})

export async function worldFor(placement: Placement): Promise<World> {
  return placement === 'memory' ? memoryWorld() : await systemWorld(placement)
}

async function systemWorld(placement: Exclude<Placement, 'memory'>): Promise<World> {
  const log: LogRecord[] = []
  const system = await start({
    signals: false,
    inspect: false,
    threads: { count: 2, within: placement === 'crew' ? 'process' : 'root' },
    processes: 2,
    spares: 0,
    log: (record) => log.push(record),
  })
  const places = await placesOf(system, placement)
  let count = 0
  return {
    log,
    open: async () => {
      const token = `director-${++count}`
      const { promise, resolve } = Promise.withResolvers<ActorSelf>()
      handed.set(token, resolve)
      await system.start(Director, [token], { id: token, restart: 'temporary', isolation: 'inline' })
      const self = await promise
      const { stage, close } = await setStage(self, places)
      return {
        stage,
        close: () => {
          handed.delete(token)
          close()
          self.exit(self.pid, 'kill')
        },
      }
    },
    close: async () => {
      await system.stop()
    },
  }
}

/** Two nodes of the kind, each with an actor that stays, so that the actors of every law can be placed beside the one or the other. */
async function placesOf(system: System, placement: Exclude<Placement, 'memory'>): Promise<Places> {
  if (placement === 'inline') return { here: 'inline', there: 'inline', shares: true }
  if (placement === 'spread') {
    const [here] = await anchorsOf(system, 'thread', 1, true)
    const [there] = await anchorsOf(system, 'process', 1, false)
    return { here: here!, there: there!, shares: false }
  }
  const [here, there] = await anchorsOf(system, placement === 'crew' ? 'thread' : placement, 2, placement === 'thread')
  return { here: here!, there: there!, shares: placement === 'thread' }
}

/** That many nodes of the kind, each with an actor that stays. `ours`: whether they are in the OS process of the root. */
async function anchorsOf(
  system: System,
  isolation: 'thread' | 'process',
  count: number,
  ours: boolean,
): Promise<Isolation[]> {
  const anchors = new Map<number, ActorRef>()
  for (let i = 0; anchors.size < count && i < 8; i++) {
    const id = `anchor-${isolation}-${i}`
    const anchor = await system.start(Puppet, [true], { id, restart: 'temporary', isolation })
    const { kind, node, osProcess } = await system.explain(anchor)
    if (kind !== isolation) throw new Error(`an actor for a ${isolation} lives in a ${kind}`)
    if ((osProcess === process.pid) !== ours)
      throw new Error(`an actor for a ${isolation} lives in process ${osProcess}`)
    if (!anchors.has(node)) anchors.set(node, anchor)
  }
  if (anchors.size < count) throw new Error(`there are only ${anchors.size} ${isolation} nodes`)
  return [...anchors.values()].map((anchor): Isolation => ({ coordination: { with: anchor } }))
}

/** Three nodes in this event loop: frames are really encoded, and cross connections in memory. */
function memoryWorld(): World {
  const clock = {
    now: () => performance.now(),
    setTimer: (fire: () => void, ms: number) => setTimeout(fire, ms),
    clearTimer: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
  }
  const nodes = new Nodes(createNode, { ids: [1, THREAD, PROCESS], platform: { clock } })
  return {
    log: nodes.log,
    open: async () => {
      const self = await nodes.actor()
      const { stage, close } = await setStage(self, { here: 'thread', there: 'process', shares: true })
      return {
        stage,
        close: () => {
          close()
          self.exit(self.pid, 'kill')
        },
      }
    },
    close: async () => nodes.root.stop('shutdown'),
  }
}
