import type { Beside } from '../../packages/core/src/messaging/codec.ts'
import type { Connection, Receiver } from '../../packages/core/src/messaging/connection.ts'
import { head, readHead } from '../../packages/core/src/messaging/frame.ts'
import type { MemoryConnection } from '../../packages/transport-memory/src/memory-connection.ts'
import type { ExploredNode, Surroundings } from './explored-node.ts'
import type { Journal } from './journal.ts'
import type { Frames } from './laws/frames.ts'
import type { Scheduler } from './scheduler.ts'

/**
 * One end of a connection as its node gets it: a memory connection that can also be severed, so that both nodes live on and each sees the
 * loss after some of what was in flight has arrived.
 */
export class Wire implements Connection {
  readonly #end: MemoryConnection
  readonly #here: ExploredNode
  readonly #there: ExploredNode
  readonly #journal: Journal
  readonly #scheduler: Scheduler
  readonly #frames: Frames
  #receiver: Receiver | undefined
  /** Frames that still arrive. */
  #left = Infinity
  /** When this end was told that it is over. */
  overAt: number | undefined

  constructor(
    end: MemoryConnection,
    here: ExploredNode,
    there: ExploredNode,
    { journal, scheduler, frames }: Surroundings,
  ) {
    this.#end = end
    this.#here = here
    this.#there = there
    this.#journal = journal
    this.#scheduler = scheduler
    this.#frames = frames
  }

  get #label(): string {
    return `${this.#there.id}>${this.#here.id}`
  }

  /** Whether its node ever listened. */
  get wasOpen(): boolean {
    return this.#receiver !== undefined
  }

  get #isOver(): boolean {
    return this.overAt !== undefined
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

  send(frameHead: Uint8Array, segment?: Uint8Array, start?: number, end?: number, beside?: Beside): boolean {
    if (this.isSevered) return false
    readHead(frameHead, 0, frameHead.length)
    this.#frames.sends(this.#here, this.#there.id, head)
    return this.#end.send(frameHead, segment, start, end, beside)
  }

  flush(): void {
    this.#end.flush()
  }

  receive(receiver: Receiver): void {
    this.#receiver = receiver
    this.#end.receive({
      frame: (segment, start, end, beside) => this.#arrive(segment, start, end, beside),
      drained: () => this.#isOver || receiver.drained(),
      closed: (ending) => {
        if (this.#isOver) return
        this.overAt = this.#scheduler.now
        this.#journal.note(`${this.#label} is ${ending.how}`)
        receiver.closed(ending)
      },
    })
    if (this.#left === 0) this.#loseSoon()
  }

  #arrive(segment: Uint8Array, start: number, end: number, beside: Beside | undefined): void {
    if (this.#left === 0 || this.#isOver) return
    readHead(segment, start, end)
    const frame = { ...head }
    const { frameNumber, kind, from, to, ref } = frame
    this.#journal.note(() => `  ${this.#label} ${frameNumber}: ${kind} ${from}>${to} ref ${ref}`)
    this.#left--
    this.#frames.arrives(this.#here, this.#there, frame)
    this.#receiver?.frame(segment, start, end, beside)
    this.#frames.taken(this.#here, this.#there, frame)
    if (this.#left === 0) this.#loseSoon()
  }

  #loseSoon(): void {
    this.#here.notices.add(() => {
      if (this.#isOver) return
      this.overAt = this.#scheduler.now
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
    this.overAt = this.#scheduler.now
    this.#end.vanish(delivered)
  }

  /** The carrier breaks: `arriving` more frames get here, and none leaves. */
  sever(arriving: number): void {
    if (this.isSevered) return
    this.#left = arriving
    if (arriving === 0 && this.#receiver !== undefined) this.#loseSoon()
  }
}
