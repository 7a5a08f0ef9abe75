import type { MessagePort } from 'node:worker_threads'
import { copyBytes, letGo } from '@bulkhead/core/transport'
import type { Beside } from '@bulkhead/core/transport'
import { closingMark } from './carrier.ts'
import type { Outgoing } from './carrier.ts'
import { counter, countersOf, raise } from './lane.ts'
import { parcelAbove, postParcel } from './parcel.ts'

/** A batch is posted early when it has grown to this size. */
const batchBytesMax = 256 * 1024
/** Batches from this size on are moved to the other thread; smaller ones are copied, which is cheaper for them. */
const moveFromBytes = 16 * 1024

/** Gathers the frames of a turn into one batch and posts it. A batch is a row of frames, each behind its length (4 bytes, little-endian). */
export class PortOutgoing implements Outgoing {
  isFinished = false
  readonly #port: MessagePort
  readonly #counters: Int32Array
  #batch = new Uint8Array(16 * 1024)
  #used = 0
  /** Bytes posted and not taken, as far as seen. */
  #posted = 0
  /** The other side's count of taken bytes when it was last looked at. */
  #takenSeen = 0

  constructor(port: MessagePort, memory: SharedArrayBuffer) {
    this.#port = port
    this.#counters = countersOf(memory)
  }

  get pendingBytes(): number {
    const taken = Atomics.load(this.#counters, counter.taken)
    this.#posted -= (taken - this.#takenSeen) >>> 0
    this.#takenSeen = taken
    return this.#posted + this.#used
  }

  write(
    head: Uint8Array,
    segment: Uint8Array,
    start: number,
    end: number,
    beside: Beside | undefined,
    isYours: boolean,
  ): void {
    const length = head.length + end - start
    if (beside || length > parcelAbove) {
      this.flush()
      this.#posted += postParcel(this.#port, head, segment, start, end, beside, isYours)
      return
    }
    if (this.#used + 4 + length > batchBytesMax) this.flush()
    this.#reserve(4 + length)
    const batch = this.#batch
    let at = this.#used
    batch[at] = length
    batch[at + 1] = length >>> 8
    batch[at + 2] = length >>> 16
    batch[at + 3] = length >>> 24
    at += 4
    copyBytes(head, 0, head.length, batch, at)
    copyBytes(segment, start, end, batch, at + head.length)
    if (isYours) letGo(segment)
    this.#used = at + length
  }

  flush(): void {
    if (this.#used === 0) return
    const batch = this.#batch.slice(0, this.#used)
    this.#posted += this.#used
    this.#used = 0
    this.#port.postMessage(batch, batch.length >= moveFromBytes ? [batch.buffer] : [])
  }

  finish(): void {
    this.flush()
    this.#port.postMessage(closingMark)
    this.isFinished = true
  }

  awaitRoom(lowBytes: number): boolean {
    const excess = this.pendingBytes - lowBytes
    if (excess <= 0) return false
    Atomics.store(this.#counters, counter.wakeAt, this.#takenSeen + Math.ceil(excess))
    raise(this.#counters, counter.waiting)
    return this.pendingBytes > lowBytes
  }

  wake(): void {}

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#batch.length) return
    const larger = new Uint8Array(Math.max(this.#batch.length * 2, this.#used + bytes))
    larger.set(this.#batch.subarray(0, this.#used))
    this.#batch = larger
  }
}
