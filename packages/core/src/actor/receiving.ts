import { isMatching } from 'ts-pattern'
import type { P as Patterns } from 'ts-pattern'
import { BulkheadError, InvalidOption } from '../errors.ts'
import type { Cell } from './cell.ts'
import { closeCall, isAbandoned, keepOpen } from '../messaging/open-calls.ts'
import { Intrusion } from './intrusion.ts'
import type { Mail } from './mailbox.ts'
import { openMail } from './open-mail.ts'
import { observeIn } from './observed.ts'
import type { Pid } from './pid.ts'
import type { ReceiveClauses } from './receive.ts'
import { handleSystem, isPaused } from './system-requests.ts'
import { timed } from './timed.ts'
import type { Waiting } from './waiting.ts'

interface Clause {
  readonly pattern: unknown
  readonly handler: (message: never) => unknown
}

class Clauses implements ReceiveClauses<unknown> {
  readonly list: Clause[] = []
  afterMs = Infinity
  onQuiet: () => unknown = () => undefined

  with<const Q extends Patterns.Pattern<unknown>, T>(
    pattern: Q,
    handler: (message: Patterns.infer<Q>) => T,
  ): ReceiveClauses<unknown> {
    checkHandler('with', handler)
    this.list.push({ pattern, handler })
    return this
  }

  after<T>(ms: number, handler: () => T): ReceiveClauses<unknown> {
    if (ms !== Infinity && !(Number.isSafeInteger(ms) && ms >= 0))
      throw new InvalidOption(
        'after',
        ms,
        'give whole milliseconds from 0, or Infinity; round up what is left of a time',
      )
    checkHandler('after', handler)
    this.afterMs = ms
    this.onQuiet = handler
    return this
  }
}

function checkHandler(clause: string, handler: unknown): void {
  if (typeof handler !== 'function')
    throw new InvalidOption(`${clause}.handler`, handler, `give .${clause} a function as its second argument`)
}

/** OTP's `receive … after`: see `ActorSelf.receive`. */
export function receive<R>(
  cell: Cell,
  build: (on: ReceiveClauses<never>) => ReceiveClauses<R>,
  since?: number,
): Promise<R> {
  if (cell.waiting !== undefined) {
    throw new BulkheadError(
      'receive_overlap',
      `${cell.path}: a receive is already waiting; await it before the next one`,
    )
  }
  if (typeof build !== 'function')
    throw new InvalidOption('clauses', build, 'give a function, such as (on) => on.with(pattern, handler)')
  const clauses = new Clauses()
  build(clauses)
  const { kernel } = cell
  return new Promise<R>((resolve, reject: (error: unknown) => void) => {
    const settle = (run: () => unknown, mail: Mail | undefined): void => {
      const label = `${cell.behaviour}.receive`
      kernel.enter(cell, label)
      const returned = mail && timed(cell, label, mail)
      try {
        resolve(kernel.runFor(cell, run) as R | PromiseLike<R>)
      } catch (error) {
        reject(error)
      } finally {
        returned?.()
      }
    }
    const waiting: Waiting = {
      timer: undefined,
      whenSeen: clauses.afterMs === 0 ? () => quiet() : undefined,
      offer(message) {
        let clause: Clause | undefined
        try {
          clause = clauses.list.find(({ pattern }) => isMatching(pattern as never, message))
        } catch (error) {
          leave()
          reject(error)
          return true
        }
        if (clause === undefined) return false
        const { handler } = clause
        leave()
        if (cell.lastMail !== undefined && cell.system !== undefined) observeIn(cell, cell.lastMail)
        settle(() => handler(message as never), cell.lastMail)
        return true
      },
      arm() {
        const { afterMs } = clauses
        if (afterMs === 0 || afterMs === Infinity || waiting.timer !== undefined) return
        waiting.timer = kernel.timers.set(afterMs, quiet)
        ;(cell.timers ??= new Map()).set(waiting.timer, undefined)
      },
      disarm() {
        if (waiting.timer === undefined) return
        kernel.timers.cancel(waiting.timer)
        cell.timers?.delete(waiting.timer)
        waiting.timer = undefined
      },
    }
    const leave = (): void => {
      if (cell.waiting === waiting) cell.waiting = undefined
      waiting.disarm()
    }
    const quiet = (): void => {
      leave()
      settle(clauses.onQuiet, undefined)
    }
    cell.waiting = waiting
    cell.mailbox.seen = since === undefined ? undefined : cell.mailbox.olderThan(since)
    const unseen = (): boolean => cell.waiting === waiting && cell.mailbox.news !== undefined
    // At once, as long as this turn of the event loop has room; the rest of a long mailbox in turns, like everybody's mail.
    while (unseen() && cell.suspendedBy === undefined && !isPaused(cell) && kernel.queue.spend())
      offerWaiting(cell, waiting)
    if (cell.waiting !== waiting) return
    if (isPaused(cell) || unseen()) kernel.queue.add(cell)
    else waiting.whenSeen?.()
    if (cell.waiting === waiting && !isPaused(cell)) waiting.arm()
  })
}

/** Mail was taken: those who wait for this mailbox to drain may go on, if it has. */
export function resumeSenders(cell: Cell): void {
  const { drainWaiters } = cell
  if (drainWaiters === undefined || cell.mailbox.bytes >= cell.kernel.highWaterBytes) return
  cell.drainWaiters = undefined
  for (const resume of drainWaiters) resume()
}

/** Offers the next mail that this receive has not seen. False when there is none. */
export function offerWaiting(cell: Cell, waiting: Waiting): boolean {
  const { mailbox } = cell
  const mail = mailbox.news
  if (mail === undefined) return false
  const previous = mailbox.seen
  // Taken before it is offered: the clause may start the next receive, which looks at the mailbox from its beginning.
  if (mail.kind === 'system') {
    // A server answers between two handlers, not while one of them waits in a receive.
    if (cell.program.handles) mailbox.seen = mail
    else {
      mailbox.take(mail, previous)
      handleSystem(cell, mail)
    }
    return true
  }
  mailbox.take(mail, previous)
  if (!openMail(cell, mail)) return true
  if (mail.kind === 'notice' && mail.value instanceof Intrusion) {
    mail.value.runWithin(cell)
    return true
  }
  cell.kernel.counters.handled++
  // A call that is taken here cannot be answered; its caller hears of this actor's end.
  const caller = mail.kind === 'call' && !isAbandoned(cell, mail.from as Pid, mail.ref) ? (mail.from as Pid) : undefined
  if (caller !== undefined) keepOpen(cell, caller, mail.ref)
  const { lastMail } = cell
  cell.lastMail = mail
  if (waiting.offer(mail.value)) {
    lastMail?.forget()
    resumeSenders(cell)
    return true
  }
  cell.lastMail = lastMail
  if (caller !== undefined) closeCall(cell, caller, mail.ref)
  cell.kernel.counters.handled--
  mailbox.putBack(mail, previous)
  mailbox.seen = mail
  return true
}
