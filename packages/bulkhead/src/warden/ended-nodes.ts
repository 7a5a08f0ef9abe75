import type { NodeId, Verdict } from '@bulkhead/core'
import type { ToNode } from '../control.ts'
import type { NodeRecord } from './node-record.ts'

/** Ends that are remembered. */
const verdictsKept = 1_000

/** What is kept of nodes that are gone: the verdicts, for those who ask for them late. */
export class EndedNodes {
  readonly #verdicts = new Map<NodeId, ToNode>()

  add(record: NodeRecord): void {
    if (record.verdict !== undefined) this.#verdicts.set(record.id, downOf(record, record.verdict))
    const [oldest] = this.#verdicts.keys()
    if (this.#verdicts.size > verdictsKept && oldest !== undefined) this.#verdicts.delete(oldest)
  }

  /** What whoever looks for that node is told. */
  verdictOf(node: NodeId): ToNode {
    return this.#verdicts.get(node) ?? neverWas(node)
  }
}

export function downOf({ id, error }: NodeRecord, verdict: Verdict): ToNode {
  return { type: 'down', peer: id, verdict, ...(error !== undefined && { error }) }
}

function neverWas(node: NodeId): ToNode {
  return { type: 'down', peer: node, verdict: { evidence: { node, domain: `unknown ${node}`, cause: 'unknown' } } }
}
