import type { Timer } from '../node/timers.ts'

/** A `receive` that has not found its message yet. */
export interface Waiting {
  /** Runs the clause that fits, if one does, and settles the receive. */
  readonly offer: (message: unknown) => boolean
  /** Ends a receive that waits for nothing to come, once it has seen everything that is there. */
  readonly whenSeen: (() => void) | undefined
  timer: Timer | undefined
  /** Sets the timer of `after`, for its full time; takes it back. */
  readonly arm: () => void
  readonly disarm: () => void
}
