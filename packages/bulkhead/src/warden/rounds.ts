import type { NodeId } from '@bulkhead/core'
import type { BodyEnd } from './node-body.ts'
import type { NodeRecord } from './node-record.ts'
import { lookIdleMs } from './stuck.ts'
import type { Judgement } from './stuck.ts'

/** Milliseconds at least over which it is measured how busy the nodes are. */
const measureMs = 250

export interface RoundsOptions {
  readonly nodes: ReadonlyMap<NodeId, NodeRecord>
  /** Never ended, only reported. */
  readonly root: NodeRecord
  /** Milliseconds that a turn may take on a node without a limit of its own. */
  readonly handlerMs: number
  /** Told of each node that is found stuck. */
  readonly stuck: (record: NodeRecord, end: BodyEnd) => void
  /** Says something on the program's stderr. */
  readonly say: (text: string) => void
}

/** The warden's rounds: looks at every node as often as each needs it, judges, and measures how busy they are. */
export class Rounds {
  readonly #options: RoundsOptions
  #timer: NodeJS.Timeout | undefined
  #timerAt = 0
  #measuredAt = performance.now()
  #rootStuckMs = 0

  constructor(options: RoundsOptions) {
    this.#options = options
    this.#look()
  }

  /** The next round comes within so many milliseconds. */
  within(ms: number): void {
    const at = performance.now() + ms
    if (this.#timer !== undefined && this.#timerAt <= at) return
    clearTimeout(this.#timer)
    this.#timerAt = at
    this.#timer = setTimeout(this.#look, ms)
  }

  /** There are no more rounds. */
  end(): void {
    clearTimeout(this.#timer)
  }

  readonly #look = (): void => {
    const { nodes, root, handlerMs, stuck } = this.#options
    let nextMs = lookIdleMs(Infinity)
    for (const record of nodes.values()) {
      if (record.verdict !== undefined) continue
      const judgement = record.body.look()
      if (record === root) this.#lookAtRoot(judgement)
      else if (judgement.state === 'stuck') stuck(record, stuckEnd(record, judgement))
      const limitMs = record.profile?.handlerMs ?? handlerMs
      nextMs = Math.min(nextMs, judgement.state === 'busy' ? judgement.nextLookMs : lookIdleMs(limitMs))
    }
    this.#measure()
    this.#timer = undefined
    this.within(nextMs)
  }

  /** A stuck root is reported, once for each time. */
  #lookAtRoot(judgement: Judgement): void {
    const { root, say } = this.#options
    const forMs = judgement.state === 'stuck' ? judgement.forMs : 0
    if (forMs > 0 && (this.#rootStuckMs === 0 || forMs < this.#rootStuckMs)) {
      say(`the root has been stuck for ${Math.round(forMs)} ms in ${root.body.handlerName ?? 'code outside any actor'}`)
    }
    this.#rootStuckMs = forMs
  }

  /** How busy each node was since the last time. */
  #measure(): void {
    const { nodes, root } = this.#options
    const now = performance.now()
    const passedMs = now - this.#measuredAt
    if (passedMs < measureMs) return
    this.#measuredAt = now
    for (const record of nodes.values()) {
      if (record.verdict !== undefined || record === root) continue
      const activeMs = record.body.activeMs() ?? 0
      record.load = Math.min(1, (activeMs - record.lastActiveMs) / passedMs)
      record.lastActiveMs = activeMs
    }
  }
}

function stuckEnd({ body }: NodeRecord, { what, forMs }: Extract<Judgement, { state: 'stuck' }>): BodyEnd {
  const culprit = what === 'turn' ? body.vitals?.culprit : body.vitals?.looper
  const { handlerName: handler } = body
  return {
    cause: 'stuck',
    forMs,
    ...(handler !== undefined && { handler }),
    ...(culprit !== undefined && { culprit }),
  }
}
