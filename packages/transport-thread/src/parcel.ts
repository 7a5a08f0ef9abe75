import type { MessagePort } from 'node:worker_threads'
import { copyBytes } from '@bulkhead/core/transport'
import type { Beside } from '@bulkhead/core/transport'

/** A frame that is posted as a message of its own: it is large, or something travels beside it. */
export interface Parcel {
  readonly frame: Uint8Array
  readonly beside: Beside | undefined
  /** Bytes that it counts for: its frame and the ArrayBuffers that move with it. */
  readonly weight: number
}

/** Frames above this many bytes are posted as parcels of their own by the port carrier. */
export const parcelAbove = 64 * 1024

/**
 * Posts a frame as a parcel and returns its weight. The ArrayBuffers beside it are detached here when this returns.
 * Throws a DataCloneError, and posts nothing, if one of them cannot be moved. `isYours`: the segment's ArrayBuffer moves too, if the head fits in
 * front of `start`.
 */
export function postParcel(
  port: MessagePort,
  head: Uint8Array,
  segment: Uint8Array,
  start: number,
  end: number,
  beside: Beside | undefined,
  isYours: boolean,
): number {
  const fits = isYours && segment.byteOffset + start >= head.length
  const frame = fits ? headed(head, segment, start, end) : joined(head, segment, start, end)
  const moved = new Set<ArrayBuffer>([frame.buffer as ArrayBuffer])
  for (const item of beside ?? []) if (item instanceof ArrayBuffer) moved.add(item)
  let weight = 0
  for (const buffer of moved) weight += buffer.byteLength
  const parcel: Parcel = { frame, beside, weight }
  port.postMessage(parcel, [...moved])
  return weight
}

/** The head in front of the body, where that lies. */
function headed(head: Uint8Array, { buffer, byteOffset }: Uint8Array, start: number, end: number): Uint8Array {
  const frame = new Uint8Array(buffer, byteOffset + start - head.length, head.length + end - start)
  frame.set(head)
  return frame
}

function joined(head: Uint8Array, segment: Uint8Array, start: number, end: number): Uint8Array {
  const frame = new Uint8Array(head.length + end - start)
  frame.set(head)
  copyBytes(segment, start, end, frame, head.length)
  return frame
}
