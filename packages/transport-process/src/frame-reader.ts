import { letGo } from '@bulkhead/core/transport'
import { closingLength } from './frame-writer.ts'

/** Hands one frame on; returns false when reading has to stop because the connection has ended. `isYours`: it is the receiver's to keep. */
export type Deliver = (segment: Uint8Array, start: number, end: number, isYours: boolean) => boolean

/** What a chunk came to. `going`: more may follow. `closing`: the other side's closing mark. `corrupt`: a length over the limit. `stopped`: `deliver` said so. */
export type Reading = 'going' | 'closing' | 'corrupt' | 'stopped'

const headerBytes = 4
/** Memory for short frames that come in pieces, used again for each. */
const sharedBytes = 16 * 1024
/** A frame that comes in pieces and has this length, or a greater one, gets memory of its own, which is the receiver's to keep. */
const longFrame = 8 * 1024
/** So much memory is set aside for a frame that is only announced; beyond it memory grows with what has really come. */
const believedBytes = 1024 * 1024 + 256

/** Finds the frames in a stream of chunks. A frame that lies within one chunk is delivered where it lies. */
export class FrameReader {
  readonly #frameBytesMax: number
  readonly #deliver: Deliver
  /** A frame, behind its length, that began in an earlier chunk. */
  #pieces: Uint8Array = new Uint8Array(0)
  #have = 0
  /** Whether the pieces lie in memory for this frame alone, and not in the shared one. */
  #isOwn = false
  #shared = this.#pieces

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
      if (!this.#deliver(chunk, start, start + length, false)) return 'stopped'
      at = start + length
    }
    this.#keep(chunk, at, chunk.length, frameBytesAt(chunk, at))
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
    const isYours = this.#isOwn
    this.#have = 0
    this.#isOwn = false
    this.#pieces = this.#shared
    return this.#deliver(pieces, headerBytes, end, isYours)
  }

  /** `needed`: the bytes of the frame and its length, once that is known. */
  #keep(chunk: Uint8Array, start: number, end: number, needed = 0): void {
    if (start === end) return
    const have = this.#have + end - start
    const isLong = needed >= longFrame
    if (have > this.#pieces.length || (isLong && !this.#isOwn)) this.#grow(have, isLong ? needed : undefined)
    this.#pieces.set(chunk.subarray(start, end), this.#have)
    this.#have = have
  }

  #grow(have: number, needed: number | undefined): void {
    const before = this.#pieces
    if (needed === undefined) this.#pieces = this.#shared = memory(sharedBytes)
    else this.#pieces = memory(Math.min(needed, Math.max(have, before.length * 2, believedBytes)))
    this.#pieces.set(before.subarray(0, this.#have))
    if (this.#isOwn) letGo(before)
    this.#isOwn = needed !== undefined
  }
}

/** No `Buffer`, whose `slice` copies nothing: whoever keeps a copy of a frame would keep what the next one is written over. */
function memory(bytes: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer)
}

/** How long the frame is that begins there, with its length; 0 if that has not come. */
function frameBytesAt(chunk: Uint8Array, at: number): number {
  return at + headerBytes <= chunk.length ? headerBytes + lengthAt(chunk, at) : 0
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}
