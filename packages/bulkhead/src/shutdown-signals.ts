import { constants } from 'node:os'
import { isMainThread } from 'node:worker_threads'

/** Milliseconds that a program gets for its whole shutdown after SIGINT or SIGTERM. */
export const shutdownMs = 10_000

/** Milliseconds that the program has afterwards to leave by itself. */
const graceMs = 2_000

/**
 * Stops in order at the first SIGINT or SIGTERM; at the second, or when the program has not left at the deadline, it leaves at once, with
 * the status that shells expect. Returns how to stop listening.
 */
export function stopOnSignals(stop: (signal: NodeJS.Signals) => void): () => void {
  if (!isMainThread) return () => {}
  let isStopping = false
  const listener = (signal: NodeJS.Signals): void => {
    const leave = (): void => process.exit(128 + constants.signals[signal])
    if (isStopping) leave()
    isStopping = true
    setTimeout(leave, shutdownMs + graceMs).unref()
    stop(signal)
  }
  const letGo = (): void => {
    process.off('SIGINT', listener)
    process.off('SIGTERM', listener)
  }
  process.on('SIGINT', listener)
  process.on('SIGTERM', listener)
  return letGo
}
