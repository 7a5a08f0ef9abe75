import type { ActorSelf, Args, Behaviour, Evidence, ExitReason } from '@bulkhead/core'
import type { Child, Life } from './child-table.ts'

/** How the start of a child went. `evidence`: about the node whose end made it fail; `lost`: the half-started actor on it. */
export type Start =
  | ({ readonly kind: 'started' } & Life)
  | { readonly kind: 'ignored' }
  | {
      readonly kind: 'failed'
      readonly reason: ExitReason
      readonly evidence: Evidence | undefined
      readonly lost?: Life | undefined
    }

/** Starts a child linked to its supervisor. What goes wrong is the child's failure, never the supervisor's crash: it does not reject. */
export async function startLinked(self: ActorSelf, child: Child): Promise<Start> {
  const { behaviour, name, isolation, mailbox, startTimeoutMs } = child.spec
  const options = {
    link: true,
    id: child.id,
    restarts: child.starts,
    adapt: child.spec.adapt,
    ...(name !== undefined && { name }),
    ...(isolation !== undefined && { isolation }),
    ...(mailbox !== undefined && { mailbox }),
    ...(startTimeoutMs !== undefined && { timeoutMs: startTimeoutMs }),
  }
  try {
    const outcome = await self.tryStart(behaviour as Behaviour<Args, unknown>, child.args ?? [], options)
    if (outcome.kind === 'started') return { kind: 'started', pid: outcome.pid, placement: outcome.placement }
    if (outcome.kind === 'ignored') return { kind: 'ignored' }
    return { kind: 'failed', reason: outcome.reason, evidence: outcome.evidence, lost: outcome.lost }
  } catch (error) {
    return { kind: 'failed', reason: error, evidence: undefined }
  }
}
