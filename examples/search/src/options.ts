// Shows: the command line of the trial. A wrong option is told by name and value, with the way out.
import { parseArgs } from 'node:util'
import { SECONDS_MIN } from './chaos/faults.ts'

const SECONDS_DEFAULT = 45
const SECONDS_MAX = 3_600
const SEED_DEFAULT = 1
const SEED_MAX = 2 ** 32 - 1

export interface TrialOptions {
  readonly mode: 'trial'
  readonly seconds: number
  readonly seed: number
  readonly json: boolean
  /** The file for the page about the faults. */
  readonly report: string | undefined
}

export type Options = TrialOptions | { readonly mode: 'serve' } | { readonly mode: 'help' }

/** An option that cannot be understood; the program prints the message and exits with status 2. */
export class BadOption extends Error {}

export const HELP = `Full-text search over the Markdown of the installed packages, kept alive while faults are injected.

  npm start                      a trial of ${SECONDS_DEFAULT} seconds
  npm start -- --seconds 60      how long the load lasts, ${SECONDS_MIN} to ${SECONDS_MAX} (default ${SECONDS_DEFAULT})
  npm start -- --seed 7          which faults, when, and which queries: 0 to ${SEED_MAX} (default ${SEED_DEFAULT})
  npm start --silent -- --json   the report as one JSON object on stdout
  npm start -- --report FILE     writes a page with the course of the faults, for a browser
  npm start -- --serve           no load and no faults: stay up and print the URL
  npm start -- --help            this text

Exit status: 0 when no request went unanswered or got a wrong answer, at most 1 % failed, every fault was recovered
from and nothing is left over; 1 otherwise; 2 for a bad option.
`

const KNOWN = {
  seconds: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'boolean' },
  report: { type: 'string' },
  serve: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

const NAMES = Object.keys(KNOWN).map((name) => `--${name}`)

export function parseOptions(argv: readonly string[]): Options {
  const given = readGiven(argv)
  if (given.has('help')) return { mode: 'help' }
  if (given.has('serve')) {
    const other = [...given.keys()].find((name) => name !== 'serve')
    if (other !== undefined)
      throw new BadOption(`--serve runs no trial, so --${other} means nothing with it: leave one of them out`)
    return { mode: 'serve' }
  }
  return {
    mode: 'trial',
    seconds: wholeNumber('seconds', given.get('seconds'), SECONDS_MIN, SECONDS_MAX, SECONDS_DEFAULT),
    seed: wholeNumber('seed', given.get('seed'), 0, SEED_MAX, SEED_DEFAULT),
    json: given.has('json'),
    report: given.get('report'),
  }
}

/** Which options are there, with their values; a flag's value is empty. */
function readGiven(argv: readonly string[]): Map<string, string> {
  const given = new Map<string, string>()
  const { tokens } = parseArgs({ args: [...argv], options: KNOWN, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') throw new BadOption(`"${token.value}" is no option: there is ${NAMES.join(', ')}`)
    const { name, rawName, value } = token
    if (!Object.hasOwn(KNOWN, name)) throw new BadOption(`${rawName} is unknown: there is ${NAMES.join(', ')}`)
    if (given.has(name)) throw new BadOption(`--${name} is given twice: give it once`)
    const wantsValue = KNOWN[name as keyof typeof KNOWN].type === 'string'
    if (name === 'report' && !value)
      throw new BadOption('--report has no value: name a file, as in --report chaos.html')
    if (wantsValue && value === undefined)
      throw new BadOption(`--${name} has no value: give a number, as in --${name} 30`)
    if (!wantsValue && value !== undefined)
      throw new BadOption(`--${name} is "${value}": it takes no value, write --${name} alone`)
    given.set(name, value ?? '')
  }
  return given
}

function wholeNumber(name: string, text: string | undefined, min: number, max: number, otherwise: number): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return value
  throw new BadOption(
    `--${name} is "${text}": give a whole number from ${min} to ${max}, or leave it out for ${otherwise}`,
  )
}
