import type { NodeId } from '../actor/pid.ts'
import type { Codec, Decoder } from '../messaging/codec.ts'
import type { SpawnRequest } from '../messaging/signal.ts'
import { Bounded } from './bounded.ts'

/** A question that a peer's actor has put to an untrusted node: who waits for the answer, and whom it was put to; undefined when anybody may answer. */
export interface OpenQuestion {
  readonly caller: number
  readonly target: number | undefined
}

/** What is open between an untrusted node and one of its peers. */
export class PolicedPeer {
  readonly id: NodeId
  /** Knows the record structures that the peer has sent. */
  readonly fromPeer: Decoder
  readonly fromUntrusted: Decoder
  /** Number of the next frame to the untrusted node. */
  nextIn = 0
  /** Number of its next frame. */
  nextOut = 0
  hasGreeted = false
  readonly calls: Bounded<number, OpenQuestion>
  readonly monitors: Bounded<number, OpenQuestion>
  readonly questions: Bounded<number, OpenQuestion>
  readonly unlinks: Bounded<number, OpenQuestion>
  readonly asks: Bounded<number, true>
  readonly registrations: Bounded<number, true>
  readonly spawns = new Map<
    number,
    { readonly spawner: number; readonly request: SpawnRequest; serial: number | undefined }
  >()
  /**
   * How often actors of the peer have linked themselves, by `own partner`, without an answer: who links again to one that is gone hears so again. What either side took
   * back may have crossed an end on its way, so it is forgotten by age only.
   */
  readonly #links: Bounded<string, number>

  constructor(id: NodeId, codec: Codec, openMax: number) {
    this.id = id
    this.fromPeer = codec.newDecoder()
    this.fromUntrusted = codec.newDecoder()
    this.calls = new Bounded(openMax)
    this.monitors = new Bounded(openMax)
    this.questions = new Bounded(openMax)
    this.unlinks = new Bounded(openMax)
    this.asks = new Bounded(openMax)
    this.registrations = new Bounded(openMax)
    this.#links = new Bounded(openMax)
  }

  link(own: number, partner: number): void {
    const key = `${own} ${partner}`
    this.#links.set(key, (this.#links.get(key) ?? 0) + 1)
  }

  isLinked(own: number, partner: number): boolean {
    return this.#links.get(`${own} ${partner}`) !== undefined
  }

  /** An end is told along a link, once. False when there is none. */
  breakLink(own: number, partner: number): boolean {
    const key = `${own} ${partner}`
    const count = this.#links.get(key)
    if (count === undefined) return false
    if (count === 1) this.#links.delete(key)
    else this.#links.set(key, count - 1)
    return true
  }
}
