// Shows: waiting for a replacement. When an actor is down its supervisor is already starting the next one, so a caller that may
// ask twice does best to wait a moment and ask the same name again.
import { setTimeout as pause } from 'node:timers/promises'
import { CallFailed } from 'bulkhead'

/** How long to wait for the replacement of an actor that is down. */
export const PATIENCE_MS = 2_000
/** How long an answer may take. An actor that is slow, or stuck and not yet found out, is not down. */
export const ANSWER_MS = 5_000
const RETRY_MS = 15

export interface Waiting {
  readonly now: () => number
  readonly pause: (ms: number) => Promise<unknown>
}

const REAL: Waiting = { now: () => performance.now(), pause }

/** Asks until there is an answer. Rejects when an actor was down and nobody took its place within `PATIENCE_MS`, and for any other failure. */
export async function patiently<T>(ask: () => Promise<T>, waiting: Waiting = REAL): Promise<T> {
  let deadline: number | undefined
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isDown(error)) throw error
      // Whoever ended just now was there before: its replacement has the whole time, also when it replaced somebody itself.
      if (deadline === undefined || error.code !== 'noproc') deadline = waiting.now() + PATIENCE_MS
      else if (waiting.now() >= deadline) throw error
    }
    await waiting.pause(RETRY_MS)
  }
}

const DOWN = new Set(['noproc', 'noconnection', 'exited'])

/** Whether a call failed because nobody is there, or because whoever was asked ended; as opposed to being slow or refusing. */
export function isDown(error: unknown): error is CallFailed {
  return error instanceof CallFailed && DOWN.has(error.code)
}
