// Shows: honest counting. Every request that was sent stands here until it has exactly one end.

export type RequestEnd =
  /** A complete answer with status 200 arrived. */
  | 'answered'
  /** Another status, or a connection that broke: the client knows that it has no answer, and may ask again. */
  | 'failed'
  /** Nothing came within the client's patience. */
  | 'unanswered'

export interface Exchange {
  readonly id: number
  readonly question: string
  readonly sentMs: number
}

/** A request without an answer, and the time in which that was decided. */
export interface Failure {
  readonly sentMs: number
  readonly endedMs: number
}

export interface RequestCounts {
  readonly sent: number
  readonly answered: number
  readonly failed: number
  readonly unanswered: number
  readonly wrong: number
}

export class Ledger {
  readonly #now: () => number
  readonly #open = new Map<number, Exchange>()
  readonly #ends: Record<RequestEnd, number> = { answered: 0, failed: 0, unanswered: 0 }
  readonly #failures: Failure[] = []
  #sent = 0
  #wrong = 0

  constructor(now: () => number) {
    this.#now = now
  }

  send(question: string): Exchange {
    const exchange = { id: ++this.#sent, question, sentMs: this.#now() }
    this.#open.set(exchange.id, exchange)
    return exchange
  }

  /** Finds a request that still waits. */
  waiting(id: number): Exchange | undefined {
    return this.#open.get(id)
  }

  /** Ends a request. A second end of the same request is a mistake of the caller. */
  end(exchange: Exchange, how: RequestEnd): void {
    if (!this.#open.delete(exchange.id)) throw new Error(`request ${exchange.id} has ended before`)
    this.#ends[how]++
    if (how === 'failed') this.#failures.push({ sentMs: exchange.sentMs, endedMs: this.#now() })
  }

  /** An answer differed from the reference. */
  markWrong(): void {
    this.#wrong++
  }

  get counts(): RequestCounts {
    return { sent: this.#sent, ...this.#ends, wrong: this.#wrong }
  }

  /** Requests that have no end yet. */
  get openCount(): number {
    return this.#open.size
  }

  get failures(): readonly Failure[] {
    return this.#failures
  }
}
