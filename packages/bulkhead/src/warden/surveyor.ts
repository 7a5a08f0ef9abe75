import type { NodeId, NodeSnapshot } from '@bulkhead/core'
import type { NodeSurvey } from '../control.ts'
import type { NodeRecord } from './node-record.ts'

/** Milliseconds that a node usually gets to answer; then what it said last stands in. */
const usualPatienceMs = 300

/** Asks all nodes what they hold, and remembers what they said, for when one cannot answer. */
export class Surveyor {
  readonly #nodes: ReadonlyMap<NodeId, NodeRecord>
  readonly #last = new Map<NodeId, { readonly at: number; readonly snapshot: NodeSnapshot }>()
  readonly #waiting = new Map<number, Set<NodeId>>()
  readonly #done = new Map<number, () => void>()
  #requests = 0

  constructor(nodes: ReadonlyMap<NodeId, NodeRecord>) {
    this.#nodes = nodes
  }

  take(node: NodeId, request: number, snapshot: NodeSnapshot): void {
    this.#last.set(node, { at: performance.now(), snapshot })
    const waiting = this.#waiting.get(request)
    waiting?.delete(node)
    if (waiting?.size === 0) this.#done.get(request)?.()
  }

  forget(node: NodeId): void {
    this.#last.delete(node)
  }

  async survey(patienceMs: number = usualPatienceMs): Promise<NodeSurvey[]> {
    const request = ++this.#requests
    const askedAt = performance.now()
    const records = [...this.#nodes.values()].filter((record) => record.verdict === undefined)
    this.#waiting.set(request, new Set(records.map((record) => record.id)))
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#done.set(request, resolve)
      timer = setTimeout(resolve, patienceMs)
      for (const record of records) record.body.post({ type: 'snapshot', request })
    })
    clearTimeout(timer)
    this.#waiting.delete(request)
    this.#done.delete(request)
    return records.map((record) => this.#surveyOf(record, askedAt))
  }

  #surveyOf({ id, body, share }: NodeRecord, askedAt: number): NodeSurvey {
    const last = this.#last.get(id)
    const ageMs = last === undefined || last.at >= askedAt ? 0 : Math.round(performance.now() - last.at)
    const busyWith = ageMs > 0 ? body.handlerName : undefined
    return {
      node: id,
      kind: body.kind,
      osProcess: body.osProcess,
      share,
      ...(body.carry !== undefined && { sandbox: true as const }),
      snapshot: last?.snapshot,
      ageMs,
      ...(busyWith !== undefined && { busyWith }),
    }
  }
}
