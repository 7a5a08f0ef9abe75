import type { Pid } from '@bulkhead/core'
import type { NodeSurvey } from './control.ts'
import type { Explanation, TreeEntry } from './system.ts'

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
    const neighbours = snapshot?.actors.filter((other) => other !== actor) ?? []
    return {
      pid,
      path: actor.path,
      node,
      kind,
      osProcess,
      decision: actor.placement,
      blastRadius: neighbours.map((other) => other.path),
    }
  }
  return undefined
}

/** Whether every node said itself, and just now, what it holds. */
export function isComplete(nodes: readonly NodeSurvey[]): boolean {
  return nodes.every(({ snapshot, ageMs }) => snapshot !== undefined && ageMs === 0)
}
