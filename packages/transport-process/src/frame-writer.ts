import { copyBytes, letGo } from '@bulkhead/core/transport'

const headerBytes = 4
/** Bytes of a batch's memory; a longer frame gets memory of its own. */
const slabBytes = 64 * 1024

/** Bodies from this length on that are handed over are written from where they lie. */
const moveFromBytes = 8 * 1024

/** The length that stands where an orderly close begins; no frame follows. */
export const closingLength = 0xffff_ffff

const none: readonly Uint8Array[] = []

/** Gathers the frames of a turn: each behind its length (4 bytes, little-endian). The bytes handed out are never written again. */
export class FrameWriter {
  #slab: Uint8Array = new Uint8Array(0)
  /** What lies in the slab from `start` to `used` is waiting to be taken. */
  #start = 0
  #used = 0
  #chunks: Uint8Array[] = []
  #moved: Uint8Array[] = []
  /** Bytes waiting to be taken. */
  bytes = 0

  /** The head, and the bytes from `start` to `end` of `segment`. `isYours`: its ArrayBuffer is the writer's. */
  write(head: Uint8Array, segment: Uint8Array, start: number, end: number, isYours: boolean): void {
    const length = head.length + end - start
    if (isYours && length >= moveFromBytes && segment.byteOffset + start >= headerBytes + head.length) {
      this.#writeInFront(head, segment, end, length)
      return
    }
    const at = this.#reserve(headerBytes + length)
    putLength(this.#slab, at, length)
    copyBytes(head, 0, head.length, this.#slab, at + headerBytes)
    copyBytes(segment, start, end, this.#slab, at + headerBytes + head.length)
    if (isYours) letGo(segment)
  }

  #writeInFront(head: Uint8Array, { buffer, byteOffset }: Uint8Array, end: number, length: number): void {
    const bytes = headerBytes + length
    const chunk = new Uint8Array(buffer, byteOffset + end - bytes, bytes)
    putLength(chunk, 0, length)
    chunk.set(head, headerBytes)
    this.#seal()
    this.#chunks.push(chunk)
    this.#moved.push(chunk)
    this.bytes += bytes
  }

  writeClosing(): void {
    const at = this.#reserve(4)
    putLength(this.#slab, at, closingLength)
  }

  /** Everything written since the last time, in as few pieces as possible. */
  take(): Uint8Array[] {
    this.#seal()
    const chunks = this.#chunks
    this.#chunks = []
    this.bytes = 0
    return chunks
  }

  /** Those of the pieces taken last that lie in memory for each alone, which nobody needs once they are written. */
  takeMoved(): readonly Uint8Array[] {
    const moved = this.#moved
    // Never the list to which those of a later write are added: they would be let go of with this one.
    if (moved.length === 0) return none
    this.#moved = []
    return moved
  }

  #reserve(bytes: number): number {
    if (this.#used + bytes > this.#slab.length) {
      this.#seal()
      this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, bytes))
      this.#start = 0
      this.#used = 0
    }
    const at = this.#used
    this.#used += bytes
    this.bytes += bytes
    return at
  }

  #seal(): void {
    if (this.#used > this.#start) this.#chunks.push(this.#slab.subarray(this.#start, this.#used))
    this.#start = this.#used
  }
}

function putLength(target: Uint8Array, at: number, length: number): void {
  target[at] = length
  target[at + 1] = length >>> 8
  target[at + 2] = length >>> 16
  target[at + 3] = length >>> 24
}
