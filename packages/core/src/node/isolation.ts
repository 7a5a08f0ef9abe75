import { checkMailbox } from '../actor/mailbox-limits.ts'
import type { MailboxLimits } from '../actor/mailbox-limits.ts'
import { isPid } from '../actor/pid.ts'
import { InvalidOption } from '../errors.ts'
import { checkFields } from '../known-fields.ts'
import { misplacedHint } from './misplaced-hint.ts'
import { checkSandbox, plainSandbox, SANDBOX_FIELDS } from './sandbox-hints.ts'
import type { SandboxHints } from './sandbox-hints.ts'
import { RSS_MB_MIN } from './too-little-memory.ts'

/** Any handle of an actor that placement can compare with: its pid is all that is used. */
export interface Placed {
  readonly pid: string | undefined
}

/** What an actor needs from its surroundings. Placement turns it into a decision with reasons; see docs/placement.md. */
export interface IsolationHints {
  /** `untrusted`: foreign code, in a sandboxed process of its own. Default `trusted`. */
  readonly trust?: 'trusted' | 'untrusted'
  /** How the sandbox of an untrusted actor is made. */
  readonly sandbox?: SandboxHints
  /** `contained`: a crash of any kind may take down nothing else, so the actor gets a process of its own. Default `shared`. */
  readonly faults?: 'shared' | 'contained'
  /** Runs native code that can segfault or abort: placed in a process. Default false. */
  readonly native?: boolean
  /** `shared`: exchanges SharedArrayBuffers, so it stays in the root's OS process, on a thread. Default `private`. */
  readonly memory?: 'private' | 'shared'
  /** `heavy`: blocks its event loop for long stretches, so it gets a thread of its own. Default `light`. */
  readonly cpu?: 'light' | 'heavy'
  /** Tight, high-speed exchange: the same node as that actor. */
  readonly coordination?: { readonly with: Placed }
  /** Actors of one compartment share a node; different compartments never do. */
  readonly compartment?: string
  /**
   * When an actor is started again whose thread was cut off while it was in a native call that nothing can end: at once (`replace`), or when that
   * thread has really ended (`wait`), since until then its native call can go on writing memory, files and sockets. Default `replace`; `wait`
   * with `memory: 'shared'`. An OS process is ended before its actors are started again in either case. Not possible inline.
   */
  readonly afterFence?: 'replace' | 'wait'
  readonly limits?: IsolationLimits
}

export interface IsolationLimits {
  /** Megabytes of V8 heap, a whole number from 16. Needs a process: only that contains memory exhaustion. */
  readonly heapMb?: number
  /** Megabytes of resident memory as the operating system sees it, from 64; Node.js itself takes 70 to 90. Needs a process. */
  readonly rssMb?: number
  /** Megabytes of stack; thread and process. A process gets no more than the operating system lets it have (`ulimit -s`). */
  readonly stackMb?: number
  /** Milliseconds that one uninterrupted turn may take. Default 5,000; `cpu: 'heavy'` Infinity. Not enforceable inline. */
  readonly handlerMs?: number
  readonly mailbox?: MailboxLimits
}

/** The explicit override, or hints. `inline` is the event loop of whoever starts the actor. */
export type Isolation = 'inline' | 'thread' | 'process' | IsolationHints

/**
 * Whether a value is an isolation, or an absent one. Says nothing about whether a system can meet it. Throws `InvalidOption`, naming the field
 * that is wrong below `name`.
 */
export function checkIsolation(isolation: unknown, name = 'isolation'): asserts isolation is Isolation | undefined {
  if (isolation === undefined || WORDS.includes(isolation)) return
  if (typeof isolation !== 'object' || isolation === null || Array.isArray(isolation))
    throw new InvalidOption(name, isolation, wordFor(isolation))
  checkFields(isolation, Object.keys(HINTS), 'hint', name, hintElsewhere)
  for (const [field, value] of Object.entries(isolation)) {
    const { accepts, expected } = HINTS[field as keyof IsolationHints]
    if (value !== undefined && !accepts(value)) throw new InvalidOption(`${name}.${field}`, value, `give ${expected}`)
  }
  const { limits, sandbox } = isolation as IsolationHints
  checkLimits(limits ?? {}, `${name}.limits`)
  if (sandbox !== undefined) checkSandbox(sandbox, `${name}.sandbox`)
}

