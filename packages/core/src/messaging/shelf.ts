import type { Beside } from './codec.ts'
import { copyBytes } from './copy-bytes.ts'
import { Encoded } from './encoded.ts'

/** Small, since one message that waits for long keeps the whole slab. */
const slabBytes = 8_192

/** Frames from this length on have a segment of their own. */
const longFrame = slabBytes / 8

/**
 * Where frames are kept that have arrived and lie in a segment which is about to be used again. They lie side by side, in slabs that are never
 * written over: a buffer for each costs more than the message in it.
 */
export class Shelf {
  #slab = new Uint8Array(0)
  #position = 0

  /** A copy of the bytes from `start` to `end`. */
  keep(segment: Uint8Array, start: number, end: number, beside: Beside | undefined): Encoded {
    const length = end - start
    // Not `slice`, which copies nothing where the segment is a `Buffer`.
    if (length >= longFrame) return new Encoded(new Uint8Array(segment.subarray(start, end)), 0, length, beside, true)
    if (this.#position + length > this.#slab.length) {
      this.#slab = new Uint8Array(slabBytes)
      this.#position = 0
    }
    const slab = this.#slab
    const at = this.#position
    copyBytes(segment, start, end, slab, at)
    this.#position = at + length
    return new Encoded(slab, at, at + length, beside)
  }
}
