// Shows: waiting for a replacement. When an actor is down its supervisor is already starting the next one, so a caller that may
// ask twice does best to wait a moment and ask the same name again.
import { setTimeout as pause } from 'node:timers/promises'

/** How long to wait for the replacement of an actor that is down. */
export const PATIENCE_MS = 2_000
/** How long one answer may take. An actor that is only slow, or stuck and not yet found out, is not down. */
export const ANSWER_MS = 5_000
const RETRY_MS = 15

export interface Waiting {
  readonly now: () => number
  readonly pause: (ms: number) => Promise<unknown>
}

const REAL: Waiting = { now: () => performance.now(), pause }

/**
 * Asks until there is an answer, each time saying how many milliseconds there are for it. Rejects with the last failure when
 * `PATIENCE_MS` have passed since the first one, and at once when the failure does not mean that somebody is down.
 */
export async function patiently<T>(
  ask: (withinMs: number) => Promise<T>,
  isDown: (error: unknown) => boolean,
  waiting: Waiting = REAL,
): Promise<T> {
  let left = ANSWER_MS
  let deadline = Infinity
  for (;;) {
    try {
      return await ask(left)
    } catch (error) {
      if (!isDown(error)) throw error
      deadline = Math.min(deadline, waiting.now() + PATIENCE_MS)
      await waiting.pause(RETRY_MS)
      left = deadline - waiting.now()
      if (left <= 0) throw error
    }
  }
}
