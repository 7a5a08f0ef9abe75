import type { PlacementDecision } from '@bulkhead/core'

/** What a thread or process is started with; nodes of one profile can stand in for each other before they are used. */
export interface LaunchProfile {
  /** `crew`: an OS process whose nodes are its threads. */
  readonly kind: 'thread' | 'process' | 'crew'
  readonly heapMb?: number
  readonly rssMb?: number
  readonly stackMb?: number
  /** Milliseconds that one turn may take. */
  readonly handlerMs: number
}

/** The profile that a decision asks for. */
export function profileOf(decision: PlacementDecision, handlerMsDefault: number): LaunchProfile {
  const { heapMb, rssMb, stackMb, handlerMs = handlerMsDefault } = decision.limits
  return {
    kind: decision.kind === 'process' ? 'process' : 'thread',
    handlerMs,
    ...(heapMb !== undefined && { heapMb }),
    ...(rssMb !== undefined && { rssMb }),
    ...(stackMb !== undefined && { stackMb }),
  }
}

/** Equal for profiles whose actors can share a node. */
export function poolKeyOf({ kind, heapMb, rssMb, stackMb, handlerMs }: LaunchProfile): string {
  return [kind, heapMb, rssMb, stackMb, handlerMs].join()
}

/** Equal for profiles that are started in the same way: the turns of a thread are limited from outside, so their limit is chosen later. */
export function launchKeyOf(profile: LaunchProfile): string {
  return profile.kind === 'thread' ? poolKeyOf({ ...profile, handlerMs: 0 }) : poolKeyOf(profile)
}
