import type { RestartOptions } from './restarts.ts'

/** What `bulkhead run` was asked to do. */
export interface RunOptions extends RestartOptions {
  /** The user's program, and what it is given. */
  readonly file: string
  readonly args: readonly string[]
  /** Milliseconds that the root's event loop may stand still; `Infinity` for no limit. */
  readonly stuckMs: number
}

/** The options before the file, each with its default, its bounds, and what it is for. */
const numbers = {
  'stuck-ms': {
    standard: 6_000,
    min: 100,
    endless: true,
    what: 'the root is stuck when its event loop has not turned for so long; Infinity for no limit',
  },
  'min-ms': { standard: 100, min: 1, endless: false, what: 'wait before the first restart; each is twice as long' },
  'max-ms': { standard: 10_000, min: 1, endless: false, what: 'longest wait; a root that ran so long begins anew' },
  intensity: { standard: 10, min: 0, endless: false, what: 'so many restarts within the period; then it gives up' },
  'period-ms': { standard: 60_000, min: 1, endless: false, what: 'the period' },
  'grace-ms': { standard: 15_000, min: 0, endless: false, what: 'time to end after SIGTERM, before SIGKILL' },
} as const

type Name = keyof typeof numbers
type Rule = { readonly standard: number; readonly min: number; readonly endless: boolean; readonly what: string }

/** What Node.js's timers can wait. */
const longest = 2 ** 31 - 1

/** The options as lines of a help text. */
export const optionLines: string = Object.entries(numbers)
  .map(([name, { standard, what }]) => `  --${`${name} <number>`.padEnd(20)} ${what} (${standard})\n`)
  .join('')

/** Reads the words behind `bulkhead run`. Throws an error that says what is wrong. */
export function readRunOptions(words: readonly string[]): RunOptions | 'help' {
  const given = new Map<Name, number>()
  const rest = [...words]
  while (rest[0]?.startsWith('-') === true) {
    const [word, inline] = splitOnce(rest.shift() as string)
    if (word === '--' && inline === undefined) break
    if (word === '--help' || word === '-h') return 'help'
    const name = word.slice(2)
    if (!word.startsWith('--') || !isName(name))
      throw new Error(`unknown option ${word}; options of the program stand behind its file`)
    given.set(name, numberFrom(word, inline ?? rest.shift(), numbers[name]))
  }
  const [file, ...args] = rest
  if (file === undefined) throw new Error('say which file to run')
  const value = (name: Name): number => given.get(name) ?? numbers[name].standard
  const options = {
    file,
    args,
    stuckMs: value('stuck-ms'),
    minMs: value('min-ms'),
    maxMs: value('max-ms'),
    intensity: value('intensity'),
    periodMs: value('period-ms'),
    graceMs: value('grace-ms'),
  }
  if (options.minMs > options.maxMs) throw new Error(`--min-ms ${options.minMs} is more than --max-ms ${options.maxMs}`)
  return options
}

const isName = (name: string): name is Name => Object.hasOwn(numbers, name)

function splitOnce(word: string): [string, string | undefined] {
  const at = word.indexOf('=')
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)]
}

function numberFrom(option: string, text: string | undefined, { min, endless }: Rule): number {
  if (endless && text === 'Infinity') return Infinity
  const number = text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (number >= min && number <= longest) return number
  const expected = `use a whole number from ${min} to ${longest}${endless ? ', or Infinity' : ''}`
  throw new Error(`${option}${text === undefined ? ' has no value' : ` ${text}`}: ${expected}`)
}
