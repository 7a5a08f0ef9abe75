import type { System, TreeEntry } from 'bulkhead'
import { isMeant } from './target.ts'
import type { TargetSpec } from './target.ts'

/** A weakness of a tree, and the way out of it. */
export interface Finding {
  /** The path of the actor that is at risk. */
  readonly path: string
  readonly node: number
  readonly why: string
  readonly advice: string
}

export type LintedEntry = Pick<TreeEntry, 'path' | 'behaviour' | 'name' | 'type' | 'node' | 'kind'> & {
  readonly children: readonly LintedEntry[]
}

/**
 * Warns of each supervisor that shares a node with a worker that it supervises: when that is stuck or takes its node down, the supervisor goes
 * along, and cannot restart it. `accepting` are workers for which that is meant to be so.
 */
export async function lint(system: System, accepting: readonly TargetSpec[] = []): Promise<Finding[]> {
  return lintTree(await system.tree(), accepting)
}

/** The same for a tree that is at hand. Pure. */
export function lintTree(entries: readonly LintedEntry[], accepting: readonly TargetSpec[] = []): Finding[] {
  return entries.flatMap((entry) => [
    ...(entry.type === 'supervisor' ? findingsAt(entry, accepting) : []),
    ...lintTree(entry.children, accepting),
  ])
}

/** A supervisor below a supervisor runs nothing of the user's but its `init`: only workers are dangerous. */
function findingsAt(supervisor: LintedEntry, accepting: readonly TargetSpec[]): Finding[] {
  const { path, node, kind } = supervisor
  const shared = supervisor.children.filter(
    (child) => child.type === 'worker' && child.node === node && !isMeant(child, accepting),
  )
  if (shared.length === 0) return []
  const workers = shared.map((child) => child.path).join(', ')
  const place = kind === 'inline' ? 'the root' : `${kind} ${node}`
  return [
    {
      path: path === '' ? '/' : path,
      node,
      why: `it lives on ${place} together with ${workers}, which it supervises: a loop or an exit in there takes both along`,
      advice:
        kind === 'inline'
          ? `give ${workers} a place off the root: drop isolation: 'inline', or say 'thread' or 'process'`
          : `leave the supervisor inline on the root, which is its default, or give ${workers} another node`,
    },
  ]
}
