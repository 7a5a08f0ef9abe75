import { ROOT } from 'bulkhead'
import type { IsolationLimits, Pid, TreeEntry } from 'bulkhead'
import type { Labelled } from './target.ts'

/** What decides whether a fault in an actor stays with it. */
export interface Place {
  /** What its node is. */
  readonly kind: 'inline' | 'thread' | 'process'
  /** It lives in the program's main thread. */
  readonly onRoot: boolean
  /** Its node is in the OS process of the root: a thread of it, or the root itself. */
  readonly inRootProcess: boolean
  /** The top supervisor: its end is the system's. */
  readonly isTop: boolean
  readonly limits: IsolationLimits
  /** It is in a sandbox, which runs nothing for others. Default false. */
  readonly isSandboxed?: boolean
}

/** One actor of the tree, as far as chaos is concerned. */
export interface Candidate extends Labelled {
  readonly pid: Pid
  readonly node: number
  readonly osProcess: number
  readonly place: Place
  readonly isReady: boolean
}

/** All actors of a tree, parents before their children. `rootProcess`: the OS process of the root. */
export function candidatesOf(tree: readonly TreeEntry[], rootProcess: number): Candidate[] {
  return tree.flatMap((entry) => [candidateOf(entry, rootProcess), ...candidatesOf(entry.children, rootProcess)])
}

function candidateOf(entry: TreeEntry, rootProcess: number): Candidate {
  const { path, behaviour, name, pid, node, kind, osProcess, placement, type, status } = entry
  const place: Place = {
    kind,
    onRoot: node === ROOT,
    inRootProcess: osProcess === rootProcess,
    isTop: type === 'supervisor' && path === '',
    limits: placement?.limits ?? {},
    isSandboxed: placement?.sandbox === true,
  }
  return { path, behaviour, name, pid, node, osProcess, place, isReady: status !== 'starting' }
}
