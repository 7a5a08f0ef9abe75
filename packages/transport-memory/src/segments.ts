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

  store(head: Uint8Array, body: Uint8Array | undefined): Stored {
    const length = head.length + (body?.length ?? 0)
    const start = this.#reserve(length)
    const segment = length > segmentBytes / 4 ? new Uint8Array(length) : this.#segment
    segment.set(head, start)
    if (body) segment.set(body, start + head.length)
    return { segment, start, end: start + length, isMoved: false }
  }

  /** Takes the body's ArrayBuffer and puts the head in front of the body. */
  static move(head: Uint8Array, body: Uint8Array): Stored {
    const { byteOffset, length } = body
    const segment = new Uint8Array((body.buffer as ArrayBuffer).transfer())
    segment.set(head, byteOffset - head.length)
    return { segment, start: byteOffset - head.length, end: byteOffset + length, isMoved: true }
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
