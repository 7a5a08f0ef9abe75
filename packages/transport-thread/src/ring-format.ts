/**
 * What lies in a ring: records, one after another, each beginning at a multiple of 4 with a 32-bit header. A header of 0 or more is the
 * length of the frame that follows it, padded to a multiple of 4; the others are marks that stand alone. No record wraps around.
 */
export const mark = {
  /** The rest of the ring up to its end is unused: go on at its beginning. */
  skip: -1,
  /** The slot of a frame that was posted before as a parcel. */
  slot: -2,
  /** Nothing follows. */
  closing: -3,
} as const

/** Bytes that a record with a frame of `length` bytes takes. */
export function recordBytes(length: number): number {
  return 4 + ((length + 3) & ~3)
}

/** The longest frame that goes into a ring; a longer one is posted. Two of this length fit into half a ring, however it wraps. */
export function frameBytesMax(ringBytes: number): number {
  return Math.min(ringBytes / 4 - 4, 64 * 1024)
}
