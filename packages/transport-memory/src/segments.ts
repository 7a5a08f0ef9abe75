/** A frame that was copied into a segment. */
export interface Stored {
  readonly segment: Uint8Array
  readonly start: number
  readonly end: number
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
    return { segment, start, end: start + length }
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
