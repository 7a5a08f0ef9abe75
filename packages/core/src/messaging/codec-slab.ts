import type { Beside } from './codec.ts'
import { Encoded } from './encoded.ts'

const slabBytes = 32_768
/** Room for the longest token with no content. */
const slack = 16

/**
 * Where frames are written, one after the other: slabs of its own, which are never written over. When one is full
 * the next is allocated, and a frame that is large gets a buffer of its own.
 */
export class SlabWriter {
  protected bytes: Uint8Array = new Uint8Array(0)
  protected position = 0
  /** Where the frame under construction begins. */
  protected start = 0
  protected words = new DataView(this.bytes.buffer)
  /** From here on a token needs a look at the room that is left. */
  #limit = -1
  #slab = this.bytes
  #slabWords = this.words
  #slabPosition = 0

  protected begin(): void {
    this.start = this.position
  }

  /** The frame, which nothing writes over. */
  protected finish(beside: Beside | undefined): Encoded {
    const { bytes, start, position } = this
    if (bytes === this.#slab) return new Encoded(bytes, start, position, beside)
    this.#returnToSlab()
    const isTooRoomy = bytes.length - position > position >> 2
    return new Encoded(isTooRoomy ? bytes.slice(0, position) : bytes, 0, position, beside)
  }

  /** Gives up the frame under construction. */
  protected abandon(): void {
    if (this.bytes === this.#slab) this.position = this.start
    else this.#returnToSlab()
  }

  #returnToSlab(): void {
    this.#use(this.#slab, this.#slabWords)
    this.position = this.#slabPosition
  }

  #use(bytes: Uint8Array, words: DataView): void {
    this.bytes = bytes
    this.words = words
    this.#limit = bytes.length - slack
  }

  /** Makes room for a token and `length` bytes of content. */
  protected room(length: number): void {
    if (this.position + length > this.#limit) this.#grow(length + slack)
  }

  #grow(length: number): void {
    const frame = this.bytes.subarray(this.start, this.position)
    const needed = frame.length + length
    const fits = needed <= slabBytes / 4
    const bytes = new Uint8Array(fits ? slabBytes : Math.max(needed + slack, frame.length * 2))
    bytes.set(frame)
    const words = new DataView(bytes.buffer)
    if (fits) {
      this.#slab = bytes
      this.#slabWords = words
    } else if (this.bytes === this.#slab) this.#slabPosition = this.start
    this.#use(bytes, words)
    this.start = 0
    this.position = frame.length
  }
}
