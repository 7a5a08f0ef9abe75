import type { ExploredNode } from '../explored-node.ts'
import type { Journal } from '../journal.ts'
import type { Scheduler } from '../scheduler.ts'

/** Milliseconds that a node waits for a verdict after a loss, and for the last words of a peer after its verdict. */
const verdictMs = 250
const drainMs = 1_000

/** A node takes another for ended when the connection between them is drained and the verdict is known, or one of the two was too long in coming. */
export class NodeEnds {
  readonly #journal: Journal
  readonly #scheduler: Scheduler

  constructor(journal: Journal, scheduler: Scheduler) {
    this.#journal = journal
    this.#scheduler = scheduler
  }

  /** `node` lets its actors know that `ended` has ended. */
  telling(node: ExploredNode, ended: ExploredNode | undefined, cause: string): void {
    this.#journal.count(`node down: ${cause}`)
    // What never was has neither a connection nor last words; what is fenced is not listened to.
    if (ended === undefined || ended.verdict?.fenced === true) return
    const { now } = this.#scheduler
    const wire = node.wires.get(ended.id)
    const toldAt = node.toldAt.get(ended.id)
    const of = `node ${node.id} takes node ${ended.id} for ended (${cause})`
    if (toldAt === undefined) {
      const silentMs = wire?.overAt === undefined ? 0 : now - wire.overAt
      this.#journal.require(
        silentMs >= verdictMs,
        'verdict',
        () => `${of} ${silentMs} ms after the loss, without a verdict`,
      )
      return
    }
    this.#journal.require(cause !== 'unknown', 'verdict', () => `${of}, though it knows the verdict`)
    const drained = wire === undefined || !wire.wasOpen || wire.overAt !== undefined
    this.#journal.require(
      drained || now - toldAt >= drainMs,
      'verdict',
      () => `${of} before it has heard all that this one had sent`,
    )
  }
}
