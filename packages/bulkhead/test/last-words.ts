import { readdirSync, readFileSync } from 'node:fs'

/** What makes an OS process write these bytes to its descriptor 3 and end with this status at once. */
export function speaker(bytes: Uint8Array, code: number): string[] {
  const hex = Buffer.from(bytes).toString('hex')
  return ['-e', `require('node:fs').writeSync(3, Buffer.from('${hex}', 'hex')); process.exit(${code})`]
}

/** Returns when the OS process has ended, without letting this program hear anything meanwhile. */
export function standStillUntilItEnded(osProcess: number): void {
  const isRunning = (): boolean => {
    const stat = readFileSync(`/proc/${osProcess}/stat`, 'utf8')
    const hasEnded = stat.charAt(stat.lastIndexOf(')') + 2) === 'Z'
    // Its other threads can be there for a moment longer, with its sockets.
    return !hasEnded || readdirSync(`/proc/${osProcess}/task`).length > 1
  }
  while (isRunning()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
}
