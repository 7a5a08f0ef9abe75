/**
 * The shared memory of one direction of a link: six counters, each on a cache line of its own, then the ring.
 * Byte counts are unsigned 32-bit numbers that wrap; only their differences mean anything.
 */
export const counter = {
  /** Bytes that the writer has published in the ring. */
  written: 0,
  /** Bytes of the ring that the reader has finished with. */
  read: 16,
  /** 1: the reader found nothing and wants a doorbell when something is published. */
  asleep: 32,
  /** 1: the writer is over its limit, or holds frames that did not fit, and wants a doorbell when there is room. */
  waiting: 48,
  /** Bytes of posted batches and payloads that the reader has finished with. */
  taken: 64,
  /** The value of `taken` from which on a waiting writer wants its doorbell. */
  wakeAt: 80,
} as const

const headerBytes = 6 * 64

/** Fresh memory for one direction. */
export function laneMemory(ringBytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(headerBytes + ringBytes)
}

/** The counters of a lane. */
export function countersOf(memory: SharedArrayBuffer): Int32Array<SharedArrayBuffer> {
  return new Int32Array(memory, 0, headerBytes / 4)
}

/** The ring of a lane: its bytes, and the same memory as 32-bit words. */
export function ringOf(memory: SharedArrayBuffer, ringBytes: number): Ring {
  return {
    bytes: new Uint8Array(memory, headerBytes, ringBytes),
    words: new Int32Array(memory, headerBytes, ringBytes / 4),
  }
}

export interface Ring {
  readonly bytes: Uint8Array<SharedArrayBuffer>
  readonly words: Int32Array<SharedArrayBuffer>
}

/** Asks for a doorbell: what the other side looks at must be looked at once more after this. */
export function raise(counters: Int32Array, flag: number): void {
  Atomics.store(counters, flag, 1)
}

/** Takes a raised flag down. Returns whether it was up, so that one of two racing sides acts on it. */
export function lower(counters: Int32Array, flag: number): boolean {
  return Atomics.load(counters, flag) === 1 && Atomics.exchange(counters, flag, 0) === 1
}
