import type { NodeId } from '@bulkhead/core'
import type { Connection } from '@bulkhead/core/transport'
import type { Delays, Held } from './hurt.ts'
import { LateConnection } from './late-connection.ts'

interface Disturbed {
  readonly delayMs: number
  readonly timer: NodeJS.Timeout | undefined
  readonly over: (held: Held) => void
}

/** How well the frames of this node get through to each of its peers: at once, unless somebody disturbs them. */
export class Weather {
  readonly #connections = new Map<NodeId, LateConnection>()
  readonly #disturbed = new Map<NodeId, Disturbed>()

  /** The connection with a peer, as the node is to use it. */
  over(peer: NodeId, connection: Connection): Connection {
    const late = new LateConnection(connection)
    this.#connections.set(peer, late)
    late.delay(this.#disturbed.get(peer)?.delayMs ?? 0)
    return late
  }

  /** Disturbs the frames to a peer, also those of a connection that is yet to open. What was there before ends; a delay of 0 does only that. */
  disturb({ peer, delayMs, forMs }: Delays, over: (held: Held) => void): void {
    this.#calm(peer)
    if (delayMs === 0) return over({ frames: 0, bytes: 0 })
    const timer = forMs === Infinity ? undefined : setTimeout(() => this.#calm(peer), forMs).unref()
    this.#disturbed.set(peer, { delayMs, timer, over })
    this.#connections.get(peer)?.delay(delayMs)
  }

  /** The peer has ended. */
  forget(peer: NodeId): void {
    this.#calm(peer)
    this.#connections.delete(peer)
  }

  #calm(peer: NodeId): void {
    const held = this.#connections.get(peer)?.delay(0) ?? { frames: 0, bytes: 0 }
    const disturbed = this.#disturbed.get(peer)
    if (disturbed === undefined) return
    this.#disturbed.delete(peer)
    clearTimeout(disturbed.timer)
    disturbed.over(held)
  }
}
