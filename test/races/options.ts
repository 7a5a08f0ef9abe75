import { parseArgs } from 'node:util'
import { numberOption } from '../support/number-option.ts'

export interface Options {
  /** Seeds 1 to this. */
  readonly seeds: number
  /** The only seed, with its trace. */
  readonly seed: number | undefined
  readonly help: boolean
}

export const usage = `npm run races -- [--seeds N | --seed S]

Explores orders of events: random programs of actors on several nodes, with faults, each under a random schedule.
  --seeds N   seeds 1 to N (default 10000)
  --seed S    seed S only, with its program and its trace
A seed that breaks a law is shrunk and printed, and the exit status is 1.`

const seedMax = 0xffff_ffff

/** Reads the command line. Throws an Error that says what is wrong. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: { seeds: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean', default: false } },
  })
  const { seeds, seed, help } = values
  if (seeds !== undefined && seed !== undefined) throw new Error('Give --seeds or --seed, not both.')
  return {
    seeds: seeds === undefined ? 10_000 : numberOption('seeds', seeds, seedMax),
    seed: seed === undefined ? undefined : numberOption('seed', seed, seedMax),
    help,
  }
}
