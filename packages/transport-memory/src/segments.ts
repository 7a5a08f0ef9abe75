import { copyBytes } from '@bulkhead/core/transport'

/** A frame that was copied into a segment. */
export interface Stored {
  readonly segment: Uint8Array
  readonly start: number
  readonly end: number
  /** Nothing else lies in the segment's ArrayBuffer, which was the sender's: it is the receiver's to keep. */
  readonly isMoved: boolean
}

const segmentBytes = 64 * 1024

/** Copies frames one after another into segments of 64 KiB; a frame of more than a quarter of that gets a segment of its own. */
export class Segments {
  #segment = new Uint8Array(0)
  #used = 0

  /** The head, and the bytes from `from` to `to` of `body`. */
  store(head: Uint8Array, body: Uint8Array, from: number, to: number): Stored {
    const length = head.length + to - from
    const start = this.#reserve(length)
    const segment = length > segmentBytes / 4 ? new Uint8Array(length) : this.#segment
    segment.set(head, start)
    copyBytes(body, from, to, segment, start + head.length)
    return { segment, start, end: start + length, isMoved: false }
  }

  /** Takes the body's ArrayBuffer and puts the head in front of the body. */
  static move(head: Uint8Array, { buffer, byteOffset }: Uint8Array, from: number, to: number): Stored {
    const segment = new Uint8Array((buffer as ArrayBuffer).transfer())
    const start = byteOffset + from - head.length
    segment.set(head, start)
    return { segment, start, end: byteOffset + to, isMoved: true }
  }

  #reserve(length: number): number {
    if (length > segmentBytes / 4) return 0
    if (this.#used + length > this.#segment.length) {
      this.#segment = new Uint8Array(segmentBytes)
      this.#used = 0
    }
    const start = this.#used
    this.#used += length
    return start
  }
}
