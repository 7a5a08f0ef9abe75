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