/** Says where a field belongs that is a hint of isolation and stands somewhere else; undefined for any other. */
export function hintElsewhere(field: string, value: unknown): string | undefined {
  return misplacedHint(field, value, {
    hint: Object.keys(HINTS),
    limit: Object.keys(LIMITS),
    sandbox: SANDBOX_FIELDS,
  })
}

/** What to give instead of a word that is none: most often it is the value of a hint. */
function wordFor(word: unknown): string {
  const words = "give 'inline', 'thread', 'process' or an object of hints"
  const meant = word === 'sandbox' ? 'untrusted' : word
  const hint = Object.keys(HINTS).find((each) => VALUES[each]?.includes(meant as string) === true)
  return hint === undefined ? words : `${words}, such as { ${hint}: '${String(meant)}' }`
}

/** The same isolation as data that travels. */
export function plainIsolation(isolation: Isolation): Isolation {
  return typeof isolation === 'object' && isolation.sandbox !== undefined
    ? { ...isolation, sandbox: plainSandbox(isolation.sandbox) }
    : isolation
}

function checkLimits(limits: object, name: string): void {
  checkFields(limits, Object.keys(LIMITS), 'limit', name)
  for (const [field, value] of Object.entries(limits)) {
    if (value === undefined) continue
    const rule = LIMITS[field as keyof IsolationLimits]
    if (rule === 'mailbox') checkMailbox(value, `${name}.mailbox`)
    else if (!(typeof value === 'number' && rule.accepts(value)))
      throw new InvalidOption(`${name}.${field}`, value, `give ${rule.expected}`)
  }
}

interface Rule<V> {
  readonly accepts: (value: V) => boolean
  readonly expected: string
}

const WORDS: readonly unknown[] = ['inline', 'thread', 'process']

const oneOf = (...words: readonly string[]): Rule<unknown> => ({
  accepts: (value) => words.includes(value as string),
  expected: words.map((word) => `'${word}'`).join(' or '),
})

const anObject: Rule<unknown> = {
  accepts: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  expected: 'an object',
}

/** Words that are values of a hint, and not the default. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  trust: ['untrusted'],
  faults: ['contained'],
  memory: ['shared'],
  cpu: ['heavy'],
}

const HINTS: Readonly<Record<keyof IsolationHints, Rule<unknown>>> = {
  trust: oneOf('trusted', 'untrusted'),
  faults: oneOf('shared', 'contained'),
  native: { accepts: (value) => typeof value === 'boolean', expected: 'true or false' },
  memory: oneOf('private', 'shared'),
  cpu: oneOf('light', 'heavy'),
  coordination: { accepts: isCoordination, expected: '{ with: a reference to a running actor }' },
  compartment: { accepts: (value) => typeof value === 'string' && value !== '', expected: 'a name' },
  afterFence: oneOf('replace', 'wait'),
  limits: anObject,
  sandbox: anObject,
}

const LIMITS: Readonly<Record<keyof IsolationLimits, Rule<number> | 'mailbox'>> = {
  // Node.js takes whole megabytes only, and does not get through its own start with less.
  heapMb: {
    accepts: (value) => Number.isSafeInteger(value) && value >= 16,
    expected: 'a whole number of megabytes, 16 or more',
  },
  rssMb: {
    accepts: (value) => value >= RSS_MB_MIN,
    expected: `a number of megabytes, ${RSS_MB_MIN} or more: Node.js itself takes 70 to 90`,
  },
  stackMb: {
    accepts: (value) => value >= 0.5 && value <= 1_024,
    expected: 'a number of megabytes from 0.5 to 1024',
  },
  handlerMs: { accepts: (value) => value > 0, expected: 'a number above 0' },
  mailbox: 'mailbox',
}

/** A reference by name is fine while nobody holds the name: what counts is who holds it when the actor is placed. */
function isCoordination(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.keys(value).some((field) => field !== 'with')) return false
  const other = (value as Partial<NonNullable<IsolationHints['coordination']>>).with
  return typeof other === 'object' && other !== null && 'pid' in other && (other.pid === undefined || isPid(other.pid))
}
