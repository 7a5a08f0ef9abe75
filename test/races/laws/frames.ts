import { makePid, pidPrefix } from '../../../packages/core/src/actor/pid.ts'
import type { NodeId, Pid } from '../../../packages/core/src/actor/pid.ts'
import type { FrameKind } from '../../../packages/core/src/messaging/frame.ts'
import type { ExploredNode } from '../explored-node.ts'
import type { Journal } from '../journal.ts'

/** A frame as its head tells it. */
export interface FrameHead {
  readonly kind: FrameKind
  readonly frameNumber: number
  readonly from: number
  readonly to: number
}

interface Unlinks {
  sent: number
  arrived: number
  /** How many had arrived when each EXIT left that is on its way back. */
  readonly answered: number[]
}

/**
 * What can be said of frames alone. Whoever heard anything from a node that knew of a fence listens to the fenced node no more. An EXIT that
 * crosses an unlink is about the link that was undone.
 */
export class Frames {
  readonly #journal: Journal
  /** For each frame of each direction, how many fences its sender knew. */
  readonly #fences = new Map<string, number[]>()
  readonly #deaf = new Map<ExploredNode, Set<NodeId>>()
  readonly #unlinks = new Map<string, Unlinks>()
  /** Pairs in which news of an end came about a link that stood. */
  readonly #fresh = new Set<string>()

  constructor(journal: Journal) {
    this.#journal = journal
  }

  sends(node: ExploredNode, to: NodeId, frame: FrameHead): void {
    const key = `${node.id}>${to}`
    let known = this.#fences.get(key)
    if (known === undefined) this.#fences.set(key, (known = []))
    known[frame.frameNumber] = node.fences.length
    const [sender, receiver] = [pidOf(node.id, frame.from), pidOf(to, frame.to)]
    if (frame.kind === 'unlink') this.#unlinksOf(sender, receiver).sent++
    if (frame.kind !== 'link_exit') return
    const unlinks = this.#unlinksOf(receiver, sender)
    unlinks.answered.push(unlinks.arrived)
  }

  arrives(at: ExploredNode, from: ExploredNode, frame: FrameHead): void {
    const deaf = this.#deaf.get(at)
    this.#journal.require(
      deaf?.has(from.id) !== true || !at.believesIn(from.id),
      'fence',
      () => `node ${at.id} listens to node ${from.id}, though it heard from somebody who knew that one fenced`,
    )
    const [sender, receiver] = [pidOf(from.id, frame.from), pidOf(at.id, frame.to)]
    if (frame.kind === 'unlink') this.#unlinksOf(sender, receiver).arrived++
    if (frame.kind === 'link_exit') {
      const { sent, answered } = this.#unlinksOf(receiver, sender)
      if (answered.shift() === sent) this.#fresh.add(`${receiver}<${sender}`)
    }
  }

  /** The node has taken that frame: what its sender knew counts from now on. A definition comes before what it belongs to. */
  taken(at: ExploredNode, from: ExploredNode, { kind, frameNumber }: FrameHead): void {
    const known = this.#fences.get(`${from.id}>${at.id}`)?.[frameNumber] ?? 0
    if (kind === 'define' || known === 0) return
    let deaf = this.#deaf.get(at)
    if (deaf === undefined) this.#deaf.set(at, (deaf = new Set()))
    for (const node of from.fences.slice(0, known)) if (node !== at.id) deaf.add(node)
  }

  /** Whether news of the end of `from`, on another node, reached `at` about a link that stood. */
  isNews(at: Pid, from: Pid): boolean {
    return this.#fresh.has(`${at}<${from}`)
  }

  #unlinksOf(from: Pid, to: Pid): Unlinks {
    const key = `${from}>${to}`
    let unlinks = this.#unlinks.get(key)
    if (unlinks === undefined) this.#unlinks.set(key, (unlinks = { sent: 0, arrived: 0, answered: [] }))
    return unlinks
  }
}

const pidOf = (node: NodeId, serial: number): Pid => makePid(pidPrefix('races', node), serial)
