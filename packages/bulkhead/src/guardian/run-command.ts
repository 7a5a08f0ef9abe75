import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { close as closeInspector, url as inspectorUrl } from 'node:inspector'
import { resolve } from 'node:path'
import { Guardian } from './guardian.ts'
import { leaveProcessOneToAShell } from './init-shell.ts'
import { codeOf } from './root-end.ts'
import { optionLines, readRunOptions } from './run-options.ts'

/** The part of the help that is about `run`. */
export const runHelp = `bulkhead run starts a program under a guardian: a small process above it that starts it again
when it crashes or is stuck, hands it signals, and ends as it ends.

${optionLines}
`

/** Runs a program under a guardian until it has ended for good, and gives the exit code; does not come back when it ended by a signal. */
export async function run(words: readonly string[]): Promise<number> {
  const options = readRunOptions(words)
  if (options === 'help') {
    process.stdout.write(`Usage: bulkhead run [options] main.ts [args...]\n\n${runHelp}`)
    return 0
  }
  if (!isThere(options.file)) throw new Error(`there is no file ${options.file}`)
  leaveProcessOneToAShell()
  if (inspectorUrl() !== undefined) closeInspector() // the program is debugged, at the same port
  const status = await new Guardian(options).over
  if ('code' in status) return status.code
  process.kill(process.pid, status.signal)
  return codeOf(status.signal) // process 1 is not ended by a signal of its own
}

/** Whether Node.js finds a program there: as a file, or as a CommonJS module without its extension. */
function isThere(file: string): boolean {
  if (existsSync(file)) return true
  try {
    createRequire(import.meta.url).resolve(resolve(file))
    return true
  } catch {
    return false
  }
}
