import type { ActorSnapshot, NodeId, Pid } from '@bulkhead/core'
import type { NodeSurvey } from './control.ts'
import type { BlastRadius, Explanation, TreeEntry } from './system.ts'

/** All actors of a survey, as a tree: children below who started them, in the order in which they were started. */
export function treeOf(nodes: readonly NodeSurvey[]): TreeEntry[] {
  const entries = new Map<Pid, TreeEntry & { readonly children: TreeEntry[] }>()
  for (const { node, kind, osProcess, snapshot } of nodes) {
    for (const actor of snapshot?.actors ?? [])
      entries.set(actor.pid, { ...actor, node, kind, osProcess, children: [] })
  }
  const tops: TreeEntry[] = []
  for (const entry of entries.values()) {
    const parent = entry.parent === undefined ? undefined : entries.get(entry.parent)
    ;(parent?.children ?? tops).push(entry)
  }
  return tops
}

/** Where one actor of a survey lives, and why; undefined when it is not there. */
export function explanationOf(nodes: readonly NodeSurvey[], pid: Pid): Explanation | undefined {
  for (const { node, kind, osProcess, snapshot } of nodes) {
    const actor = snapshot?.actors.find((each) => each.pid === pid)
    if (actor === undefined) continue
    return {
      pid,
      path: actor.path,
      node,
      kind,
      osProcess,
      decision: actor.placement,
      blastRadius: blastRadiusOf(nodes, node, pid),
    }
  }
  return undefined
}

function blastRadiusOf(nodes: readonly NodeSurvey[], id: NodeId, pid: Pid): BlastRadius {
  const own = nodes.find(({ node }) => node === id)
  const near = endWith(own, nodes).filter((each) => each !== own)
  return {
    node: actorsOf(own)
      .filter(({ pid: other }) => other !== pid)
      .map(pathOf),
    osProcess: near.flatMap(actorsOf).map(pathOf),
  }
}

/** The nodes that end with the OS process of one: all of them, when that is the root's. */
export function endWith(one: NodeSurvey | undefined, nodes: readonly NodeSurvey[]): readonly NodeSurvey[] {
  const mates = nodes.filter(({ osProcess }) => osProcess === one?.osProcess)
  return mates.some(({ share }) => share === 'root') ? nodes : mates
}

const actorsOf = (node: NodeSurvey | undefined): readonly ActorSnapshot[] => node?.snapshot?.actors ?? []
const pathOf = ({ path }: ActorSnapshot): string => path

/** Whether every node said itself, and just now, what it holds. */
export function isComplete(nodes: readonly NodeSurvey[]): boolean {
  return nodes.every(({ snapshot, ageMs }) => snapshot !== undefined && ageMs === 0)
}
