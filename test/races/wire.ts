import type { Beside } from '../../packages/core/src/messaging/codec.ts'
import type { Connection, Receiver } from '../../packages/core/src/messaging/connection.ts'
import { head, readHead } from '../../packages/core/src/messaging/frame.ts'
import type { MemoryConnection } from '../../packages/transport-memory/src/memory-connection.ts'
import type { Journal } from './journal.ts'
import type { Source } from './scheduler.ts'

/**
 * One end of a connection as its node gets it: a memory connection that can also be severed, so that both nodes live on and each sees the
 * loss after some of what was in flight has arrived.
 */
export class Wire implements Connection {
  readonly #end: MemoryConnection
  readonly #label: string
  readonly #notices: Source
  readonly #journal: Journal
  #receiver: Receiver | undefined
  /** Frames that still arrive. */
  #left = Infinity
  #over = false

  constructor(end: MemoryConnection, label: string, notices: Source, journal: Journal) {
    this.#end = end
    this.#label = label
    this.#notices = notices
    this.#journal = journal
  }

  get shares(): boolean {
    return this.#end.shares
  }

  get pendingBytes(): number {
    return this.isSevered ? 0 : this.#end.pendingBytes
  }

  get inFlight(): number {
    return this.#end.inFlight
  }

  get isSevered(): boolean {
    return this.#left !== Infinity
  }

  send(frameHead: Uint8Array, body?: Uint8Array, beside?: Beside): boolean {
    return this.isSevered ? false : this.#end.send(frameHead, body, beside)
  }

  receive(receiver: Receiver): void {
    this.#receiver = receiver
    this.#end.receive({
      frame: (segment, start, end, beside) => this.#arrive(segment, start, end, beside),
      drained: () => this.#over || receiver.drained(),
      closed: (ending) => {
        if (this.#over) return
        this.#over = true
        this.#journal.note(`${this.#label} is ${ending.how}`)
        receiver.closed(ending)
      },
    })
    if (this.#left === 0) this.#loseSoon()
  }

  #arrive(segment: Uint8Array, start: number, end: number, beside: Beside | undefined): void {
    if (this.#left === 0 || this.#over) return
    this.#journal.note(() => {
      readHead(segment, start, end)
      return `  ${this.#label} ${head.frameNumber}: ${head.kind} ${head.from}>${head.to} ref ${head.ref}`
    })
    this.#left--
    this.#receiver?.frame(segment, start, end, beside)
    if (this.#left === 0) this.#loseSoon()
  }

  #loseSoon(): void {
    this.#notices.add(() => {
      if (this.#over) return
      this.#over = true
      this.#journal.note(`${this.#label} is lost`)
      this.#receiver?.closed({ how: 'lost', detail: 'severed' })
    })
  }

  close(): void {
    this.#end.close()
  }

  cut(): void {
    this.#end.cut()
  }

  /** The node of this end has died: `delivered` of its frames in flight still arrive. */
  vanish(delivered: number): void {
    this.#over = true
    this.#end.vanish(delivered)
  }

  /** The carrier breaks: `arriving` more frames get here, and none leaves. */
  sever(arriving: number): void {
    if (this.isSevered) return
    this.#left = arriving
    if (arriving === 0 && this.#receiver !== undefined) this.#loseSoon()
  }
}
