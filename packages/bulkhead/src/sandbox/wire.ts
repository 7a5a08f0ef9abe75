import { copyBytes, noBytes } from '@bulkhead/core/transport'
import { FrameReader } from '@bulkhead/transport-process'

/**
 * What travels on the one socket between a sandbox and its warden: pieces of `[length, kind, peer, bytes]`. The length is 4 bytes, little-endian; so is the number of
 * the peer, 0 for what is said to the warden itself.
 */
export const piece = {
  /** JSON, for the warden or from it. */
  word: 0,
  /** A frame to the peer, or from it. */
  frame: 1,
  /** The connection with the peer is closed: no frame follows. */
  close: 2,
} as const

export type PieceKind = (typeof piece)[keyof typeof piece]

const headBytes = 4 + 1 + 4

/** Bytes of a piece beside its frame. */
export const pieceOverhead: number = headBytes

/** One piece, ready to be written: the head, and the bytes from `start` to `end` of `segment`. They are copied. */
export function pieceOf(
  kind: PieceKind,
  peer: number,
  head: Uint8Array = noBytes,
  segment: Uint8Array = noBytes,
  start = 0,
  end: number = segment.length,
): Buffer {
  const length = head.length + end - start
  const bytes = Buffer.allocUnsafe(headBytes + length)
  bytes.writeUInt32LE(length + headBytes - 4, 0)
  bytes[4] = kind
  bytes.writeUInt32LE(peer, 5)
  bytes.set(head, headBytes)
  copyBytes(segment, start, end, bytes, headBytes + head.length)
  return bytes
}

export function wordOf(value: unknown): Buffer {
  return pieceOf(piece.word, 0, Buffer.from(JSON.stringify(value)))
}

/** Hands one piece on: bytes `start` to `end` of `segment`, valid until it returns. Returns false when no more is wanted. */
export type TakePiece = (kind: PieceKind, peer: number, segment: Uint8Array, start: number, end: number) => boolean

/** Finds the pieces in a stream of chunks. What it returns is the rule that the stream breaks, if it breaks one. */
export class PieceReader {
  readonly #reader: FrameReader
  readonly #bytesMax: number
  readonly #take: TakePiece
  #broken: string | undefined

  constructor(bytesMax: number, take: TakePiece) {
    this.#bytesMax = bytesMax
    this.#take = take
    this.#reader = new FrameReader(bytesMax + headBytes, this.#deliver)
  }

  read(chunk: Uint8Array): string | undefined {
    const reading = this.#reader.read(chunk)
    if (reading === 'corrupt' || reading === 'closing')
      this.#broken ??= `a frame of more than ${this.#bytesMax} bytes (isolation.sandbox.frameBytes)`
    return this.#broken
  }

  readonly #deliver = (segment: Uint8Array, start: number, end: number): boolean => {
    const kind = segment[start]
    if (end - start < headBytes - 4 || (kind !== piece.word && kind !== piece.frame && kind !== piece.close)) {
      this.#broken ??= 'bytes that are no frame'
      return false
    }
    const peer = new DataView(segment.buffer, segment.byteOffset + start + 1, 4).getUint32(0, true)
    return this.#take(kind, peer, segment, start + headBytes - 4, end)
  }
}
