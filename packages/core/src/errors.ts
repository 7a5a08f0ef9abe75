import { binaryText } from './binary-text.ts'
import type { Evidence, ExitReason } from './actor/exit-reason.ts'
import type { Pid } from './actor/pid.ts'

/** Every error that Bulkhead itself raises: `code` is stable and explained in docs/errors.md. */
export class BulkheadError extends Error {
  /** Said here and in each subclass, since a minified bundle renames classes. */
  static override readonly name: string = 'BulkheadError'
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
  override get name(): string {
    return this.constructor.name
  }
}

/** A value that the caller passed is wrong: the message names the field, the value and what to do. Code `invalid_option`. */
export class InvalidOption extends BulkheadError {
  static override readonly name = 'InvalidOption'
  readonly field: string
  readonly value: unknown
  constructor(field: string, value: unknown, expected: string) {
    super('invalid_option', `${field} is ${show(value)}: ${expected}`)
    this.field = field
    this.value = value
  }
}

/** `self` or a reference bound to it was used after the actor had ended. Code `actor_exited`. */
export class ActorExited extends BulkheadError {
  static override readonly name = 'ActorExited'
  readonly pid: Pid
  constructor(pid: Pid) {
    super(
      'actor_exited',
      pid.endsWith('.0>')
        ? `the system has stopped, or this node of it: references that were got from it can no longer be used (${pid})`
        : `actor ${pid} has exited: its self and the references bound to it can no longer be used`,
    )
    this.pid = pid
  }
}

/**
 * A call got no reply. `reason` is the callee's exit reason, or why it could not answer:
 * `noproc`, `noconnection`, `timeout`, `calling_self`, `overloaded`, `undecodable`, `undefined_call`. `code` is that word,
 * or `exited` for any other exit reason. OTP: the reason with which `gen_server:call` exits.
 */
export class CallFailed extends BulkheadError {
  static override readonly name = 'CallFailed'
  readonly reason: ExitReason
  readonly target: Pid | string
  readonly call: string
  constructor(target: Pid | string, call: string, reason: ExitReason) {
    super(
      typeof reason === 'string' && Object.hasOwn(CALL_WORDS, reason) ? reason : 'exited',
      `call ${call} to ${target} failed: ${wordsOf(reason)}`,
      reason instanceof Error ? { cause: reason } : undefined,
    )
    this.reason = reason
    this.target = target
    this.call = call
  }
}

function wordsOf(reason: ExitReason): string {
  return typeof reason === 'string' && Object.hasOwn(CALL_WORDS, reason) ? (CALL_WORDS[reason] as string) : show(reason)
}

const CALL_WORDS: Readonly<Record<string, string>> = {
  noproc: 'noproc (there is no such actor)',
  noconnection: 'noconnection (its node went down)',
  timeout: 'timeout (no reply in time; within(ms) gives it more)',
  calling_self: 'calling_self (an actor that calls itself would wait for ever)',
  overloaded: 'overloaded (its mailbox is full)',
  undecodable: 'undecodable (its arguments, or its reply, do not decode)',
  undefined_call: 'undefined_call (it has no such call)',
  callback_failed: 'callback_failed (the function that was given threw)',
}

/**
 * An actor could not be started. `reason` is what its `init` failed with, `'timeout'`, `'ignore'`, `{ already_started: pid }`,
 * `'noconnection'`, or a {@link BulkheadError} that explains. Code `start_failed`.
 */
export class StartFailed extends BulkheadError {
  static override readonly name = 'StartFailed'
  readonly reason: ExitReason
  /** What is known of the end of the node on which it was to live, when that is why. */
  readonly node: Evidence | undefined
  constructor(behaviour: string, reason: ExitReason, node?: Evidence) {
    const { sentence, cause } = whyNotStarted(reason)
    const ended = node === undefined ? '' : ` (node ${node.node} ended: ${endOf(node)})`
    super(
      'start_failed',
      `${behaviour} did not start: ${sentence}${ended}`,
      cause instanceof Error ? { cause } : undefined,
    )
    this.reason = reason
    this.node = node
  }
}

/** The cause, and with what: `exited 3`, `signaled SIGKILL`. */
const endOf = ({ cause, code, signal }: Evidence): string =>
  [cause, code, signal].filter((part) => part !== undefined).join(' ')

interface FailedChild {
  readonly shutdown?: { readonly failed_to_start_child?: unknown; readonly reason?: unknown } | null
}

/**
 * Why something did not start, in a line, and what really failed: a supervisor that did not start because of a child hands on why that did not,
 * and so on down to that. `isHandedOn`: it was.
 */
export function whyNotStarted(reason: ExitReason): {
  readonly sentence: string
  readonly cause: unknown
  readonly isHandedOn: boolean
} {
  let sentence = ''
  let cause: unknown = reason
  for (;;) {
    const failed = (cause as FailedChild | null | undefined)?.shutdown
    if (typeof failed?.failed_to_start_child !== 'string') break
    sentence += `its child ${failed.failed_to_start_child} did not start: `
    cause = failed.reason
  }
  return { sentence: sentence + show(cause), cause, isHandedOn: sentence !== '' }
}

/** A name could not be registered. Code `name_taken`, `already_named`, `noproc` or `not_registered`. */
export class NameError extends BulkheadError {
  static override readonly name = 'NameError'
  readonly registeredName: string
  /** Who holds the name, for `name_taken`. */
  readonly holder: Pid | undefined
  constructor(
    code: 'name_taken' | 'already_named' | 'noproc' | 'not_registered',
    name: string,
    message: string,
    holder?: Pid,
  ) {
    super(code, message)
    this.registeredName = name
    this.holder = holder
  }
}

/** Isolation hints that contradict each other, or that this system cannot meet. Code `placement`. */
export class PlacementError extends BulkheadError {
  static override readonly name = 'PlacementError'
  constructor(message: string) {
    super('placement', message)
  }
}

/** A behaviour could not be found or loaded on the node that should run it. Code `not_loadable`. */
export class NotLoadable extends BulkheadError {
  static override readonly name = 'NotLoadable'
  constructor(message: string, options?: ErrorOptions) {
    super('not_loadable', message, options)
  }
}

/** What of a value is looked at for a line: so many entries of each object, and so many characters of each text. */
const entriesShown = 100
const charactersShown = 300

/** A printed form that never throws, never grows beyond a line, and costs no more than that, however large the value is. */
export function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (typeof value === 'string')
    return value.length > 200 ? JSON.stringify(value.slice(0, 200)) + '…' : JSON.stringify(value)
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`
  if (typeof value === 'object' && value !== null) {
    try {
      const text = binaryText(value) ?? JSON.stringify(value, (_key, inner: unknown) => shown(inner))
      return text.length > charactersShown ? text.slice(0, charactersShown) + '…' : text
    } catch {
      return Object.prototype.toString.call(value)
    }
  }
  return String(value)
}

/** What JSON is to make of a value. Memory is replaced before JSON asks it for its keys, or a Buffer for a list of its bytes. */
function shown(value: unknown): unknown {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return value.length > charactersShown ? value.slice(0, charactersShown) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.slice(0, entriesShown).map((item: unknown) => binaryText(item) ?? item)
  const fields: Record<string, unknown> = {}
  let count = 0
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue
    if (count++ === entriesShown) break
    const field = (value as Record<string, unknown>)[key]
    Object.defineProperty(fields, key, { value: binaryText(field) ?? field, enumerable: true })
  }
  return fields
}
