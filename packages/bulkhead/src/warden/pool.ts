import { poolKeyOf } from './launch-profile.ts'
import type { LaunchProfile } from './launch-profile.ts'
import { weightOf } from './node-record.ts'
import type { NodeRecord } from './node-record.ts'

/**
 * The node of a pool that takes the next actor: the one with the least weight. Undefined when a new one is better: none is free, and there
 * may be more than there are.
 */
export function choose(nodes: readonly NodeRecord[], nodesMax: number): NodeRecord | undefined {
  const [first, ...others] = nodes
  if (first === undefined) return undefined
  const lightest = others.reduce((best, each) => (weightOf(each) < weightOf(best) ? each : best), first)
  return weightOf(lightest) < 1 || nodes.length >= nodesMax ? lightest : undefined
}

/** Those that were made as the profile says. */
export function sharing(nodes: readonly NodeRecord[], profile: LaunchProfile): readonly NodeRecord[] {
  const key = poolKeyOf(profile)
  return nodes.filter((each) => each.profile !== undefined && poolKeyOf(each.profile) === key)
}

/**
 * The node of a compartment; undefined when it has none. It has one by its name alone, so the limits of the first actor are those of all:
 * throws for an actor with others, naming both.
 */
export function nodeOfCompartment([node]: readonly NodeRecord[], { handlerMs }: LaunchProfile): NodeRecord | undefined {
  const agreedMs = node?.profile?.handlerMs ?? handlerMs
  if (agreedMs === handlerMs) return node
  throw new Error(
    `limits.handlerMs: ${handlerMs} contradicts compartment: ${node?.compartment}, whose node has limits.handlerMs: ${agreedMs}; give all actors of a compartment the same`,
  )
}
