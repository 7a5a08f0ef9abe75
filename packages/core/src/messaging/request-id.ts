import type { Cell } from '../actor/cell.ts'
import { Response } from '../actor/notices.ts'
import type { Outcome } from '../actor/notices.ts'
import { P } from '../actor/patterns.ts'
import type { Pid } from '../actor/pid.ts'
import { receive } from '../actor/receiving.ts'
import type { Destination } from '../actor/self.ts'
import { ActorExited, CallFailed, InvalidOption } from '../errors.ts'
import { checkFields } from '../known-fields.ts'
import { deliverNotice, resolve, sendMail, shownAs } from '../node/deliver.ts'
import { shareable } from '../node/reasons.ts'
import { abandon } from './call.ts'
import { Undecodable } from './codec.ts'
import { requestBody } from './request-body.ts'
import type { RequestIds } from './request-ids.ts'

/** How long to wait: milliseconds from now, or until the node's clock (`self.now()`) shows `abs`. Default Infinity. */
export type WaitTime = number | { readonly abs: number }

/**
 * A call that was sent and not waited for, by `ref.sendRequest`; its response comes into the mailbox of whoever sent it. OTP: the request id that
 * `gen_server:send_request` returns.
 */
export class RequestId<R = unknown> {
  readonly ref: number
  /** Whom it was sent to, and what was asked for. */
  readonly target: Pid | string
  readonly call: string
  /** Phantom: what is replied. */
  declare readonly replies?: () => R
  readonly #cell: Cell
  constructor(cell: Cell, ref: number, target: Pid | string, call: string) {
    this.#cell = cell
    this.ref = ref
    this.target = target
    this.call = call
  }
  /** The actor that sent it: nobody else can wait for the response. */
  static ownerOf(id: RequestId): Cell {
    if (typeof id !== 'object' || id === null || !(#cell in id))
      throw new InvalidOption('id', id, 'give what ref.sendRequest returned')
    return id.#cell
  }
}

/** Sends a call and goes on. Never fails: what is wrong with the receiver is the response. Throws `ActorExited`, `NotSendable`. */
export function sendRequest(cell: Cell, to: Destination, name: string, args: readonly unknown[]): RequestId {
  if (cell.dead) throw new ActorExited(cell.pid)
  const { kernel } = cell
  const target = resolve(kernel, to)
  const shown = shownAs(to)
  const ref = kernel.nextRef()
  cell.mailbox.mark(ref)
  const deliver = (outcome: () => Outcome<unknown>): void =>
    deliverNotice(cell, () => new Response(ref, outcome()), ref)
  const failed = (reason: unknown): void => {
    const why = shareable(kernel, reason)
    deliver(() => ({ kind: 'error', error: new CallFailed(shown, name, why()) }))
  }
  const id = new RequestId(cell, ref, shown, name)
  if (target === undefined) {
    failed('noproc')
    return id
  }
  cell.callCount++
  kernel.calls.set(ref, {
    cell,
    target,
    timer: undefined,
    failed,
    keepsAnswer: true,
    answered: (how, { segment, beside, start, end }, decoder) =>
      deliver(() => {
        try {
          const value = decoder.decode(segment, beside, start, end)
          return how === 'reply' ? { kind: 'reply', reply: value } : { kind: 'error', error: value }
        } catch (error) {
          if (!(error instanceof Undecodable)) throw error
          return { kind: 'error', error: new CallFailed(shown, name, 'undecodable') }
        }
      }),
  })
  try {
    sendMail(cell, 'call', target, requestBody(name, args), ref)
  } catch (error) {
    abandon(kernel, ref)
    throw error
  }
  return id
}

/**
 * Waits for the response. When the time is over the request lives on: its response may be waited for again, or comes as a `Response` to `info`
 * or `receive`. Like any `receive` it cannot wait beside another one of its actor. OTP: `gen_server:wait_response/2,3`.
 */
export function waitResponse<R>(id: RequestId<R>, time?: WaitTime): Promise<Outcome<R> | TimedOut>
export function waitResponse<R, L>(
  ids: RequestIds<R, L>,
  time?: WaitTime,
  options?: TakeOptions,
): Promise<OneResponse<R, L>>
export function waitResponse(
  what: RequestId | RequestIds<unknown, unknown>,
  time: WaitTime = Infinity,
  options: TakeOptions = {},
): Promise<unknown> {
  return what instanceof RequestId ? oneOf(what, time) : several(what).take(time, deletes(options))
}

/**
 * The same, but when the time is over the request is abandoned: its response, should it come, is dropped. Of several, all are. OTP:
 * `gen_server:receive_response/2,3`.
 */
export function receiveResponse<R>(id: RequestId<R>, time?: WaitTime): Promise<Outcome<R> | TimedOut>
export function receiveResponse<R, L>(
  ids: RequestIds<R, L>,
  time?: WaitTime,
  options?: TakeOptions,
): Promise<OneResponse<R, L>>
export async function receiveResponse(
  what: RequestId | RequestIds<unknown, unknown>,
  time: WaitTime = Infinity,
  options: TakeOptions = {},
): Promise<unknown> {
  const ids =
    what instanceof RequestId
      ? [what]
      : several(what)
          .list()
          .map(({ id }) => id)
  const outcome = what instanceof RequestId ? await oneOf(what, time) : await what.take(time, deletes(options))
  if (outcome.kind === 'timeout') for (const id of ids) abandon(RequestId.ownerOf(id).kernel, id.ref)
  return outcome
}

/**
 * Whether a message is the response to a request, and which: for `info` and `receive`, where all messages arrive. With several requests the
 * one that it answers is told, and with `delete` taken out. OTP: `gen_server:check_response/2,3`.
 */
export function checkResponse<R>(message: unknown, id: RequestId<R>): Outcome<R> | NoReply
export function checkResponse<R, L>(
  message: unknown,
  ids: RequestIds<R, L>,
  options?: TakeOptions,
): (Outcome<R> & Labelled<R, L>) | NoReply | NoRequest
export function checkResponse(
  message: unknown,
  what: RequestId | RequestIds<unknown, unknown>,
  options: TakeOptions = {},
): unknown {
  if (!(what instanceof RequestId)) return several(what).check(message, deletes(options))
  RequestId.ownerOf(what)
  return message instanceof Response && message.ref === what.ref ? message.outcome : { kind: 'no_reply' }
}

/** No response in time. */
export interface TimedOut {
  readonly kind: 'timeout'
}
/** The message is the response to something else, or none. */
export interface NoReply {
  readonly kind: 'no_reply'
}
/** There is no request to wait for. */
export interface NoRequest {
  readonly kind: 'no_request'
}
/** Which of several requests was answered. */
export interface Labelled<R, L> {
  readonly id: RequestId<R>
  readonly label: L
}
/** The next response to one of several requests. */
export type OneResponse<R, L> = (Outcome<R> & Labelled<R, L>) | TimedOut | NoRequest

export interface TakeOptions {
  /** Whether a request whose response was taken is taken out of the collection. Default false. */
  readonly delete?: boolean
}

/** What is no collection is told so. By what it can do, since this module knows no other class of it. */
function several(what: unknown): RequestIds<unknown, unknown> {
  if (typeof what === 'object' && what !== null && 'take' in what && 'check' in what)
    return what as RequestIds<unknown, unknown>
  throw new InvalidOption('id', what, 'give what ref.sendRequest returned, or RequestIds')
}

function deletes(options: TakeOptions): boolean {
  if (typeof options !== 'object' || options === null)
    throw new InvalidOption('options', options, 'give { delete: true }, or nothing')
  checkFields(options, ['delete'])
  return options.delete === true
}

function oneOf(id: RequestId, time: WaitTime): Promise<Outcome<unknown> | TimedOut> {
  return nextResponse(RequestId.ownerOf(id), id.ref, (ref) => ref === id.ref, time).then(
    (response) => response?.outcome ?? { kind: 'timeout' },
  )
}

/** The next response whose ref fits, none of which is older than `since`; undefined when the time is over. */
export function nextResponse(
  cell: Cell,
  since: number,
  fits: (ref: number) => boolean,
  time: WaitTime,
): Promise<Response | undefined> {
  if (cell.dead) throw new ActorExited(cell.pid)
  const isOurs = (message: unknown): message is Response => message instanceof Response && fits(message.ref)
  const ms = millisecondsOf(cell, time)
  return receive<Response | undefined>(
    cell,
    (on) => on.with(P.when(isOurs), (response) => response).after(ms, () => undefined),
    since,
  )
}

function millisecondsOf({ kernel }: Cell, time: WaitTime): number {
  if (typeof time === 'number' && time >= 0 && (time === Infinity || time <= Number.MAX_SAFE_INTEGER))
    return Math.ceil(time)
  const abs: unknown = typeof time === 'object' && time !== null ? time.abs : undefined
  if (typeof abs === 'number' && !Number.isNaN(abs)) return Math.max(0, Math.ceil(abs - kernel.platform.clock.now()))
  throw new InvalidOption('time', time, 'give milliseconds from 0, Infinity, or { abs: a time of self.now() }')
}
