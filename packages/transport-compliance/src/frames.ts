import type { Connection } from '@bulkhead/core/transport'

/**
 * Frame number `index` of `length` bytes: its number in the first four bytes (if it has as many), then bytes that depend on the number
 * and the place, so that a frame which is not whole, or not itself, has another digest.
 */
export function makeFrame(index: number, length: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / 4))
  for (let at = 0; at < words.length; at += 1) words[at] = Math.imul(at + 1, 0x9e3779b1) + index
  const frame = new Uint8Array(words.buffer, 0, length)
  if (length >= 4) new DataView(words.buffer).setUint32(0, index)
  return frame
}

/** The number of a frame, or -1 if it is too short to have one. */
export function indexOf(segment: Uint8Array, start: number, end: number): number {
  if (end - start < 4) return -1
  return (
    ((segment[start]! << 24) | (segment[start + 1]! << 16) | (segment[start + 2]! << 8) | segment[start + 3]!) >>> 0
  )
}

/** Beyond this length a digest takes only some of the bytes: enough to see that a piece is missing, or in another place. */
const digestWholeMax = 1024 * 1024

/** A 32-bit digest of a frame's bytes. */
export function digestOf(segment: Uint8Array, start: number, end: number): number {
  const step = end - start > digestWholeMax ? 61 : 1
  let digest = 0x811c9dc5
  for (let at = start; at < end; at += step) digest = Math.imul(digest ^ segment[at]!, 0x01000193)
  return digest >>> 0
}

/** Sends a frame as four bytes of head and a body that is handed over, in memory of its own with `room` bytes in front. */
export function handOver(connection: Connection, frame: Uint8Array, room = 64): boolean {
  const memory = new Uint8Array(room + frame.length - 4)
  memory.set(frame.subarray(4), room)
  return connection.send(frame.slice(0, 4), memory, room, memory.length, undefined, true)
}
