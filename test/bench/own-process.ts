import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Bench, Measure } from './row.ts'
import { median } from './stats.ts'

const run = promisify(execFile)

/** Runs a program of its own and reads the number that it prints. */
async function figure(program: string, argument: number, flags: readonly string[] = []): Promise<number> {
  const path = fileURLToPath(new URL(`./programs/${program}.ts`, import.meta.url))
  const { stdout } = await run(process.execPath, [...flags, path, String(argument)])
  const value = Number(stdout.trim())
  if (!Number.isFinite(value)) throw new Error(`${program} printed ${JSON.stringify(stdout)} where a number was due`)
  return value
}

/** Heap of one idle actor, its share of the tables included. */
const measureIdleActors: Measure = async ({ quick }) => {
  const n = quick ? 20_000 : 100_000
  const figures: number[] = []
  for (let round = 0; round < (quick ? 1 : 3); round++) figures.push(await figure('idle-actors', n, ['--expose-gc']))
  const bytes = median(figures)
  return [
    {
      id: 'actors/idle/bytes',
      bench: 'actors',
      variant: 'idle, inline',
      ours: bytes,
      unit: 'bytes each',
      anchor: 'bound',
      anchorValue: 2_048,
      ratio: 2_048 / bytes,
      cpuPerMessageNs: undefined,
      n,
      runs: figures.length,
    },
  ]
}

/** Root, two threads and two processes that have nothing to do, the warden on. */
const measureIdleSystem: Measure = async ({ quick }) => {
  const seconds = quick ? 3 : 10
  const figures: number[] = []
  for (let round = 0; round < (quick ? 1 : 3); round++)
    figures.push((await figure('idle-system', seconds * 1000)) * (10 / seconds))
  const ms = median(figures)
  return [
    {
      id: 'system/idle/cpu',
      bench: 'system',
      variant: 'root + 2 threads + 2 processes, idle',
      ours: ms,
      unit: 'ms CPU per 10 s',
      anchor: 'bound',
      anchorValue: 50,
      ratio: 50 / ms,
      cpuPerMessageNs: undefined,
      n: seconds,
      runs: figures.length,
    },
  ]
}

export const idleActors: Bench = { name: 'idle-actors', ids: ['actors/idle/bytes'], measure: measureIdleActors }

export const idleSystem: Bench = { name: 'idle-system', ids: ['system/idle/cpu'], measure: measureIdleSystem }
