import type { Cell } from '../actor/cell.ts'
import { From } from '../actor/from.ts'
import type { Pid } from '../actor/pid.ts'
import { nodeOf } from '../actor/pid.ts'
import type { Destination } from '../actor/self.ts'
import { ActorExited, BulkheadError, CallFailed, InvalidOption } from '../errors.ts'
import type { ExitReason } from '../actor/exit-reason.ts'
import { observeOut } from '../actor/observed.ts'
import type { Kernel } from '../node/kernel.ts'
import { resolve, sendTo, shownAs } from '../node/deliver.ts'
import { ownReason } from '../node/reasons.ts'
import type { Timer } from '../node/timers.ts'
import { encodeOptions, wayTo } from '../node/way.ts'
import { closeCall } from './open-calls.ts'
import type { Decoder, Encoded, Encoder } from './codec.ts'
import { NotSendable, printable, Undecodable } from './codec.ts'
import { letGo } from './encoded.ts'
import { requestBody } from './request-body.ts'
import { sendableError } from './sendable-error.ts'

/** OTP's default for `gen_server:call`. */
export const CALL_TIMEOUT_MS = 5_000

/** A call, system request or request id that waits for the first of: reply, the callee's end, timeout. */
export interface PendingCall {
  readonly cell: Cell
  readonly target: Pid
  readonly timer: Timer | undefined
  /** Whether it decodes the answer later than at once. */
  readonly keepsAnswer: boolean
  /** The answer is there, still encoded. */
  answered(kind: 'reply' | 'refusal', encoded: Encoded, decoder: Decoder): void
  failed(reason: ExitReason): void
}

/** Throws `InvalidOption` unless `ms` is a time that a call can wait. */
export function checkTimeout(field: string, ms: unknown): asserts ms is number {
  if (typeof ms !== 'number' || !(ms >= 0) || (ms !== Infinity && ms > Number.MAX_SAFE_INTEGER)) {
    throw new InvalidOption(field, ms, 'give milliseconds from 0, or Infinity')
  }
}

/**
 * Calls: one ref is monitor and reply address in one, gone at the first of reply, end of the callee, timeout. The reply never enters the
 * mailbox.
 */
export function call(
  cell: Cell,
  to: Destination,
  name: string,
  args: readonly unknown[],
  timeoutMs: number,
): Promise<unknown> {
  return ask(cell, 'call', to, name, requestBody(name, args), timeoutMs)
}

/** The same for any request; `name` is what it is called when it fails. Throws `ActorExited`. */
export function ask(
  cell: Cell,
  kind: 'call' | 'system',
  to: Destination,
  name: string,
  body: readonly unknown[],
  timeoutMs: number,
): Promise<unknown> {
  if (cell.dead) throw new ActorExited(cell.pid)
  const { kernel } = cell
  const target = resolve(kernel, to)
  if (target === undefined) return Promise.reject(new CallFailed(shownAs(to), name, 'noproc'))
  if (target === cell.pid) return Promise.reject(new CallFailed(shownAs(to), name, 'calling_self'))
  const ref = kernel.nextRef()
  return new Promise((settle, reject: (error: unknown) => void) => {
    const timer = timeoutMs === Infinity ? undefined : kernel.timers.set(timeoutMs, () => expire(kernel, ref))
    cell.callCount++
    kernel.calls.set(ref, new AwaitedCall(cell, target, timer, to, name, settle, reject))
    try {
      sendTo(cell, kind, target, target, body, ref)
    } catch (error) {
      finish(kernel, ref)
      reject(error)
    }
  })
}

/** A call whose promise somebody awaits. */
class AwaitedCall implements PendingCall {
  readonly cell: Cell
  readonly target: Pid
  readonly timer: Timer | undefined
  readonly keepsAnswer = false
  readonly #to: Destination
  readonly #name: string
  readonly #settle: (value: unknown) => void
  readonly #reject: (error: unknown) => void

  constructor(
    cell: Cell,
    target: Pid,
    timer: Timer | undefined,
    to: Destination,
    name: string,
    settle: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.cell = cell
    this.target = target
    this.timer = timer
    this.#to = to
    this.#name = name
    this.#settle = settle
    this.#reject = reject
  }

  answered(kind: 'reply' | 'refusal', { segment, beside, start, end }: Encoded, decoder: Decoder): void {
    const { cell } = this
    try {
      const value = cell.kernel.decodeFor(cell, decoder, segment, beside, start, end)
      if (kind === 'reply') this.#settle(value)
      else this.#reject(value)
    } catch (error) {
      if (!(error instanceof Undecodable)) throw error
      this.failed('undecodable')
    }
  }

  failed(reason: ExitReason): void {
    this.#reject(new CallFailed(shownAs(this.#to), this.#name, ownReason(this.cell, reason)))
  }
}

