import { writeSync } from 'node:fs'
import type { LastWord } from '../control.ts'

/** Descriptor on which a process node says its last words. */
const watchDescriptor = 4

/** One write of less than a pipe's atomic size, which goes through whatever the other threads are doing. */
export function sayLast(word: LastWord): void {
  try {
    writeSync(watchDescriptor, `${JSON.stringify(word)}\n`)
  } catch {
    // nobody listens any more
  }
}
