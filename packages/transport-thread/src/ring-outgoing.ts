import type { MessagePort } from 'node:worker_threads'
import { copyBytes, letGo } from '@bulkhead/core/transport'
import type { Beside } from '@bulkhead/core/transport'
import { doorbell } from './carrier.ts'
import type { Outgoing } from './carrier.ts'
import { counter, countersOf, lower, raise, ringOf } from './lane.ts'
import type { Ring } from './lane.ts'
import { Overflow } from './overflow.ts'
import { postParcel } from './parcel.ts'
import { frameBytesMax, mark, recordBytes } from './ring-format.ts'

/**
 * What was written is published within a turn already when it has grown to this size, so that the reader works beside the writer. Otherwise two sides
 * with many calls between them sleep by turns. Each time in a turn it takes twice as much, up to a bound, since each can be a doorbell.
 */
const publishBytes = { first: 128, most: 16 * 1024 } as const

/** The writing side of a ring. It alone moves `written`; the reader alone moves `read`. */
export class RingOutgoing implements Outgoing {
  readonly #port: MessagePort
  readonly #counters: Int32Array
  readonly #ring: Ring
  readonly #ringBytes: number
  readonly #frameBytesMax: number
  readonly #overflow = new Overflow()
  /** Where the next record goes, and how far the reader has been told. */
  #at = 0
  #published = 0
  /** Bytes that are published within a turn. */
  #publishAt: number = publishBytes.first
  /** The reader's place when it was last looked at. */
  #readSeen = 0
  /** Bytes posted as parcels and not taken, as far as seen. */
  #posted = 0
  #takenSeen = 0
  #isClosing = false

  constructor(port: MessagePort, memory: SharedArrayBuffer, ringBytes: number) {
    this.#port = port
    this.#counters = countersOf(memory)
    this.#ring = ringOf(memory, ringBytes)
    this.#ringBytes = ringBytes
    this.#frameBytesMax = frameBytesMax(ringBytes)
    this.#at = this.#published = Atomics.load(this.#counters, counter.written)
    this.#readSeen = Atomics.load(this.#counters, counter.read)
  }

  get pendingBytes(): number {
    return this.#overflow.bytes + (this.#posted > 0 ? this.#countPosted() : 0)
  }

  get isFinished(): boolean {
    return this.#isClosing && this.#overflow.bytes === 0
  }

  write(
    head: Uint8Array,
    segment: Uint8Array,
    start: number,
    end: number,
    beside: Beside | undefined,
    isYours: boolean,
  ): void {
    if (beside || head.length + end - start > this.#frameBytesMax)
      this.#post(head, segment, start, end, beside, isYours)
    else {
      this.#append(head, segment, start, end)
      if (isYours) letGo(segment)
    }
  }

  /** The parcel wakes the reader, who needs no doorbell unless it has looked before the slot was published. */
  #post(
    head: Uint8Array,
    segment: Uint8Array,
    start: number,
    end: number,
    beside: Beside | undefined,
    isYours: boolean,
  ): void {
    const wasAsleep = lower(this.#counters, counter.asleep)
    try {
      this.#posted += postParcel(this.#port, head, segment, start, end, beside, isYours)
    } catch (error) {
      if (wasAsleep) this.#port.postMessage(doorbell)
      throw error
    }
    this.#writeMark(mark.slot)
    this.#publish()
  }

  #append(head: Uint8Array, segment: Uint8Array, start: number, end: number): void {
    const length = head.length + end - start
    const bytes = recordBytes(length)
    if (this.#overflow.bytes > 0 || this.#roomFor(bytes) < bytes) {
      this.#overflow.append(head, segment, start, end)
      return
    }
    const offset = this.#at & (this.#ringBytes - 1)
    this.#ring.words[offset >> 2] = length
    copyBytes(head, 0, head.length, this.#ring.bytes, offset + 4)
    copyBytes(segment, start, end, this.#ring.bytes, offset + 4 + head.length)
    this.#at = (this.#at + bytes) | 0
    if (((this.#at - this.#published) | 0) < this.#publishAt) return
    this.#publishAt = Math.min(publishBytes.most, this.#publishAt * 2)
    this.#publish()
  }

  flush(): void {
    this.#publishAt = publishBytes.first
    if (this.#overflow.bytes > 0) this.#refill()
    this.#publish()
  }

  finish(): void {
    this.#isClosing = true
    this.#writeMark(mark.closing)
    this.flush()
  }

  awaitRoom(lowBytes: number): boolean {
    raise(this.#counters, counter.waiting)
    this.flush()
    return this.pendingBytes > lowBytes
  }

  wake(): void {
    this.flush()
  }

  #writeMark(header: number): void {
    if (this.#overflow.bytes > 0 || this.#roomFor(4) < 4) {
      this.#overflow.appendMark(header)
      return
    }
    this.#ring.words[(this.#at & (this.#ringBytes - 1)) >> 2] = header
    this.#at = (this.#at + 4) | 0
  }

  /** Free bytes in a row for a record of `bytes`, skipping to the ring's beginning where it would not fit before its end; 0 if there is no room. */
  #roomFor(bytes: number): number {
    const tail = this.#ringBytes - (this.#at & (this.#ringBytes - 1))
    const wanted = bytes <= tail ? bytes : tail + bytes
    let free = this.#ringBytes - ((this.#at - this.#readSeen) | 0)
    if (free < wanted) {
      this.#readSeen = Atomics.load(this.#counters, counter.read)
      free = this.#ringBytes - ((this.#at - this.#readSeen) | 0)
      if (free < wanted) return 0
    }
    if (bytes <= tail) return Math.min(tail, free)
    this.#ring.words[(this.#ringBytes - tail) >> 2] = mark.skip
    this.#at = (this.#at + tail) | 0
    return free - tail
  }

  /** Moves records out of the overflow. If some stay, the reader will ring when there is room. */
  #refill(): void {
    for (;;) {
      this.#moveWhatFits()
      if (this.#overflow.bytes === 0) return
      this.#publish()
      raise(this.#counters, counter.waiting)
      if (Atomics.load(this.#counters, counter.read) === this.#readSeen) return
    }
  }

  #moveWhatFits(): void {
    while (this.#overflow.bytes > 0) {
      const room = this.#roomFor(this.#overflow.firstBytes)
      if (room === 0) return
      const records = this.#overflow.take(room)
      this.#ring.bytes.set(records, this.#at & (this.#ringBytes - 1))
      this.#at = (this.#at + records.length) | 0
    }
  }

  /** First the bytes, then the place, then a look at whether the reader sleeps: it looks the other way round. */
  #publish(): void {
    if (this.#published === this.#at) return
    this.#published = this.#at
    Atomics.store(this.#counters, counter.written, this.#at)
    if (lower(this.#counters, counter.asleep)) this.#port.postMessage(doorbell)
  }

  #countPosted(): number {
    const taken = Atomics.load(this.#counters, counter.taken)
    this.#posted -= (taken - this.#takenSeen) >>> 0
    this.#takenSeen = taken
    return this.#posted
  }
}
