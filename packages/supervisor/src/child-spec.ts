import {
  type Args,
  type Behaviour,
  checkFields,
  checkIsolation,
  checkMailbox,
  hintElsewhere,
  InvalidOption,
  type Isolation,
  type MailboxLimits,
  plainIsolation,
} from '@bulkhead/core'
import type { AutoShutdown } from './auto-shutdown.ts'
import { type BackoffOptions, checkBackoff } from './backoff.ts'
import type { RestartType } from './restart.ts'
import type { Shutdown } from './shutdown.ts'

/** What `child` takes besides the behaviour and its arguments. */
export interface ChildOptions {
  /** Unique within its supervisor, and the child's place in the tree. Default: the behaviour's name. OTP: `id`. */
  readonly id?: string
  /** Registered for the child before its `init` runs, again at each restart. Default none. */
  readonly name?: string
  /** When an ended child is started again. Default `permanent`. OTP: `restart`. */
  readonly restart?: RestartType
  /** Default 5,000 for workers and `infinity` for supervisors, whose own children need their time. OTP: `shutdown`. */
  readonly shutdown?: Shutdown
  /** Whether its end may end the supervisor: see `autoShutdown`. Default false. OTP: `significant`. */
  readonly significant?: boolean
  /** Where the child lives. Default: what its behaviour says. */
  readonly isolation?: Isolation
  /** Bounds of its mailbox. Default unbounded. */
  readonly mailbox?: MailboxLimits
  /** Milliseconds that one start may take, loading included. Default Infinity. */
  readonly startTimeoutMs?: number
  /** Waits before restarts, longer each time. Default none: restarts are immediate, as OTP's. */
  readonly backoff?: BackoffOptions
  /** When the restart intensity is exceeded by this child, leave it stopped instead of giving up. Default false. */
  readonly hold?: boolean
  /**
   * Whether a child that took its node down is restarted behind a wall further out: on a thread of its own, then in a process of its own. False
   * keeps it where its hints put it. Default true.
   */
  readonly adapt?: boolean
}

/** The recipe for one child, complete and plain: it can be sent to a supervisor on another node. Made by `child`. */
export interface ChildSpec {
  readonly id: string
  readonly behaviour: Behaviour<never, unknown>
  readonly args: Args
  readonly restart: RestartType
  readonly shutdown: Shutdown
  readonly type: 'worker' | 'supervisor'
  readonly significant: boolean
  readonly hold: boolean
  readonly adapt: boolean
  readonly name?: string
  readonly isolation?: Isolation
  readonly mailbox?: MailboxLimits
  readonly startTimeoutMs?: number
  readonly backoff?: BackoffOptions
}

/**
 * Describes a child. The behaviour gives the types of `args`.
 * Throws `InvalidOption`, with the field `children.<id>.<option>`. OTP: `supervisor:child_spec()`.
 */
export function child<A extends Args>(
  behaviour: Behaviour<A, unknown>,
  args: NoInfer<A>,
  options: ChildOptions = {},
): ChildSpec {
  checkBehaviour('child', behaviour)
  if (!isRecord(options))
    throw new InvalidOption('options', options, "give the child's options as an object, or nothing")
  const id = typeof options.id === 'string' ? options.id : behaviour.name
  checkFields(options, OPTIONS, 'option', `children.${id}`, hintElsewhere)
  return checkChildSpec({ id: behaviour.name, ...defined(options), behaviour, args })
}

/**
 * Checks a spec of unknown origin and fills in the defaults.
 * Throws `InvalidOption` for the first field that is wrong, or that does not exist: OTP would drop it.
 */
export function checkChildSpec(value: unknown): ChildSpec {
  if (!isRecord(value))
    throw new InvalidOption('children', value, 'describe each child with child(Behaviour, [arguments])')
  const given = defined(value)
  const id = checkId(given['id'])
  checkFields(value, [...OPTIONS, 'behaviour', 'args', 'type'], 'option', `children.${id}`, hintElsewhere)
  const field = (name: string): string => `children.${id}.${name}`
  const behaviour = checkBehaviour(field('behaviour'), given['behaviour'])
  const restart = oneOf(field('restart'), given['restart'] ?? 'permanent', RESTART_TYPES)
  const spec = {
    id,
    behaviour,
    args: checkArgs(field('args'), given['args'] ?? []),
    restart,
    shutdown: checkShutdown(field('shutdown'), given['shutdown'] ?? DEFAULT_SHUTDOWN[behaviour.type]),
    type: checkType(field('type'), given['type'] ?? behaviour.type, behaviour),
    significant: checkBoolean(field('significant'), given['significant'] ?? false),
    hold: checkBoolean(field('hold'), given['hold'] ?? false),
    adapt: checkBoolean(field('adapt'), given['adapt'] ?? true),
    ...checkWhenGiven(field, given),
  }
  checkCombinations(field, spec)
  return spec
}