/** Nobody waits any more for what comes of this ref: an answer that is on its way is dropped. */
export function abandon(kernel: Kernel, ref: number): void {
  const pending = finish(kernel, ref)
  if (pending !== undefined) kernel.signal({ kind: 'demonitor', to: pending.target, from: pending.cell.pid, ref })
}

function finish(kernel: Kernel, ref: number): PendingCall | undefined {
  const pending = kernel.calls.get(ref)
  if (pending === undefined) return undefined
  kernel.calls.delete(ref)
  pending.cell.callCount--
  if (pending.timer !== undefined) kernel.timers.drop(pending.timer)
  return pending
}

function expire(kernel: Kernel, ref: number): void {
  const pending = finish(kernel, ref)
  if (pending === undefined) return
  kernel.signal({ kind: 'demonitor', to: pending.target, from: pending.cell.pid, ref })
  pending.failed('timeout')
}

/** The callee, its node or its mailbox says that there will be no reply. False: no call waits for it. */
export function failCall(kernel: Kernel, ref: number, reason: ExitReason): boolean {
  const pending = finish(kernel, ref)
  if (pending === undefined) return false
  pending.failed(reason)
  return true
}

/**
 * A reply or refusal has arrived. `from` is who answered; when that is not who was asked, the one asked may forget the call. `isLent`: the bytes are
 * there only until this returns.
 */
export function settleCall(
  kernel: Kernel,
  kind: 'reply' | 'refusal',
  ref: number,
  from: Pid,
  encoded: Encoded,
  decoder: Decoder,
  isLent = false,
): void {
  const pending = finish(kernel, ref)
  if (pending === undefined) {
    kernel.deadLetter(kernel.pidOf(0), from, 'late_reply')
    return
  }
  if (from !== pending.target) kernel.signal({ kind: 'demonitor', to: pending.target, from: pending.cell.pid, ref })
  kernel.counters.handled++
  pending.answered(kind, isLent && pending.keepsAnswer ? encoded.copy() : encoded, decoder)
  if (encoded.isAlone && !pending.keepsAnswer) letGo(encoded.segment)
}

/** Calls of an actor that has ended: they never settle, and the callees may forget them. */
export function dropCallsOf(kernel: Kernel, cell: Cell): void {
  if (cell.callCount === 0) return
  for (const [ref, { target }] of kernel.calls.where((pending) => pending.cell === cell)) {
    finish(kernel, ref)
    kernel.signal({ kind: 'demonitor', to: target, from: cell.pid, ref })
  }
}

/** Calls to actors of a node that went down. */
export function failCallsTo(kernel: Kernel, node: number, reasonOf: (pid: Pid) => ExitReason): void {
  for (const [ref, { target }] of kernel.calls.where((pending) => nodeOf(pending.target) === node))
    failCall(kernel, ref, reasonOf(target))
}

/** What a caller hears of a refusal that cannot be sent as it is: an error keeps its class, anything else is printed. */
function refusalFor(value: unknown, encoder: Encoder): Error {
  const error = value instanceof Error ? sendableError(value, encoder) : undefined
  return error ?? new BulkheadError('refused', printable(value))
}

const ANSWER = { reply: encodeOptions('reply'), refusal: encodeOptions('error') }

/** Sends an answer from `cell`. Throws `NotSendable`. */
export function answer(cell: Cell, kind: 'reply' | 'refusal', caller: Pid, ref: number, value: unknown): void {
  const { kernel } = cell
  closeCall(cell, caller, ref)
  const remote = kernel.isLocal(caller) ? undefined : kernel.remoteOf(caller)
  let encoded: Encoded
  const options = ANSWER[kind][wayTo(remote)]
  try {
    encoded = kernel.encoder.encode(value, options)
  } catch (error) {
    if (kind === 'reply' || !(error instanceof NotSendable)) throw error
    encoded = kernel.encoder.encode(refusalFor(value, kernel.encoder), options)
  }
  kernel.counters.sent++
  if (remote !== undefined) remote.sendMail(kind, caller, cell, ref, encoded)
  else if (kernel.isLocal(caller)) settleCall(kernel, kind, ref, cell.pid, encoded, kernel.decoder)
}

/**
 * Answers a call that was deferred with `later`, from any actor that holds its `from`. Answering twice or answering a caller that is gone is
 * harmless (OTP: `gen_server:reply/2`). Throws `NotSendable`.
 */
export function reply<R>(from: From<R>, value: R): void {
  const cell = From.ownerOf(from as From)
  if (cell === undefined) throw new InvalidOption('from', from, 'pass the From that later() or a message gave you')
  if (cell.dead) throw new ActorExited(cell.pid)
  if (cell.system !== undefined) observeOut(cell, 'reply', from.caller, value)
  answer(cell, 'reply', from.caller, from.ref, value)
}
