import { closingLength } from './frame-writer.ts'

/** Hands one frame on; returns false when reading has to stop because the connection has ended. */
export type Deliver = (segment: Uint8Array, start: number, end: number) => boolean

/** What a chunk came to. `going`: more may follow. `closing`: the other side's closing mark. `corrupt`: a length over the limit. `stopped`: `deliver` said so. */
export type Reading = 'going' | 'closing' | 'corrupt' | 'stopped'

const headerBytes = 4
/** Memory for a frame that comes in pieces; it grows with what has really come, not with what was announced. */
const piecesBytesMin = 128 * 1024

/** Finds the frames in a stream of chunks. A frame that lies within one chunk is delivered where it lies. */
export class FrameReader {
  readonly #frameBytesMax: number
  readonly #deliver: Deliver
  /** A frame, behind its length, that began in an earlier chunk. */
  #pieces: Uint8Array = new Uint8Array(0)
  #have = 0

  constructor(frameBytesMax: number, deliver: Deliver) {
    this.#frameBytesMax = frameBytesMax
    this.#deliver = deliver
  }

  /** Whether a frame has come only in part. */
  get isInsideFrame(): boolean {
    return this.#have > 0
  }

  read(chunk: Uint8Array): Reading {
    const begun = this.#have > 0 ? this.#addPieces(chunk) : 0
    if (typeof begun !== 'number') return begun
    let at: number = begun
    while (at + headerBytes <= chunk.length) {
      const length = lengthAt(chunk, at)
      const start = at + headerBytes
      if (length > this.#frameBytesMax) return length === closingLength ? 'closing' : 'corrupt'
      if (start + length > chunk.length) break
      if (!this.#deliver(chunk, start, start + length)) return 'stopped'
      at = start + length
    }
    this.#keep(chunk, at, chunk.length)
    return 'going'
  }

  /** Completes the frame that began earlier. Returns how much of the chunk that took. */
  #addPieces(chunk: Uint8Array): number | Reading {
    let at = Math.min(chunk.length, Math.max(0, headerBytes - this.#have))
    this.#keep(chunk, 0, at)
    if (this.#have < headerBytes) return at
    const length = lengthAt(this.#pieces, 0)
    if (length > this.#frameBytesMax) return length === closingLength ? 'closing' : 'corrupt'
    const missing = headerBytes + length - this.#have
    const end = Math.min(chunk.length, at + missing)
    this.#keep(chunk, at, end, headerBytes + length)
    at = end
    if (this.#have < headerBytes + length) return at
    return this.#deliverPieces() ? at : 'stopped'
  }

  #deliverPieces(): boolean {
    const pieces = this.#pieces
    const end = this.#have
    this.#have = 0
    if (pieces.length > piecesBytesMin) this.#pieces = new Uint8Array(0)
    return this.#deliver(pieces, headerBytes, end)
  }

  #keep(chunk: Uint8Array, start: number, end: number, needed = 0): void {
    if (start === end) return
    const have = this.#have + end - start
    if (have > this.#pieces.length) this.#grow(have, needed)
    this.#pieces.set(chunk.subarray(start, end), this.#have)
    this.#have = have
  }

  #grow(have: number, needed: number): void {
    const doubled = Math.max(have, this.#pieces.length * 2, piecesBytesMin)
    // No `Buffer`, whose `slice` copies nothing: whoever keeps a copy of a frame would keep what the next one is written over.
    const larger = new Uint8Array(
      Buffer.allocUnsafeSlow(needed > piecesBytesMin ? Math.min(doubled, needed) : doubled).buffer,
    )
    larger.set(this.#pieces.subarray(0, this.#have))
    this.#pieces = larger
  }
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}
