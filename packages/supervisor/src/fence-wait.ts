import type { ActorSelf, IsolationHints } from '@bulkhead/core'
import type { Child } from './child-table.ts'

/** Milliseconds between two looks at whether a fenced thread has ended that a restart waits for. */
export const lookAgainMs = 100

/**
 * Whether a start of one of these children would wait for a fenced thread (`afterFence: 'wait'`). A supervisor must not: it has others to look
 * after, and its own shutdown to hear.
 */
export async function wouldWait(self: ActorSelf, children: readonly Child[]): Promise<boolean> {
  const patient = children.filter(waits).map(({ id }) => id)
  return patient.length > 0 && (await self.lingers(patient))
}

/** As it was placed last, which an operator may have said; as its hints say, before its first start. */
function waits({ placement, spec: { behaviour, isolation = behaviour.isolation } }: Child): boolean {
  if (placement !== undefined) return placement.afterFence === 'wait'
  const { afterFence, memory }: IsolationHints = typeof isolation === 'object' ? isolation : {}
  return (afterFence ?? (memory === 'shared' ? 'wait' : 'replace')) === 'wait'
}
