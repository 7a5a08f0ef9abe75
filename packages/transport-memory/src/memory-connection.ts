import { noBytes } from '@bulkhead/core/transport'
import type { Beside, Connection, Ending, Receiver } from '@bulkhead/core/transport'
import type { Item, Lane } from './lane.ts'
import { Segments } from './segments.ts'

/** A connection in memory, with what a simulator needs beside the contract. */
export interface MemoryConnection extends Connection {
  /** How many frames this side sent that have not arrived. */
  readonly inFlight: number
  /**
   * This side vanishes as if its node had crashed: it hears nothing more, not even an ending. Of its frames in flight the
   * first `delivered` still arrive (all, by default), then the other side sees `lost`.
   */
  vanish(delivered?: number): void
}

export interface MemoryConnectionOptions {
  readonly shares: boolean
  readonly highWaterBytes: number
  /** The lane that this side sends on. */
  readonly outgoing: Lane
  /** Opens the lane that this side receives from. */
  readonly openIncoming: () => void
  /** Runs a notice to this side (an ending or a drain) later. */
  readonly notify: (notice: () => void) => void
}

/** What a frame's bytes are overwritten with once its receiver has returned, so that nobody keeps them by mistake. */
const poison = 0xdd

/** One end of a link in memory. */
export class MemoryEnd implements MemoryConnection {
  readonly shares: boolean
  readonly #options: MemoryConnectionOptions
  readonly #segments = new Segments()
  #receiver: Receiver | undefined
  #ending: Ending | undefined
  #vanished = false
  #closing = false
  /** A `send` returned false, and `drained` was not called since. */
  #blocked = false

  constructor(options: MemoryConnectionOptions) {
    this.#options = options
    this.shares = options.shares
  }

  get pendingBytes(): number {
    return this.#isOver ? 0 : this.#options.outgoing.bytes
  }

  get inFlight(): number {
    return this.#options.outgoing.frames
  }

  send(
    head: Uint8Array,
    segment: Uint8Array = noBytes,
    start = 0,
    end = segment.length,
    beside?: Beside,
    isYours = false,
  ): boolean {
    if (this.#isOver || this.#closing) return false
    if (beside?.length && !this.shares) throw new TypeError('Nothing can travel beside the frames of this connection.')
    const fits = isYours && segment.byteOffset + start >= head.length
    const stored = fits ? Segments.move(head, segment, start, end) : this.#segments.store(head, segment, start, end)
    this.#options.outgoing.put({ kind: 'frame', stored, beside: beside?.map(move) })
    if (this.pendingBytes <= this.#options.highWaterBytes) return true
    this.#blocked = true
    return false
  }

  /** A frame is on its way as soon as it was sent. */
  flush(): void {}

  receive(receiver: Receiver): void {
    if (this.#receiver) throw new Error('This connection has a receiver already.')
    this.#receiver = receiver
    this.#options.openIncoming()
    this.drain()
    if (this.#ending) this.#notifyEnd(this.#ending)
  }

  close(): void {
    if (this.#isOver || this.#closing) return
    this.#closing = true
    this.#options.outgoing.put({ kind: 'closing' })
  }

  cut(): void {
    if (this.#isOver) return
    this.#options.outgoing.put({ kind: 'lost', detail: 'the other side cut the connection' })
    this.#end({ how: 'cut' })
  }

  vanish(delivered: number = Number.POSITIVE_INFINITY): void {
    if (this.#vanished) return
    this.#vanished = true
    this.#options.outgoing.truncate(delivered)
    this.#options.outgoing.put({ kind: 'lost', detail: 'the other side vanished' })
  }

  /** Takes what arrives. */
  arrive(item: Item): void {
    if (this.#isOver) return
    switch (item.kind) {
      case 'frame': {
        const { segment, start, end, isMoved } = item.stored
        this.#receiver?.frame(segment, start, end, item.beside, isMoved)
        if (!isMoved) segment.fill(poison, start, end)
        return
      }
      case 'closing':
        this.close()
        this.#ending = { how: 'closed' }
        this.#receiver?.closed(this.#ending)
        return
      case 'lost':
        this.#ending = { how: 'lost', detail: item.detail }
        this.#receiver?.closed(this.#ending)
    }
  }

  /** The outgoing lane got shorter. */
  drain(): void {
    if (!this.#blocked || !this.#receiver || this.#isOver) return
    if (this.pendingBytes > this.#options.highWaterBytes / 2) return
    this.#blocked = false
    this.#options.notify(() => this.#isOver || this.#receiver?.drained())
  }

  get #isOver(): boolean {
    return this.#vanished || this.#ending !== undefined
  }

  #end(ending: Ending): void {
    this.#ending = ending
    if (this.#receiver) this.#notifyEnd(ending)
  }

  #notifyEnd(ending: Ending): void {
    this.#options.notify(() => this.#vanished || this.#receiver?.closed(ending))
  }
}

function move(item: SharedArrayBuffer | ArrayBuffer): SharedArrayBuffer | ArrayBuffer {
  return item instanceof ArrayBuffer ? item.transfer() : item
}
