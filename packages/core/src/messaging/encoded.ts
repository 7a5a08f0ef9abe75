import type { Beside } from './codec.ts'

/**
 * An encoded value: the bytes from `start` to `end` of a segment that is never written over, in which others lie too. Whoever posts it copies
 * {@link bytes}, not their ArrayBuffer.
 */
export class Encoded {
  readonly segment: Uint8Array
  readonly start: number
  readonly end: number
  readonly beside: Beside | undefined

  constructor(segment: Uint8Array, start: number, end: number, beside: Beside | undefined) {
    this.segment = segment
    this.start = start
    this.end = end
    this.beside = beside
  }

  get length(): number {
    return this.end - this.start
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
    return new Encoded(this.segment.slice(this.start, this.end), 0, this.length, this.beside)
  }
}
