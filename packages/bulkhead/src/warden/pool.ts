import { poolKeyOf } from './launch-profile.ts'
import type { LaunchProfile } from './launch-profile.ts'
import { weightOf } from './node-record.ts'
import type { CrewOfBody } from './node-body.ts'
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

/** Those that were made as the profile says, in that crew; undefined: in none. */
export function sharing(
  nodes: readonly NodeRecord[],
  profile: LaunchProfile,
  crew?: CrewOfBody,
): readonly NodeRecord[] {
  const key = poolKeyOf(profile)
  return nodes.filter(
    (each) => each.profile !== undefined && poolKeyOf(each.profile) === key && each.body.crew === crew,
  )
}

/**
 * The node of a compartment that takes the next actor; undefined when there is none, or one more is better. A compartment has its nodes, one
 * unless the system says otherwise, by its name alone, so the limits of the first actor are those of all: throws for an actor with others,
 * naming both.
 */
export function nodeOfCompartment(
  nodes: readonly NodeRecord[],
  { handlerMs }: LaunchProfile,
  nodesMax = 1,
): NodeRecord | undefined {
  const [node] = nodes
  const agreedMs = node?.profile?.handlerMs ?? handlerMs
  if (agreedMs === handlerMs) return choose(nodes, nodesMax)
  throw new Error(
    `limits.handlerMs: ${handlerMs} contradicts compartment: ${node?.compartment}, whose node has limits.handlerMs: ${agreedMs}; give all actors of a compartment the same`,
  )
}