/** Checks the children of one supervisor together. Throws `InvalidOption`; then no child is started. OTP: `supervisor:check_childspecs/2`. */
export function checkChildSpecs(values: unknown, autoShutdown: AutoShutdown): ChildSpec[] {
  if (!Array.isArray(values)) throw new InvalidOption('children', values, 'give a list of children; it may be empty')
  const specs = values.map((value: unknown) => checkSignificance(checkChildSpec(value), autoShutdown))
  const ids = new Set<string>()
  for (const { id } of specs) {
    if (ids.has(id)) {
      throw new InvalidOption(`children.${id}.id`, id, 'it is taken by another child: give each an id of its own')
    }
    ids.add(id)
  }
  return specs
}

/** A significant child needs a supervisor that reacts to it. Throws `InvalidOption`. OTP: `bad_combination`. */
export function checkSignificance(spec: ChildSpec, autoShutdown: AutoShutdown): ChildSpec {
  if (spec.significant && autoShutdown === 'never') {
    const expected = `autoShutdown is 'never', so nothing would happen: set it to 'any_significant' or 'all_significant'`
    throw new InvalidOption(`children.${spec.id}.significant`, true, expected)
  }
  return spec
}

export const RESTART_TYPES: readonly RestartType[] = ['permanent', 'transient', 'temporary']

/** What a program may say about a child; what else a spec holds comes from its behaviour. */
const OPTIONS: readonly (keyof ChildOptions)[] = [
  'id',
  'name',
  'restart',
  'shutdown',
  'significant',
  'isolation',
  'mailbox',
  'startTimeoutMs',
  'backoff',
  'hold',
  'adapt',
]

const DEFAULT_SHUTDOWN = { worker: 5_000, supervisor: 'infinity' } as const

/** One of the given words, or `InvalidOption`. */
export function oneOf<const T extends string>(field: string, value: unknown, words: readonly T[]): T {
  const found = words.find((word) => word === value)
  if (found === undefined) throw new InvalidOption(field, value, `give one of ${words.join(', ')}`)
  return found
}

function checkId(value: unknown): string {
  if (typeof value === 'string' && value !== '' && !value.includes('/')) return value
  throw new InvalidOption(
    'children.id',
    value,
    'give the child an id: a string that is not empty and has no / (it is part of a path)',
  )
}

function checkBehaviour(field: string, value: unknown): Behaviour<never, unknown> {
  const { key, url, name, type } = isRecord(value) ? value : {}
  const texts = [key, url, name].every((text) => typeof text === 'string' && text !== '')
  if (texts && (type === 'worker' || type === 'supervisor')) return value as Behaviour<never, unknown>
  throw new InvalidOption(field, value, 'pass what defineServer, defineActor or defineSupervisor returned')
}

function checkType(field: string, value: unknown, { type, name }: Behaviour<never, unknown>): 'worker' | 'supervisor' {
  if (value === type) return type
  throw new InvalidOption(field, value, `${name} is a ${type}: leave it out`)
}

function checkArgs(field: string, value: unknown): Args {
  if (Array.isArray(value)) return value
  throw new InvalidOption(field, value, "give the list of init's arguments")
}

function checkShutdown(field: string, value: unknown): Shutdown {
  if (value === 'infinity' || value === 'brutal_kill') return value
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  throw new InvalidOption(field, value, `give whole milliseconds, 0 or more, 'infinity' or 'brutal_kill'`)
}

function checkBoolean(field: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new InvalidOption(field, value, 'give true or false')
}

type Given = Readonly<Record<string, unknown>>
type Optional = Pick<ChildSpec, 'name' | 'isolation' | 'mailbox' | 'startTimeoutMs' | 'backoff'>

/** The options without a default: absent from the spec when they were not given. */
function checkWhenGiven(field: (name: string) => string, given: Given): Optional {
  const checks: { readonly [K in keyof Required<Optional>]: (at: string, value: unknown) => Required<Optional>[K] } = {
    name: checkName,
    isolation: isolationOf,
    mailbox: mailboxOf,
    startTimeoutMs: checkStartTimeout,
    backoff: checkBackoff,
  }
  const present = Object.entries(checks).filter(([name]) => given[name] !== undefined)
  return Object.fromEntries(present.map(([name, check]) => [name, check(field(name), given[name])]))
}

function checkName(field: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  throw new InvalidOption(field, value, 'give the name to register: a string that is not empty')
}

function isolationOf(field: string, value: unknown): Isolation {
  checkIsolation(value, field)
  return plainIsolation(value as Isolation)
}

function mailboxOf(field: string, value: unknown): MailboxLimits {
  checkMailbox(value, field)
  return value
}

function checkStartTimeout(field: string, value: unknown): number {
  if (typeof value === 'number' && value > 0) return value
  throw new InvalidOption(field, value, 'give milliseconds, more than 0')
}

function checkCombinations(field: (name: string) => string, spec: ChildSpec): void {
  if (spec.significant && spec.restart === 'permanent') {
    const expected =
      'a permanent child is always restarted and never shuts its supervisor down: make it transient or temporary'
    throw new InvalidOption(field('significant'), true, expected)
  }
  if (spec.restart !== 'temporary') return
  const useless = 'a temporary child is never restarted: leave it out, or make the child permanent or transient'
  if (spec.hold) throw new InvalidOption(field('hold'), true, useless)
  if (spec.backoff) throw new InvalidOption(field('backoff'), spec.backoff, useless)
}

function isRecord(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The same without the options that are `undefined`: they were not given. */
function defined(options: object): Given {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
