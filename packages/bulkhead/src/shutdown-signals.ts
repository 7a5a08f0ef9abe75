import { writeSync } from 'node:fs'
import { constants } from 'node:os'
import { isMainThread } from 'node:worker_threads'

/** Milliseconds that a program gets for its whole shutdown after SIGINT or SIGTERM. */
export const shutdownMs = 10_000

/** Milliseconds that the program has afterwards to leave by itself. */
const graceMs = 2_000

/**
 * Stops in order at the first SIGINT or SIGTERM; at the second, or when the program has not left at the deadline, it leaves at once, with
 * the status that shells expect, and says on stderr what was still there: `keeps` gives a line for each. Returns how to stop listening.
 */
export function stopOnSignals(stop: (signal: NodeJS.Signals) => void, keeps: () => readonly string[]): () => void {
  if (!isMainThread) return () => {}
  let stoppingSince: number | undefined
  const listener = (signal: NodeJS.Signals): void => {
    const leave = (): void => {
      const forMs = Math.round(performance.now() - (stoppingSince ?? 0))
      for (const line of [`leaves at once, ${forMs} ms after it was told to stop`, ...keeps()])
        writeStderr(`[bulkhead] ${line}\n`)
      process.exit(128 + constants.signals[signal])
    }
    if (stoppingSince !== undefined) leave()
    stoppingSince = performance.now()
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

/** Before the program leaves, whether or not somebody reads it. */
function writeStderr(text: string): void {
  try {
    writeSync(2, text)
  } catch {
    // a pipe that is full, or that nobody reads any more
  }
}
