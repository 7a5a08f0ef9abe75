import type { BodyEnd, NodeBody } from './node-body.ts'
import { lookIdleMs } from './stuck.ts'
import type { Judgement } from './stuck.ts'

/** What is looked at on a round. */
export interface Watched {
  readonly body: Pick<NodeBody, 'look' | 'vitals' | 'handlerName'>
  readonly profile: { readonly handlerMs: number } | undefined
  /** Defined once it has ended, or was cut off: there is nothing more to see. */
  readonly verdict: unknown
}

export interface RoundsOptions<Record extends Watched> {
  readonly watched: () => Iterable<Record>
  /** Milliseconds that a turn may take on a node without a limit of its own. */
  readonly handlerMs: number
  /** Told of each look at each node. */
  readonly judged: (record: Record, judgement: Judgement) => void
  /** Told of each round that is over. */
  readonly done?: () => void
}

/** The rounds of whoever watches nodes: looks at every one as often as each needs it, and judges. */
export class Rounds<Record extends Watched> {
  readonly #options: RoundsOptions<Record>
  #timer: NodeJS.Timeout | undefined
  #timerAt = 0

  constructor(options: RoundsOptions<Record>) {
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
    const { watched, handlerMs, judged, done } = this.#options
    let nextMs = lookIdleMs(Infinity)
    for (const record of watched()) {
      if (record.verdict !== undefined) continue
      const judgement = record.body.look()
      judged(record, judgement)
      const limitMs = record.profile?.handlerMs ?? handlerMs
      nextMs = Math.min(nextMs, judgement.state === 'busy' ? judgement.nextLookMs : lookIdleMs(limitMs))
    }
    done?.()
    this.#timer = undefined
    this.within(nextMs)
  }
}

/** What a node that is found stuck ends with. */
export function stuckEnd(body: Watched['body'], { what, forMs }: Extract<Judgement, { state: 'stuck' }>): BodyEnd {
  const culprit = what === 'turn' ? body.vitals?.culprit : body.vitals?.looper
  const { handlerName: handler } = body
  return {
    cause: 'stuck',
    forMs,
    ...(handler !== undefined && { handler }),
    ...(culprit !== undefined && { culprit }),
  }
}
