import type { Beside } from './codec.ts'

/** Why a connection ended. Exactly one ending is reported per connection and side. */
export interface Ending {
  /**
   * `closed`: either side closed it in order, after its last frame was delivered.
   * `lost`: the carrier broke or the other side died.
   * `corrupt`: the carrier saw bytes that cannot be frames (a bad length, a claim without its payload).
   * `cut`: this side called {@link Connection.cut}.
   */
  readonly how: 'closed' | 'lost' | 'corrupt' | 'cut'
  /** What the carrier knows, for logs. */
  readonly detail?: string
}

/** The reading side of a connection. */
export interface Receiver {
  /**
   * One frame: bytes `start` (inclusive) to `end` (exclusive) of `segment`. They belong to the carrier and are valid
   * only until this call returns; keep a copy, not the segment. `beside` holds what travelled beside the frame. `isYours`: the segment and
   * its ArrayBuffer hold this frame alone and are the receiver's from now on. Default false.
   */
  frame(segment: Uint8Array, start: number, end: number, beside: Beside | undefined, isYours?: boolean): void
  /** The outgoing queue has fallen below the low-water mark after a `send` returned false. */
  drained(): void
  /** The one ending; no frame follows. */
  closed(ending: Ending): void
}

/**
 * One live pipe between two nodes: frames in, frames out, in order, each exactly once. What frames mean is decided above.
 *
 * A connection buffers what arrives before `receive` is called. `send` gathers: what is sent in one turn of the event loop
 * may leave as one batch, and leaves at the latest when that turn ends.
 */
export interface Connection {
  /** Whether a SharedArrayBuffer can cross and an ArrayBuffer can be transferred: both ends are in one OS process. */
  readonly shares: boolean
  /** Bytes handed to `send` that the carrier has not yet taken. */
  readonly pendingBytes: number
  /**
   * Sends one frame: the bytes of `head` followed by bytes `start` (inclusive, default 0) to `end` (exclusive, default its length) of `segment`.
   * Both are copied before `send` returns. Returns false while `pendingBytes` is above the high-water mark: advice, nothing is dropped. After the
   * ending it does nothing and returns false.
   *
   * `isYours`: the ArrayBuffer of `segment` holds nothing else and is the connection's from now on, which may write in front of `start`, move it
   * to the receiver or let go of it. Default false.
   */
  send(
    head: Uint8Array,
    segment?: Uint8Array,
    start?: number,
    end?: number,
    beside?: Beside,
    isYours?: boolean,
  ): boolean
  /** Lets go at once of what was gathered in this turn: it arrives although this side dies before the turn ends. */
  flush(): void
  /** Starts delivery. Called once. Frames are delivered from a later task or microtask, never from inside this call. */
  receive(receiver: Receiver): void
  /** Ends in order: what was sent is delivered first, then both sides see `closed`. */
  close(): void
  /** Ends at once: nothing that was not delivered yet is delivered here, and this side sees `cut`, the other `lost` or `closed`. */
  cut(): void
}
