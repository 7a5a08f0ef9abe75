import type { ActorRef, ActorSelf, Isolation, LogRecord, Pid } from '@bulkhead/core'
import { child } from 'bulkhead'
import type { ChildSpec, SupervisorProtocol, SupervisorSpec } from 'bulkhead'
import type { Placement, Stage } from '../laws/law.ts'
import { patienceMs } from '../laws/stage.ts'
import { worldFor } from '../laws/worlds.ts'
import type { World } from '../laws/worlds.ts'
import { Overseen } from './fixtures/overseer.ts'
import { Scribe } from './fixtures/scribe.ts'
import { Worker } from './fixtures/worker.ts'
import type { ConformanceStage, Spot } from './stage.ts'

const PLACEMENTS: Readonly<Record<Spot, Placement>> = {
  inline: 'inline',
  threads: 'thread',
  processes: 'process',
  spread: 'spread',
}

/** The world of a spot. */
export const worldOf = (spot: Spot): Promise<World> => worldFor(PLACEMENTS[spot])

/** Makes the stage of a law one for items. */
export async function conformanceStage(stage: Stage, spot: Spot, log: readonly LogRecord[]): Promise<ConformanceStage> {
  const { self, here, there } = stage
  const top: Isolation = spot === 'spread' ? 'inline' : here
  const scribe = await startedBy(self, Scribe, [], 'inline')
  const place = (index: number): Isolation => (index % 2 === 0 ? here : there)
  let placed = 0
  const specOf = (rules: object, children: readonly ChildSpec[]): SupervisorSpec =>
    ({ ...rules, children }) as unknown as SupervisorSpec
  return {
    ...stage,
    spot,
    log,
    top,
    scribe,
    place,
    worker: (id, options = {}, plan = {}) =>
      child(Worker, [id, scribe.pid, plan], { adapt: false, isolation: place(placed++), ...options, id }),
    supervise: async (rules, children) => {
      const { pid } = await self.startLink(Overseen, [specOf(rules, children)], { isolation: top })
      return { pid: pid as Pid, ref: self.ref(Overseen, pid as Pid).within(patienceMs) as ActorRef<SupervisorProtocol> }
    },
    supervisor: (id, rules, children, options = {}) =>
      child(Overseen, [specOf(rules, children)], { adapt: false, isolation: top, ...options, id }),
  }
}

async function startedBy(
  self: ActorSelf,
  behaviour: typeof Scribe,
  args: [],
  isolation: Isolation,
): Promise<ConformanceStage['scribe']> {
  const { pid } = await self.startLink(behaviour, args, { isolation })
  return self.ref(behaviour, pid as Pid).within(patienceMs) as ConformanceStage['scribe']
}
