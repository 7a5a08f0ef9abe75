import { parseArgs } from 'node:util'
import { numberOption } from '../support/number-option.ts'
import { type Placement, PLACEMENTS } from './bulkhead-side.ts'

export interface Options {
  /** Scripts of the seeds from `seed` on. */
  readonly count: number
  readonly seed: number
  readonly placement: Placement
  /** Write down what Erlang makes of the fixed scripts, and do nothing else. */
  readonly record: boolean
  /** Look for the smallest script that shows a difference. */
  readonly shrink: boolean
  readonly help: boolean
}

export const usage = `npm run differential -- [--count N] [--seed S] [--placement ${PLACEMENTS.join('|')}] | --record

Runs random scripts on real Erlang and on Bulkhead, and compares what supervisors do. Needs erl and erlc.
  --count N       so many scripts (default 200)
  --seed S        of the seeds S, S + 1, … (default 1)
  --placement P   where the actors of Bulkhead live (default inline); spread: supervisors on the root, workers in a thread and a process
  --no-shrink     says at which seed they differ, and looks no further
  --record        writes down anew what Erlang makes of the scripts of fixed.ts, and that is all
A script on which both differ is shrunk and printed, and the exit status is 1.`

const numberMax = 0x7fff_ffff

function placementOf(text: string): Placement {
  const found = PLACEMENTS.find((each) => each === text)
  if (found === undefined) throw new Error(`--placement is "${text}": give one of ${PLACEMENTS.join(', ')}.`)
  return found
}

/** Reads the command line. Throws an Error that says what is wrong. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      count: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      placement: { type: 'string', default: 'inline' },
      record: { type: 'boolean', default: false },
      'no-shrink': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    count: numberOption('count', values.count, numberMax),
    seed: numberOption('seed', values.seed, numberMax),
    placement: placementOf(values.placement),
    record: values.record,
    shrink: !values['no-shrink'],
    help: values.help,
  }
}
