import { BulkheadError, CallFailed } from '../errors.ts'
import { answer } from '../messaging/call.ts'
import { isAbandoned, keepOpen } from '../messaging/open-calls.ts'
import { signStack } from '../node/reasons.ts'
import type { CrashReport } from '../telemetry.ts'
import type { Continue, Later, Refusal, Stop, WithTimeout } from './answer.ts'
import { answerKind } from './answer.ts'
import type { Cell } from './cell.ts'
import type { Format } from './crash-facts.ts'
import { formatted, lastMessageOf } from './crash-facts.ts'
import type { ExitReason } from './exit-reason.ts'
import { reasonOfThrown } from './exit-reason.ts'
import { Exiting, leftoverFailed } from './exiting.ts'
import { From } from './from.ts'
import { Intrusion } from './intrusion.ts'
import type { Mail } from './mailbox.ts'
import { beginIdle } from './idle.ts'
import { Exit, IdleTimeout } from './notices.ts'
import { observeIn, observeNoReply, observeOut } from './observed.ts'
import { openMail } from './open-mail.ts'
import type { Pid } from './pid.ts'
import type { Begun, Program } from './program.ts'
import { selfOf } from './own-self.ts'
import { isThenable } from './thenable.ts'
import { timed } from './timed.ts'

type Handler = (self: unknown, ...args: unknown[]) => unknown

interface Spec {
  readonly init: Handler
  readonly calls?: Record<string, Handler>
  readonly casts?: Record<string, Handler>
  readonly info?: Handler
  readonly continue?: Handler
  readonly terminate?: Handler
  readonly formatState?: Format
  readonly formatMessage?: Format
  readonly formatReason?: Format
}

/** What is to happen with what a handler returned: a call has somebody to answer. */
type Caller = { readonly pid: Pid; readonly ref: number } | undefined

/** Runs the callbacks of `defineServer`: one mail at a time, without a promise where the handler needs none. */
export class ServerProgram implements Program {
  readonly acknowledges = true
  readonly handles = true
  readonly #name: string
  readonly #spec: Spec
  readonly #calls: ReadonlyMap<string, { readonly run: Handler; readonly label: string }>
  readonly #casts: ReadonlyMap<string, { readonly run: Handler; readonly label: string }>

  constructor(name: string, spec: Spec) {
    this.#name = name
    this.#spec = spec
    const labelled = (map: Record<string, Handler> = {}) =>
      new Map(Object.entries(map).map(([handler, run]) => [handler, { run, label: `${name}.${handler}` }]))
    this.#calls = labelled(spec.calls)
    this.#casts = labelled(spec.casts)
  }

  async begin(cell: Cell, args: readonly unknown[]): Promise<Begun> {
    let result: unknown
    try {
      result = await this.#spec.init(selfOf(cell), ...args)
    } catch (error) {
      if (error instanceof Exiting) return { exit: error.reason }
      if (cell.dead) leftoverFailed(cell, error)
      // An answer that was thrown is one that was returned, from deeper down.
      if (answerKind(error) === undefined) throw reasonOfThrown(error)
      result = error
    }
    switch (answerKind(result)) {
      case 'ignore':
        return 'ignore'
      case 'stop': {
        const { reason, hasReply } = result as Stop<unknown>
        if (hasReply) throw badReturn(`${this.#name}.init`, 'stop() with a reply, and nobody asked: give a reason only')
        return { exit: reason }
      }
      case 'continue': {
        const { value, argument } = result as Continue<unknown>
        cell.state = this.#stateIn(value)
        this.#continueNext(cell, argument)
        return 'ready'
      }
      case 'timeout': {
        const { value, ms } = result as WithTimeout<unknown>
        cell.state = this.#stateIn(value)
        this.#awaitIdle(cell, ms)
        return 'ready'
      }
      case 'refuse':
        return { refused: (result as Refusal).error }
      case 'later':
        throw badReturn(
          `${this.#name}.init`,
          'what only a call can: return the state, ignore(), refuse(), stop(), andContinue() or andTimeout()',
        )
      default:
        cell.state = result
        return 'ready'
    }
  }

