import { writeSync } from 'node:fs'
import { inspect } from 'node:util'

/** What this program is about to end with, if nobody caught it. Node.js prints it behind the listeners of `exit`. */
let uncaught: { readonly error: unknown } | undefined

/** From now on an error that nobody catches is kept, so that it can be printed by whoever leaves before Node.js does. */
export function keepUncaught(): void {
  if (process.listeners('uncaughtExceptionMonitor').includes(keep)) return
  process.on('uncaughtExceptionMonitor', keep)
}

function keep(error: unknown): void {
  uncaught = { error }
}

/**
 * Leaves with this status although a thread is in a native call, for which Node.js would wait: this OS process becomes one that ends at once.
 * The listeners of `exit` behind `current` have their turn before, and an error that nobody caught is printed. Comes back where that cannot
 * be done; then leaving takes its time.
 */
export function leaveAtOnce(code: number, current: (code: number) => void): void {
  const listeners = process.listeners('exit')
  for (const listener of listeners.slice(listeners.indexOf(current) + 1)) listener(code)
  if (process.execve === undefined) return
  try {
    if (uncaught !== undefined) writeSync(2, `Uncaught ${inspect(uncaught.error)}\n\nNode.js ${process.version}\n`)
    process.execve('/bin/sh', ['sh', '-c', `exit ${Number(process.exitCode ?? code)}`], {})
  } catch {
    // no shell, or another platform
  }
}
