import { execFile } from 'node:child_process'
import { accessSync, constants, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { linesOf } from './json-lines.ts'

/** How the VM is started. */
export interface BeamOptions {
  /** Scheduler threads, all of them online. */
  readonly schedulers: number
  /** Further flags of `erl`. */
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const run = promisify(execFile)
const sources = fileURLToPath(new URL('./erlang/', import.meta.url))

function isOnPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Whether Erlang and its compiler are installed. */
export const hasErlang = (): boolean => isOnPath('erl') && isOnPath('erlc')

let compiled: Promise<string> | undefined

/** The folder with all our modules, compiled once and removed when this program ends. */
async function compile(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-beam-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const modules = readdirSync(sources).filter((name) => name.endsWith('.erl'))
  await run('erlc', ['-o', folder, ...modules.map((name) => join(sources, name))])
  return folder
}

/** Calls `main/0` of a module in `erlang/` in a VM of its own, with these plain arguments, and reads the lines of JSON that it prints. */
export async function erlang<Line>(
  module: string,
  args: readonly string[],
  { schedulers, flags = [], env = {} }: BeamOptions,
): Promise<readonly Line[]> {
  const folder = await (compiled ??= compile())
  const vm = ['+S', `${schedulers}:${schedulers}`, ...flags, '-noshell', '-noinput', '-pa', folder]
  return linesOf<Line>('erl', [...vm, '-run', module, 'main', '-extra', ...args], {
    ERL_CRASH_DUMP: '/dev/null',
    ...env,
  })
}

/** One run of `erlang/anchor.erl`, after one to warm up unless `sizes` says otherwise: what `WHAT` of a module cost, with so many of each. */
export async function anchor<Line>(
  module: string,
  what: string,
  sizes: Readonly<Record<string, number>>,
  options: BeamOptions,
): Promise<Line> {
  const pairs = Object.entries(sizes).map(([key, value]) => `${key}=${value}`)
  const [line] = await erlang<Line>('anchor', [module, what, ...pairs], options)
  if (line === undefined) throw new Error(`${module}:${what} printed nothing`)
  return line
}
