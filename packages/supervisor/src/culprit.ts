import { type Evidence, type ExitReason, nodeOf } from '@bulkhead/core'
import type { Life } from './child-table.ts'

/**
 * Whether the end of a child's node can teach where the child is to live: it took the node down itself, or an actor of its compartment did, and
 * that moves as a whole. A culprit has a reason of its own; its neighbours exit `noconnection`. Whoever ended with an actor that it was linked to
 * has that one's reason and evidence, of another node.
 */
export function canTeach({ pid, placement }: Life, reason: ExitReason, evidence: Evidence): boolean {
  if (evidence.node !== nodeOf(pid)) return false
  return reason !== 'noconnection' || placement.share === 'compartment'
}