  #stateIn(value: unknown): unknown {
    if (answerKind(value) === undefined) return value
    throw badReturn(`${this.#name}.init`, `another answer ${INSIDE}: give the state`)
  }

  handle(cell: Cell, mail: Mail): void {
    if (!openMail(cell, mail)) return
    if (mail.kind === 'notice' && mail.value instanceof Intrusion) {
      this.#run(cell, mail.value.label, undefined, mail.value.run, undefined)
      return
    }
    cell.lastMail?.forget()
    cell.lastMail = mail
    cell.kernel.counters.handled++
    const value = mail.value
    if (cell.system !== undefined) observeIn(cell, mail)
    if (mail.kind === 'call') this.#call(cell, mail, value as readonly unknown[])
    else if (mail.kind === 'cast') this.#cast(cell, value as readonly unknown[])
    else this.#info(cell, value)
  }

  #call(cell: Cell, mail: Mail, request: readonly unknown[]): void {
    const caller = { pid: mail.from as Pid, ref: mail.ref }
    const handler = this.#calls.get(request[0] as string)
    if (handler === undefined) {
      // OTP crashes the server here; a caller's typo that the types did not catch should not be the server's end.
      answer(cell, 'refusal', caller.pid, caller.ref, this.#undefined(cell, String(request[0])))
      return
    }
    this.#run(cell, handler.label, caller, () => invoke(handler.run, cell, request), mail)
  }

  #undefined(cell: Cell, call: string): CallFailed {
    const error = new CallFailed(cell.pid, call, 'undefined_call')
    const calls = [...this.#calls.keys()].join(', ')
    error.message += this.#casts.has(call)
      ? `: ${call} of ${this.#name} is a cast`
      : `: ${calls === '' ? `${this.#name} has none` : `those of ${this.#name} are ${calls}`}`
    return error
  }

  #cast(cell: Cell, request: readonly unknown[]): void {
    const handler = this.#casts.get(request[0] as string)
    if (handler === undefined)
      cell.kernel.log('warning', `${this.#name} has no cast ${String(request[0])}: dropped`, cell)
    else this.#run(cell, handler.label, undefined, () => invoke(handler.run, cell, request), cell.lastMail)
  }

  #info(cell: Cell, message: unknown): void {
    if (message instanceof Exit && message.from === cell.parent) {
      this.#end(cell, message.reason)
      return
    }
    const { info } = this.#spec
    if (info === undefined) {
      if (!(message instanceof Exit))
        cell.kernel.log('warning', `${this.#name} has no info: a message was dropped`, cell)
      return
    }
    this.#run(cell, `${this.#name}.info`, undefined, () => info(selfOf(cell), message), cell.lastMail)
  }

  /** Before any mail, but as a step of its own: a server that goes on for ever needs no stack, and starves nobody. */
  #continueNext(cell: Cell, argument: unknown): void {
    cell.next = () => this.#continue(cell, argument)
    cell.kernel.queue.add(cell)
  }

  #awaitIdle(cell: Cell, ms: number): void {
    beginIdle(cell, ms, () => this.#info(cell, new IdleTimeout(ms)))
  }

  #continue(cell: Cell, argument: unknown): void {
    const run = this.#spec.continue
    if (run === undefined) {
      this.#end(
        cell,
        new BulkheadError('undefined_continue', `${this.#name} has no continue, but andContinue() asked for it`),
      )
      return
    }
    this.#run(cell, `${this.#name}.continue`, undefined, () => run(selfOf(cell), argument), undefined)
  }

  #run(cell: Cell, label: string, caller: Caller, handler: () => unknown, mail: Mail | undefined): void {
    cell.kernel.enter(cell, label)
    const returned = timed(cell, label, mail)
    let result: unknown
    cell.serving = caller
    try {
      result = cell.kernel.runFor(cell, handler)
    } catch (error) {
      this.#failed(cell, caller, error)
      return
    } finally {
      cell.serving = undefined
      returned?.()
    }
    if (isThenable(result)) this.#awaitResult(cell, caller, result)
    else this.#settled(cell, caller, result)
  }

  #awaitResult(cell: Cell, caller: Caller, result: PromiseLike<unknown>): void {
    if (cell.dead) return
    cell.busy = true
    if (caller !== undefined && !isAbandoned(cell, caller.pid, caller.ref)) keepOpen(cell, caller.pid, caller.ref)
    Promise.resolve(result).then(
      (value) => this.#resume(cell, () => this.#settled(cell, caller, value)),
      (error: unknown) => this.#resume(cell, () => this.#failed(cell, caller, error)),
    )
  }

  #resume(cell: Cell, go: () => void): void {
    cell.busy = false
    go()
    if (!cell.dead && cell.mailbox.count > 0) cell.kernel.queue.add(cell)
  }

  /** Does what a handler's return value says. */
  #settled(cell: Cell, caller: Caller, result: unknown): void {
    if (cell.dead) return
    switch (answerKind(result)) {
      case undefined:
        this.#answer(cell, caller, 'reply', result)
        return
      case 'continue': {
        const { value, argument } = result as Continue<unknown>
        if (this.#replied(cell, caller, value)) this.#continueNext(cell, argument)
        return
      }
      case 'timeout': {
        const { value, ms } = result as WithTimeout<unknown>
        if (this.#replied(cell, caller, value)) this.#awaitIdle(cell, ms)
        return
      }
      case 'stop': {
        const { reason, hasReply, reply } = result as Stop<unknown>
        if (caller === undefined && hasReply) this.#end(cell, unasked(cell, 'stop() with a reply'))
        else this.#end(cell, reason, caller, hasReply ? { value: reply } : undefined)
        return
      }
      default:
        this.#replied(cell, caller, result)
    }
  }

  /** Gives whoever waits what there is for them now: a reply, a refusal, or nothing yet. False when that was the server's end. */
  #replied(cell: Cell, caller: Caller, value: unknown): boolean {
    const kind = answerKind(value)
    switch (kind) {
      case undefined:
        this.#answer(cell, caller, 'reply', value)
        break
      case 'refuse':
      case 'later':
        if (caller === undefined) this.#end(cell, unasked(cell, `${kind}()`))
        else if (kind === 'later') this.#answerLater(cell, caller, value as Later<unknown>)
        else this.#answer(cell, caller, 'refusal', (value as Refusal).error)
        break
      case 'ignore':
        this.#end(cell, badReturn(cell.handler, 'ignore(), which only init can'), caller)
        return false
      default:
        this.#end(cell, badReturn(cell.handler, `${kind === 'stop' ? 'stop()' : 'two answers'} ${INSIDE}`), caller)
        return false
    }
    return !cell.dead && !cell.busy
  }

  #answerLater(cell: Cell, caller: NonNullable<Caller>, { take }: Later<unknown>): void {
    if (cell.system !== undefined) observeNoReply(cell)
    if (!isAbandoned(cell, caller.pid, caller.ref)) keepOpen(cell, caller.pid, caller.ref)
    try {
      cell.kernel.runFor(cell, () => take(new From(caller.pid, caller.ref, cell)))
    } catch (error) {
      this.#failed(cell, caller, error)
    }
  }

  /** A reply that cannot be sent is the server's crash. */
  #answer(cell: Cell, caller: Caller, kind: 'reply' | 'refusal', value: unknown): void {
    if (caller === undefined) {
      if (cell.system !== undefined) observeNoReply(cell)
      return
    }
    try {
      if (kind === 'refusal') signStack(cell, value)
      if (cell.system !== undefined) observeOut(cell, kind, caller.pid, value)
      answer(cell, kind, caller.pid, caller.ref, value)
    } catch (error) {
      this.#end(cell, error, caller)
    }
  }

  #failed(cell: Cell, caller: Caller, error: unknown): void {
    if (cell.dead) {
      leftoverFailed(cell, error)
      return
    }
    // An answer that was thrown is one that was returned, from deeper down.
    if (answerKind(error) === undefined)
      this.#end(cell, error instanceof Exiting ? error.reason : reasonOfThrown(error), caller)
    else this.#settled(cell, caller, error)
  }

  /** Runs `terminate`, then sends the last reply, then ends the actor. */
  #end(cell: Cell, reason: ExitReason, caller?: Caller, last?: { readonly value: unknown }): void {
    if (caller !== undefined) keepOpen(cell, caller.pid, caller.ref)
    const finish = (final: ExitReason): void => {
      if (!cell.dead)
        cell.kernel.exit(
          cell,
          last === undefined || caller === undefined ? final : this.#answerLast(cell, caller, last.value, final),
        )
    }
    const failed = (error: unknown): void => {
      if (cell.dead) leftoverFailed(cell, error)
      else finish(error instanceof Exiting ? error.reason : reasonOfThrown(error))
    }
    cell.busy = true
    let ending: void | Promise<void>
    try {
      ending = this.terminate(cell, reason)
    } catch (error) {
      failed(error)
      return
    }
    if (ending instanceof Promise) ending.then(() => finish(reason), failed)
    else finish(reason)
  }

  /** The reason to exit with: a last reply that cannot be sent replaces it. */
  #answerLast(cell: Cell, caller: NonNullable<Caller>, value: unknown, reason: ExitReason): ExitReason {
    try {
      if (cell.system !== undefined) observeOut(cell, 'reply', caller.pid, value)
      answer(cell, 'reply', caller.pid, caller.ref, value)
      return reason
    } catch (error) {
      keepOpen(cell, caller.pid, caller.ref)
      return error
    }
  }

  stop(cell: Cell, reason: ExitReason): void {
    this.#end(cell, reason)
  }

  shown(message: unknown): unknown {
    return formatted('formatMessage', this.#spec.formatMessage, message)
  }

  shownReason(reason: ExitReason): ExitReason {
    return formatted('formatReason', this.#spec.formatReason, reason)
  }

  terminate(cell: Cell, reason: ExitReason): void | Promise<void> {
    const { terminate } = this.#spec
    if (terminate === undefined) return undefined
    const label = cell.handler
    cell.kernel.enter(cell, `${this.#name}.terminate`)
    const result = cell.kernel.runFor(cell, () => terminate(selfOf(cell), reason))
    // A crash report names the handler that crashed, not the one that cleaned up.
    cell.handler = label
    return isThenable(result) ? Promise.resolve(result as PromiseLike<void>) : undefined
  }

  shownState(cell: Cell): { readonly state: unknown } {
    return { state: formatted('formatState', this.#spec.formatState, cell.state) }
  }

  report(cell: Cell): Pick<CrashReport, 'lastMessage' | 'state'> {
    const last = lastMessageOf(cell, this.#spec.formatMessage)
    return cell.status === 'starting' ? last : { ...last, ...this.shownState(cell) }
  }
}

/** A request is the handler's name and its arguments, few as a rule: those need no array of their own. */
function invoke(run: Handler, cell: Cell, request: readonly unknown[]): unknown {
  const self = selfOf(cell)
  switch (request.length) {
    case 1:
      return run(self)
    case 2:
      return run(self, request[1])
    case 3:
      return run(self, request[1], request[2])
    default:
      return run(self, ...request.slice(1))
  }
}

const INSIDE = 'inside andContinue() or andTimeout()'

function unasked(cell: Cell, what: string): BulkheadError {
  return badReturn(cell.handler, `${what}, which only a call can: nobody waits for an answer`)
}

function badReturn(handler: string | undefined, what: string): BulkheadError {
  return new BulkheadError('bad_return_value', `${handler} returned ${what}`)
}
