import type { Beside } from '@bulkhead/core/transport'

/** The writing half of a carrier. */
export interface Outgoing {
  /** Bytes that were written and that the other side has not yet got hold of. */
  readonly pendingBytes: number
  /** Whether the closing mark has left. */
  readonly isFinished: boolean
  /** The head, and the bytes from `start` to `end` of `segment`. `isYours`: its ArrayBuffer is the carrier's. */
  write(
    head: Uint8Array,
    segment: Uint8Array,
    start: number,
    end: number,
    beside: Beside | undefined,
    isYours: boolean,
  ): void
  /** Lets everything that was written in this turn leave. */
  flush(): void
  /** Puts the closing mark behind what was written. */
  finish(): void
  /** Asks for a doorbell once `pendingBytes` is at most `lowBytes`. Returns false if it is already. */
  awaitRoom(lowBytes: number): boolean
  /** The other side rang: there may be room. */
  wake(): void
}

/** Hands one frame on; returns false when reading has to stop because the connection has ended. `isYours`: it is the receiver's to keep. */
export type Deliver = (
  segment: Uint8Array,
  start: number,
  end: number,
  beside: Beside | undefined,
  isYours: boolean,
) => boolean

/**
 * How far a reader came. `empty`: everything was delivered. `more`: look again in a later turn.
 * `missing`: the payload of a claimed slot has not come. `closing`: the other side's closing mark. `stopped`: `deliver` said so.
 */
export type Progress = 'empty' | 'more' | 'missing' | 'closing' | 'corrupt' | 'stopped'

/** The reading half of a carrier. */
export interface Incoming {
  /** Keeps what came through the port, until it is read. */
  arrive(message: unknown): void
  /** Delivers what is there. */
  read(deliver: Deliver): Progress
  /** Asks to be woken when there is more. False: there is more already. */
  sleep(): boolean
}

/** The message that wakes the other side. Every other message is the carrier's own. */
export const doorbell = 0
/** The message behind the last frame on a port. */
export const closingMark = 1
