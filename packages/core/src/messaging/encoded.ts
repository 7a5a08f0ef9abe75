import type { Beside } from './codec.ts'

/** Bytes in front of a large frame's own bytes, for the head that it travels behind: a carrier needs no second buffer. */
export const headroom = 64

/**
 * Gives memory back at once: nobody looks at what lies there any more. Left to the garbage collector, large buffers pile up until it runs, and each
 * new one is memory that no cache holds.
 */
export function letGo(bytes: Uint8Array): void {
  const buffer = bytes.buffer as ArrayBuffer
  if (!buffer.detached) buffer.transfer(0)
}

/**
 * An encoded value: the bytes from `start` to `end` of a segment that is never written over, in which others lie too. Whoever posts it copies
 * {@link bytes}, not their ArrayBuffer.
 */
export class Encoded {
  readonly segment: Uint8Array
  readonly start: number
  readonly end: number
  readonly beside: Beside | undefined
  /** Whether nothing else lies in the segment's ArrayBuffer: who uses the value last may give that away, or let go of it. */
  readonly isAlone: boolean

  constructor(segment: Uint8Array, start: number, end: number, beside: Beside | undefined, isAlone = false) {
    this.segment = segment
    this.start = start
    this.end = end
    this.beside = beside
    this.isAlone = isAlone
  }

  get length(): number {
    return this.end - this.start
  }

  /** Bytes that it takes wherever it waits, those beside it included. Shared memory belongs to nobody. */
  get weight(): number {
    if (this.beside === undefined) return this.end - this.start
    return this.beside.reduce((sum, each) => sum + (each instanceof ArrayBuffer ? each.byteLength : 0), this.length)
  }

  /** A view of exactly the frame. Making one costs more than encoding a small value: what stays in this node does without. */
  get bytes(): Uint8Array {
    const { segment, start, end } = this
    return start === 0 && end === segment.length
      ? segment
      : new Uint8Array(segment.buffer, segment.byteOffset + start, end - start)
  }

  /** The same in a segment of its own: for whoever keeps what lies in one that is about to be used again. */
  copy(): Encoded {
    return new Encoded(new Uint8Array(this.segment.subarray(this.start, this.end)), 0, this.length, this.beside, true)
  }
}
