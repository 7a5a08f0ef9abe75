import { noBytes } from '@bulkhead/core/transport'
import type { Beside, Connection, Ending, Receiver } from '@bulkhead/core/transport'
import type { Held } from './hurt.ts'

/** Bytes kept back from which a send answers false, as that of a carrier whose queue is full. */
const highWaterBytes = 1024 * 1024

/** Milliseconds between two looks at a carrier that is full. */
const lookMs = 5

interface Late {
  readonly dueAt: number
  readonly head: Uint8Array
  readonly body: Uint8Array
  readonly beside: Beside | undefined
}

/**
 * A connection whose frames can be made to leave late, or not at all for a while, one way: what arrives is not touched. They leave in order and
 * none is lost, since a gap would end the connection; for the sender they are in the carrier's queue, so it is held back by them as by any other.
 */
export class LateConnection implements Connection {
  readonly #inner: Connection
  readonly #late: Late[] = []
  #delayMs = 0
  #lateBytes = 0
  #held = { frames: 0, bytes: 0 }
  /** A send has returned false, and nobody has been told since that there is room. */
  #owesRoom = false
  #hasEnded = false
  #receiver: Receiver | undefined
  #timer: NodeJS.Timeout | undefined
  #look: NodeJS.Timeout | undefined

  constructor(inner: Connection) {
    this.#inner = inner
  }

  get shares(): boolean {
    return this.#inner.shares
  }

  get pendingBytes(): number {
    return this.#inner.pendingBytes + this.#lateBytes
  }

  /** Milliseconds that each frame is late from now on; Infinity: none leaves. 0 lets all go, and what was kept back leaves at once. */
  delay(ms: number): Held {
    const held = this.#held
    this.#held = { frames: 0, bytes: 0 }
    this.#delayMs = ms
    if (ms === 0) {
      this.#release(Infinity)
      this.#offerRoom()
    }
    return held
  }

  send(head: Uint8Array, segment: Uint8Array = noBytes, start = 0, end = segment.length, beside?: Beside): boolean {
    if (this.#hasEnded) return false
    const flows = this.#isCalm
      ? this.#inner.send(head, segment, start, end, beside)
      : this.#keep(head, new Uint8Array(segment.subarray(start, end)), beside)
    if (!flows) this.#owesRoom = true
    return flows
  }

  /** What is kept back stays so. */
  flush(): void {
    this.#inner.flush()
  }

  receive(receiver: Receiver): void {
    this.#receiver = receiver
    this.#inner.receive({
      frame: (segment, start, end, beside) => receiver.frame(segment, start, end, beside),
      drained: () => this.#offerRoom(),
      closed: (ending) => this.#closed(receiver, ending),
    })
  }

  /** An end in order delivers what was sent. */
  close(): void {
    this.#release(Infinity)
    this.#forget()
    this.#inner.close()
  }

  cut(): void {
    this.#forget()
    this.#inner.cut()
  }

  get #isCalm(): boolean {
    return this.#delayMs === 0 && this.#late.length === 0
  }

  #keep(head: Uint8Array, body: Uint8Array, beside: Beside | undefined): boolean {
    const bytes = head.length + body.length
    this.#late.push({ dueAt: performance.now() + this.#delayMs, head: head.slice(), body, beside })
    this.#lateBytes += bytes
    this.#held.frames++
    this.#held.bytes += bytes
    this.#wait()
    return this.pendingBytes < highWaterBytes
  }

  #closed(receiver: Receiver, ending: Ending): void {
    this.#forget()
    receiver.closed(ending)
  }

  /** Nothing leaves any more. */
  #forget(): void {
    this.#hasEnded = true
    clearTimeout(this.#timer)
    clearTimeout(this.#look)
    this.#late.length = 0
    this.#lateBytes = 0
  }

  #wait(): void {
    const [first] = this.#late
    if (this.#timer !== undefined || first === undefined || first.dueAt === Infinity) return
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        this.#release(performance.now())
        this.#offerRoom()
        this.#wait()
      },
      Math.max(0, first.dueAt - performance.now()),
    )
  }

  /** Lets go of what is due by then. */
  #release(until: number): void {
    let count = 0
    for (const { dueAt, head, body, beside } of this.#late) {
      if (dueAt > until) break
      this.#inner.send(head, body, 0, body.length, beside)
      this.#lateBytes -= head.length + body.length
      count++
    }
    this.#late.splice(0, count)
  }

  /** Says that there is room, once there is: a carrier tells of its own only when it has refused, and it need not have been the one to do so. */
  #offerRoom(): void {
    if (!this.#owesRoom || this.#hasEnded) return
    if (this.pendingBytes < highWaterBytes) {
      this.#owesRoom = false
      this.#receiver?.drained()
    } else if (this.#late.length === 0) {
      clearTimeout(this.#look)
      this.#look = setTimeout(() => this.#offerRoom(), lookMs)
    }
  }
}
