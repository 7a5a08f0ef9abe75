// Shows: a fault of the run in the words of this service: the registered name instead of the path.
import type { FaultKind as AnyFault, InjectionEvidence, Injected, Injection as Planned } from '@bulkhead/chaos'
import { FRONT, SUPERVISED } from '../actors/search.ts'

export type FaultKind = AnyFault | 'kill_supervisor' | 'kill_front'

export interface Injection {
  /** Its number in the schedule, from 1. */
  readonly n: number
  readonly kind: FaultKind
  readonly placement: Planned['placement']
  /** The registered name of the actor that it hits. */
  readonly target: string
  /** What the operating system and the runtime said of it; undefined while it has not happened. */
  readonly evidence?: InjectionEvidence | undefined
}

export function injectionOf(planned: Planned | Injected): Injection {
  const { n, fault, placement } = planned
  const target = planned.target.slice(planned.target.lastIndexOf('/') + 1)
  const kind = fault.kind === 'kill' ? killOf(target) : fault.kind
  return { n, kind, placement, target, evidence: 'evidence' in planned ? planned.evidence : undefined }
}

function killOf(target: string): FaultKind {
  if (target === FRONT) return 'kill_front'
  return SUPERVISED.has(target) ? 'kill_supervisor' : 'kill'
}
