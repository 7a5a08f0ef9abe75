import type { Beside } from './codec.ts'
import { Encoded, headroom, letGo } from './encoded.ts'

const slabBytes = 32_768
/** Longer frames are written where they stay; up to this length the draft is used again and again. */
const draftBytesMax = 262_144
/** Room for the longest token with no content. */
const slack = 16

/**
 * Where frames are written, one after the other: slabs of its own, which are never written over. When one is full
 * the next is allocated. A frame that is large gets a buffer of its own, with room for a head in front: it is copied there from a draft, or
 * written there if it is very large. New memory costs more than copying into memory that is at hand.
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
  #draft = new Uint8Array(0)
  #draftWords = this.words

  protected begin(): void {
    this.start = this.position
  }

  /** The frame, which nothing writes over. */
  protected finish(beside: Beside | undefined): Encoded {
    const { bytes, start, position } = this
    if (bytes === this.#slab) return new Encoded(bytes, start, position, beside)
    this.#returnToSlab()
    const isDraft = bytes === this.#draft
    const isTooRoomy = bytes.length - position > position >> 2
    const own = isDraft || isTooRoomy ? bytes.slice(0, position) : bytes
    if (isTooRoomy && !isDraft) letGo(bytes)
    return new Encoded(own, start, position, beside, true)
  }

  /** Gives up the frame under construction. */
  protected abandon(): void {
    if (this.bytes === this.#slab) this.position = this.start
    else {
      if (this.bytes !== this.#draft) letGo(this.bytes)
      this.#returnToSlab()
    }
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
    const before = this.bytes
    const frame = before.subarray(this.start, this.position)
    const needed = frame.length + length
    const fits = needed <= slabBytes / 4
    if (!fits && before === this.#slab) this.#slabPosition = this.start
    if (fits) this.#nextSlab()
    else this.#larger(headroom + Math.max(needed + slack, frame.length * 2))
    this.start = fits ? 0 : headroom
    this.bytes.set(frame, this.start)
    this.position = this.start + frame.length
    if (before !== this.#slab && before.length > draftBytesMax) letGo(before)
  }

  #nextSlab(): void {
    this.#slab = new Uint8Array(slabBytes)
    this.#slabWords = new DataView(this.#slab.buffer)
    this.#use(this.#slab, this.#slabWords)
  }

  #larger(length: number): void {
    if (length > draftBytesMax) {
      const bytes = new Uint8Array(length)
      this.#use(bytes, new DataView(bytes.buffer))
      return
    }
    if (length > this.#draft.length) {
      this.#draft = new Uint8Array(Math.min(draftBytesMax, length * 2))
      this.#draftWords = new DataView(this.#draft.buffer)
    }
    this.#use(this.#draft, this.#draftWords)
  }
}
