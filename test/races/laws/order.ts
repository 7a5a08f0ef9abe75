import type { Pid } from '../../../packages/core/src/actor/pid.ts'
import { nodeOf } from '../../../packages/core/src/actor/pid.ts'
import type { Actor } from '../actors.ts'
import { areInTouch } from '../actors.ts'
import type { Journal } from '../journal.ts'

/** `letter`: its arrival is seen. `exit`: it may be seen as an EXIT. `silent`: nobody sees it arrive. */
type Kind = 'letter' | 'exit' | 'silent'

interface Sent {
  readonly kind: Kind
  /** The reason of an exit signal, until it was seen. */
  reason: string | undefined
  /** The nodes that the sender's node knew to be fenced. */
  readonly fenced: readonly number[]
}

interface Pair {
  readonly from: Actor
  readonly to: Actor
  readonly sent: Sent[]
  /** How many of them have arrived. */
  arrived: number
}

/**
 * What one actor sends to one other arrives in order and without a gap; all of it, unless the receiver ended or a node was lost. Nothing of
 * an actor comes after its DOWN, and nothing of a fenced node comes after the words of somebody who knew of the fence.
 */
export class Order {
  readonly #journal: Journal
  readonly #pairs = new Map<string, Pair>()

  constructor(journal: Journal) {
    this.#journal = journal
  }

  /** `from` is about to send; the number of what it sends among all that it sends there. */
  sends(from: Actor, to: Actor, kind: Kind, reason?: string): number {
    const key = `${from.pid}>${to.pid}`
    let pair = this.#pairs.get(key)
    if (pair === undefined) this.#pairs.set(key, (pair = { from, to, sent: [], arrived: 0 }))
    pair.sent.push({ kind, reason, fenced: [...from.node.fences] })
    return pair.sent.length - 1
  }

  arrives(at: Actor, from: Pid, number: number): void {
    const pair = this.#pairs.get(`${from}>${at.pid}`)
    const sent = pair?.sent[number]
    if (pair === undefined || sent === undefined) {
      this.#journal.broken('order', `${at.label} got letter ${number} of ${from}, which was never sent`)
      return
    }
    const due = pair.arrived
    this.#journal.require(
      number >= due,
      'order',
      () => `${at.label} got letter ${number} of ${from} where ${due} was due`,
    )
    const lost = pair.sent.slice(due, number).some(({ kind }) => kind === 'letter')
    this.#journal.require(
      !lost || at.spec.bound > 0,
      'order',
      () => `${at.label} got letter ${number} of ${from} without ${due} before it`,
    )
    pair.arrived = number + 1
    this.#journal.require(!at.saidDown.has(from), 'down', () => `${at.label} got a letter of ${from} after its DOWN`)
    this.#journal.require(
      !at.fenced.has(nodeOf(from)),
      'fence',
      () => `${at.label} hears ${from} of a fenced node again`,
    )
    for (const node of sent.fenced) if (node !== at.node.id) at.fenced.add(node)
  }

  /** Whether an EXIT that `at` got may be an exit signal that `from` sent it, which is used up by that. */
  wasExitSignal(at: Actor, from: Pid, reason: string): boolean {
    const pair = this.#pairs.get(`${from}>${at.pid}`)
    const sent = pair?.sent.find((each) => each.kind === 'exit' && each.reason === reason)
    if (sent === undefined) return false
    sent.reason = undefined
    return true
  }

  atRest(): void {
    for (const { from, to, sent, arrived } of this.#pairs.values()) {
      if (to.end !== undefined || to.spec.bound > 0 || !areInTouch(to, from)) continue
      const missing = sent.slice(arrived).findIndex(({ kind }) => kind === 'letter')
      this.#journal.require(
        missing < 0,
        'order',
        () => `${to.label} never got letter ${arrived + missing} of ${from.label}, which lives or ended in order`,
      )
    }
  }
}
