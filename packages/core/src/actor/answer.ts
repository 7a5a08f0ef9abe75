import { InvalidOption } from '../errors.ts'
import { checkFields } from '../known-fields.ts'
import type { ExitReason } from './exit-reason.ts'
import type { From } from './from.ts'

/**
 * What a handler can return besides a plain value. They are told by a brand and not by their class, since a program may hold two copies of
 * this module.
 */
const BRAND = Symbol.for('bulkhead.answer')

/** An answer that fails the caller only. */
export interface Refusal {
  readonly [BRAND]: 'refuse'
  readonly error: unknown
}
/** No answer yet: `reply(from, value)` gives it. */
export interface Later<R> {
  readonly [BRAND]: 'later'
  readonly take: (from: From<R>) => void
}
/** The end of the actor, with an optional last reply. */
export interface Stop<R = never> {
  readonly [BRAND]: 'stop'
  readonly reason: ExitReason
  readonly hasReply: boolean
  readonly reply: R | undefined
}
/** Nothing to start: the actor ends `normal` and its starter learns `ignored`. */
export interface Ignore {
  readonly [BRAND]: 'ignore'
}
/** A state (from init) or a reply (from a handler), and `continue(argument)` before anything else in the mailbox. */
export interface Continue<V, C = unknown> {
  readonly [BRAND]: 'continue'
  readonly value: V
  readonly argument: C
}

/** A state (from init) or a reply (from a handler), and an `IdleTimeout` for `info` when nothing comes for `ms` milliseconds. */
export interface WithTimeout<V> {
  readonly [BRAND]: 'timeout'
  readonly value: V
  readonly ms: number
}

export type Answer = Refusal | Later<unknown> | Stop<unknown> | Ignore | Continue<unknown> | WithTimeout<unknown>

export function answerKind(value: unknown): Answer[typeof BRAND] | undefined {
  return typeof value === 'object' && value !== null ? (value as Partial<Answer>)[BRAND] : undefined
}

/**
 * From a call: fails the caller with `error` and nobody else; the server goes on. For domain errors; a throw is a crash. From `init`: the start
 * fails with `error`, which is no crash (OTP: `{error, Reason}`). May be thrown as well as returned, as all of these.
 */
export function refuse(error: unknown): Refusal {
  return { [BRAND]: 'refuse', error }
}

/** Answers later: keep `from` and call `reply(from, value)` from anywhere (OTP: `{noreply, State}` and `gen_server:reply`). */
export function later<R = unknown>(take: (from: From<R>) => void): Later<R> {
  if (typeof take !== 'function')
    throw new InvalidOption('take', take, 'give later() a function that keeps the From until there is a reply')
  return { [BRAND]: 'later', take }
}

/** Ends the actor with `reason`; `terminate` runs first and the reply, if any, is sent after it (OTP: `{stop, Reason, Reply, State}`). */
export function stop<R = never>(reason: ExitReason = 'normal', options?: { readonly reply: R }): Stop<R> {
  if (options !== undefined) {
    if (typeof options !== 'object' || options === null)
      throw new InvalidOption('options', options, 'give stop(reason, { reply }), or the reason alone')
    checkFields(options, ['reply'])
  }
  return { [BRAND]: 'stop', reason, hasReply: options !== undefined && 'reply' in options, reply: options?.reply }
}

/** From `init`: there is nothing to run (OTP: `ignore`). */
export function ignore(): Ignore {
  return { [BRAND]: 'ignore' }
}

/** From `init`, a state; from a call, a reply, `later(…)` or `refuse(…)`: and then `continue(argument)` before anything in the mailbox (OTP: `{continue, C}`). */
export function andContinue<V, C = unknown>(value: V, argument: C): Continue<V, C> {
  return { [BRAND]: 'continue', value, argument }
}

/**
 * From `init`, a state; from a call, a reply, `later(…)` or `refuse(…)`: and an `IdleTimeout` for `info` unless something comes within `ms`
 * milliseconds. Whatever comes first ends the wait, and so does 0 when something is there already; a system request restarts it (OTP: the timeout
 * in a callback's return value). Throws `InvalidOption`.
 */
export function andTimeout<V>(value: V, ms: number): WithTimeout<V> {
  if (typeof ms !== 'number' || !(ms >= 0)) throw new InvalidOption('ms', ms, 'give milliseconds from 0, or Infinity')
  return { [BRAND]: 'timeout', value, ms }
}
