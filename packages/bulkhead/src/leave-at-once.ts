/**
 * Leaves with this status although a thread is in a native call, for which Node.js would wait: this OS process becomes one that ends at once.
 * The listeners of `exit` behind `current` have their turn before. Comes back where that cannot be done; then leaving takes its time.
 */
export function leaveAtOnce(code: number, current: (code: number) => void): void {
  const listeners = process.listeners('exit')
  for (const listener of listeners.slice(listeners.indexOf(current) + 1)) listener(code)
  try {
    process.execve?.('/bin/sh', ['sh', '-c', `exit ${Number(process.exitCode ?? code)}`], {})
  } catch {
    // no shell, or another platform
  }
}
