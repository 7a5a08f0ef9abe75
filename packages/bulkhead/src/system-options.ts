import { fileURLToPath } from 'node:url'
import { checkFields, InvalidOption } from '@bulkhead/core'
import type { LogRecord } from '@bulkhead/core'
import { DEFAULT_RULES } from '@bulkhead/supervisor'
import type { ThreadsRule } from './control.ts'
import { checkCompartments, checkThreads } from './threads-options.ts'
import type { CompartmentOptions, ThreadsOptions } from './threads-options.ts'

/** What `start` takes. Everything has a default. */
export interface SystemOptions {
  /** What the system calls itself in its log and to `bulkhead inspect`. Default: the name of the program's main file. */
  readonly name?: string
  /**
   * Thread nodes that share the actors without a placement of their own. Default: one less than the cores, at least 1. `within: 'process'` puts
   * all thread nodes into one OS process behind a wall, a crew, instead of the root's.
   */
  readonly threads?: number | ThreadsOptions
  /** Where the actors of a compartment live, by its name. Default: on one node, where `threads` says. */
  readonly compartments?: Readonly<Record<string, CompartmentOptions>>
  /** Process nodes that share the actors placed in a process without a node of their own; started on demand. Default: 2. */
  readonly processes?: number
  /** Started, empty nodes kept waiting, of each kind that was used. Default 1. */
  readonly spares?: number
  /** Milliseconds that one uninterrupted turn may take before its node is stuck and is ended; `Infinity` for no limit. Default 5,000. */
  readonly handlerMs?: number
  /**
   * Restarts of actors under `system.start` that are allowed within `periodMs`; one more and the system stops, with exit status 1.
   * Default 1, as OTP's.
   */
  readonly intensity?: number
  /** Milliseconds, a sliding window. Default 5,000. */
  readonly periodMs?: number
  /** Milliseconds that a killed actor's node has to report its death before the whole node is ended. Default 1,000. */
  readonly killMs?: number
  /** Whether SIGINT and SIGTERM stop the system in order. Default true. */
  readonly signals?: boolean
  /** A JSON file of isolation overrides, which win over code; see docs/placement.md. Default: none. */
  readonly placement?: string | URL
  /** Whether `bulkhead inspect` can attach to the system. Default true. */
  readonly inspect?: boolean
  /**
   * Whether faults can be injected into the system, through `system.chaos`; `@bulkhead/chaos` needs it. Only this program can, but what it can do
   * includes ending any node: leave it off where nothing is to be hurt. Default false.
   */
  readonly chaos?: boolean
  /** Takes every line of the log, of all nodes. Default: they are printed on stderr. */
  readonly log?: (record: LogRecord) => void
}

/** The options with their defaults filled in. */
export interface CheckedOptions {
  readonly name: string
  readonly threads: ThreadsRule
  readonly compartments: Readonly<Record<string, ThreadsRule>>
  readonly processes: number
  readonly spares: number
  readonly handlerMs: number
  readonly intensity: number
  readonly periodMs: number
  readonly killMs: number
  readonly signals: boolean
  readonly placement: string | undefined
  readonly inspect: boolean
  readonly chaos: boolean
  readonly log: ((record: LogRecord) => void) | undefined
}

interface Rule {
  readonly accepts: (value: unknown) => boolean
  readonly expected: string
}

/** `parts`: has fields of its own, which are checked as it gets its defaults. */
type Rules = { readonly [Field in keyof SystemOptions]-?: Rule | 'parts' }

const isFlag = { accepts: (value: unknown) => typeof value === 'boolean', expected: 'use true or false' }

const isCount = (min: number) => ({
  accepts: (value: unknown) => Number.isInteger(value) && Number(value) >= min && Number(value) <= 1_024,
  expected: `use a whole number from ${min} to 1024`,
})

const isDuration = (min: number, endless: boolean) => ({
  accepts: (value: unknown) =>
    typeof value === 'number' && value >= min && (value <= 2 ** 31 - 1 || (endless && value === Infinity)),
  expected: `use milliseconds, at least ${min}${endless ? ', or Infinity for no limit' : ''}`,
})

const rules: Rules = {
  name: {
    accepts: (value) => typeof value === 'string' && /^[\w.-]{1,64}$/.test(value),
    expected: 'use 1 to 64 letters, digits, dots, underscores or hyphens',
  },
  threads: 'parts',
  compartments: 'parts',
  processes: isCount(1),
  spares: isCount(0),
  handlerMs: isDuration(50, true),
  intensity: {
    accepts: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
    expected: 'use a whole number, 0 or more',
  },
  periodMs: {
    accepts: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
    expected: 'use whole milliseconds, at least 1',
  },
  killMs: isDuration(1, false),
  signals: isFlag,
  placement: {
    accepts: (value) => (typeof value === 'string' && value !== '') || value instanceof URL,
    expected: 'use the path or file: URL of a JSON file',
  },
  inspect: isFlag,
  chaos: isFlag,
  log: { accepts: (value) => typeof value === 'function', expected: 'use a function that takes a LogRecord' },
}

/** Checks the options of `start` and fills in the defaults. Throws `InvalidOption`, for an unknown field too. */
export function checkSystemOptions(options: SystemOptions, mainFile: string | undefined): CheckedOptions {
  if (typeof options !== 'object' || options === null)
    throw new InvalidOption('options', options, 'pass an object, or nothing')
  checkFields(options, Object.keys(rules), 'option', 'options')
  for (const [field, value] of Object.entries(options)) {
    const rule = rules[field as keyof SystemOptions]
    if (value !== undefined && rule !== 'parts' && !rule.accepts(value))
      throw new InvalidOption(`options.${field}`, value, rule.expected)
  }
  return {
    name: options.name ?? nameOf(mainFile),
    threads: checkThreads(options.threads),
    compartments: checkCompartments(options.compartments),
    processes: options.processes ?? 2,
    spares: options.spares ?? 1,
    handlerMs: options.handlerMs ?? 5_000,
    intensity: options.intensity ?? DEFAULT_RULES.intensity,
    periodMs: options.periodMs ?? DEFAULT_RULES.periodMs,
    killMs: options.killMs ?? 1_000,
    signals: options.signals ?? true,
    placement: options.placement === undefined ? undefined : pathOf(options.placement),
    inspect: options.inspect ?? true,
    chaos: options.chaos ?? false,
    log: options.log,
  }
}

function nameOf(mainFile: string | undefined): string {
  const file =
    mainFile
      ?.split(/[\\/]/)
      .at(-1)
      ?.replace(/\.[a-z]+$/, '') ?? ''
  return file.replaceAll(/[^\w.-]/g, '-').slice(0, 64) || 'system'
}

function pathOf(placement: string | URL): string {
  if (typeof placement === 'string' && !placement.startsWith('file:')) return placement
  try {
    return fileURLToPath(placement)
  } catch {
    throw new InvalidOption('options.placement', String(placement), 'use the path or file: URL of a JSON file')
  }
}
