import type { ActorRef, Pid } from '@bulkhead/core'
import { childTemplate } from 'bulkhead'
import type { ChildOptions, DynamicSupervisorProtocol } from 'bulkhead'
import { patienceMs } from '../../../laws/stage.ts'
import { Pool } from '../../fixtures/supervisors-2-pool.ts'
import { Worker } from '../../fixtures/worker.ts'
import type { ConformanceStage, Rules } from '../../stage.ts'

export type PoolRef = ActorRef<DynamicSupervisorProtocol<unknown[]>> & { readonly pid: Pid }

/** Starts a dynamic supervisor at the top, linked to the stage's `self`. Rejects with what the start failed with. */
export async function startPool({ self, top }: ConformanceStage, rules: Rules): Promise<PoolRef> {
  const { pid } = await self.startLink(Pool, [rules as never], { isolation: top })
  return self.ref(Pool, pid as Pid).within(patienceMs) as PoolRef
}

/** A `simple_one_for_one` supervisor of workers; `args` are their first arguments. They live away from it. */
export const poolOf = (
  stage: ConformanceStage,
  args: readonly unknown[],
  options: ChildOptions = {},
): Promise<PoolRef> => startPool(stage, { child: template(stage, args, options) })

export const template = ({ place }: ConformanceStage, args: readonly unknown[], options: ChildOptions = {}): unknown =>
  childTemplate(Worker, args as never, { adapt: false, isolation: place(1), ...options })
