import type { ActorSelf, Args, Behaviour, Evidence, ExitReason, Pid } from '@bulkhead/core'
import type { Child } from './child-table.ts'

/** How the start of a child went. `evidence`: about the node whose end made it fail. */
export type Start =
  | { readonly kind: 'started'; readonly pid: Pid }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'failed'; readonly reason: ExitReason; readonly evidence: Evidence | undefined }

/** Starts a child linked to its supervisor. What goes wrong is the child's failure, never the supervisor's crash: it does not reject. */
export async function startLinked(self: ActorSelf, child: Child): Promise<Start> {
  const { behaviour, name, isolation, mailbox, startTimeoutMs } = child.spec
  const options = {
    link: true,
    id: child.id,
    restarts: child.starts,
    ...(name !== undefined && { name }),
    ...(isolation !== undefined && { isolation }),
    ...(mailbox !== undefined && { mailbox }),
    ...(startTimeoutMs !== undefined && { timeoutMs: startTimeoutMs }),
  }
  try {
    const outcome = await self.tryStart(behaviour as Behaviour<Args, unknown>, child.args ?? [], options)
    if (outcome.kind === 'started') return { kind: 'started', pid: outcome.pid }
    if (outcome.kind === 'ignored') return { kind: 'ignored' }
    return { kind: 'failed', reason: outcome.reason, evidence: outcome.evidence }
  } catch (error) {
    return { kind: 'failed', reason: error, evidence: undefined }
  }
}
