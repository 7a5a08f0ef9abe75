import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { erlang } from '../beam.ts'
import type { Outcome, Program, Sizes, Threads } from './program.ts'

/** What one OS process has found out: figures of each run, and what came out of it. */
export interface Runs {
  readonly wallMs: readonly number[]
  readonly cpuMs: readonly number[]
  readonly outcomes: readonly Outcome[]
}

/** How often a program is run in one OS process. */
export interface Plan {
  readonly sizes: Sizes
  readonly warmUps: number
  readonly runs: number
}

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const execute = promisify(execFile)

/** Runs it here, in an OS process of its own. */
export async function runOurs({ name }: Program, { sizes, warmUps, runs }: Plan, threads: Threads): Promise<Runs> {
  const pairs = Object.entries(sizes).map(([key, value]) => `${key}=${value}`)
  const counts = [warmUps, runs, threads].map(String)
  const { stdout } = await execute(process.execPath, [main, name, ...counts, ...pairs], { maxBuffer: 2 ** 26 })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Runs
}

/** Runs it in Erlang, on so many schedulers. */
export async function runErlang({ name }: Program, { sizes, warmUps, runs }: Plan, schedulers: number): Promise<Runs> {
  const pairs = Object.entries(sizes).map(([key, value]) => `${underscored(key)}=${value}`)
  const argv = [name.replaceAll('-', '_'), String(warmUps), String(runs), ...pairs]
  const [figures] = await erlang('savina', argv, { schedulers })
  return figures as Runs
}

const underscored = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
