import { checkFields, InvalidOption } from 'bulkhead'
import { checkTargets } from './target.ts'
import type { TargetSpec } from './target.ts'

/** Every fault there is, by what it does to the actor that it hits. */
export const FAULT_KINDS = [
  'throw',
  'reject',
  'timer',
  'loop',
  'microtasks',
  'native',
  'heap',
  'buffer',
  'exit',
  'exit_in_exit',
  'SIGSEGV',
  'SIGABRT',
  'SIGKILL',
  'SIGSTOP',
  'SIGCONT',
  'kill',
  'slow',
  'cut',
  'delay',
] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

/** In which direction frames are late: both, only those to the target, only those from it. */
export type Ways = 'both' | 'to' | 'from'

/** A fault, and what it is to be like where the default is not meant. */
export interface FaultOptions {
  readonly kind: FaultKind
  /** Milliseconds that it lasts, for `native` (10,000), `SIGCONT` (200), `slow` (200), `cut` and `delay` (1,000 each). The others end by themselves. */
  readonly forMs?: number
  /** For `delay`: milliseconds that each frame is late. Default 50. */
  readonly delayMs?: number
  /** For `exit` and `exit_in_exit`: the exit code. Default 3. */
  readonly code?: number
  /** For `cut` and `delay`. Default `both`. */
  readonly ways?: Ways
  /** For `cut` and `delay`: the path of the actor with whose node the target's is at odds. Default: the root. */
  readonly peer?: string
  /** Whom it may hit. Default: the targets of the run. */
  readonly targets?: readonly TargetSpec[]
}

/** A fault with all that its kind needs, and nothing else. */
export interface Fault {
  readonly kind: FaultKind
  readonly forMs?: number
  readonly delayMs?: number
  readonly code?: number
  readonly ways?: Ways
  readonly peer?: string
}

/** What each kind can be given, with the defaults. */
const FIELDS: Readonly<Partial<Record<FaultKind, Omit<Fault, 'kind'>>>> = {
  native: { forMs: 10_000 },
  exit: { code: 3 },
  exit_in_exit: { code: 3 },
  SIGCONT: { forMs: 200 },
  slow: { forMs: 200 },
  cut: { forMs: 1_000, ways: 'both' },
  delay: { forMs: 1_000, delayMs: 50, ways: 'both' },
}

/** Kinds that the actor is meant to survive. */
const SURVIVED: ReadonlySet<FaultKind> = new Set(['SIGCONT', 'slow', 'cut', 'delay'])

/** Kinds that end one actor and leave its node alone. */
const OF_ONE_ACTOR: ReadonlySet<FaultKind> = new Set(['throw', 'reject', 'timer', 'kill'])

/** Whom a fault of this kind ends. */
export function endOf(kind: FaultKind): 'nobody' | 'actor' | 'node' {
  if (SURVIVED.has(kind)) return 'nobody'
  return OF_ONE_ACTOR.has(kind) ? 'actor' : 'node'
}

/** One fault of a run: checked, and with its own targets if it has some. */
export interface CheckedFault {
  readonly fault: Fault
  readonly targets: readonly TargetSpec[] | undefined
}

/** Checks one entry of the option `faults`. Throws `InvalidOption`. */
export function checkFault(given: FaultKind | FaultOptions, name: string): CheckedFault {
  const options = typeof given === 'string' ? { kind: given } : given
  if (typeof options !== 'object' || options === null)
    throw new InvalidOption(name, given, "give the name of a fault, or an object such as { kind: 'slow', forMs: 200 }")
  const { kind, targets, ...own } = options
  if (!FAULT_KINDS.includes(kind))
    throw new InvalidOption(`${name}.kind`, kind, `give one of ${FAULT_KINDS.join(', ')}`)
  const defaults = FIELDS[kind] ?? {}
  const fields = Object.keys(defaults).concat('ways' in defaults ? ['peer'] : [])
  checkFields(own, fields, `field of ${kind}`, name)
  const fault: Fault = { ...defaults, ...own, kind }
  checkMs(fault.forMs, `${name}.forMs`)
  checkMs(fault.delayMs, `${name}.delayMs`)
  const { code, ways, peer } = fault
  if (code !== undefined && !(Number.isInteger(code) && code >= 0 && code <= 255))
    throw new InvalidOption(`${name}.code`, code, 'give a whole number from 0 to 255')
  if (ways !== undefined && !['both', 'to', 'from'].includes(ways))
    throw new InvalidOption(`${name}.ways`, ways, "give 'both', 'to' or 'from'")
  if (peer !== undefined && typeof peer !== 'string')
    throw new InvalidOption(`${name}.peer`, peer, "give the path of an actor, such as '/shop/db'")
  if (targets !== undefined) checkTargets(targets, `${name}.targets`)
  return { fault, targets }
}

function checkMs(value: number | undefined, name: string): void {
  if (value === undefined || (typeof value === 'number' && value > 0 && value <= 3_600_000)) return
  throw new InvalidOption(name, value, 'give milliseconds, more than 0 and at most 3600000')
}
