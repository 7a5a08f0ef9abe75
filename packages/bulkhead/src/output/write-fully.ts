import { writeSync } from 'node:fs'

/** Milliseconds for which a full pipe is waited for before the rest of a text is given up. */
const fullPipeMs = 500

/** Writes to a descriptor of this OS process past its streams, from code that has nothing else to do; gives up when nobody reads. */
export function writeFully(descriptor: number, text: string): void {
  let rest = Buffer.from(text)
  const until = performance.now() + fullPipeMs
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() > until) return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
