import { InvalidOption } from '../errors.ts'
import { deliverNotice, resolve, sendEncoded } from '../node/deliver.ts'
import type { Kernel } from '../node/kernel.ts'
import type { Timer } from '../node/timers.ts'
import { partsOfAlias } from './alias.ts'
import type { Cell } from './cell.ts'
import type { TimerRef } from './notices.ts'
import { CancelledTimer, Timeout } from './notices.ts'
import { isPid } from './pid.ts'
import type { Destination } from './self.ts'

/** Milliseconds, or a time of the node's clock. */
type TimerTime = number | { readonly abs: number }

function checkMs(ms: unknown): asserts ms is number {
  if (typeof ms !== 'number' || !(ms >= 0) || ms > Number.MAX_SAFE_INTEGER) {
    throw new InvalidOption('ms', ms, 'give milliseconds, 0 or more')
  }
}

/** Milliseconds from now, for a time in either form. A time that has passed is none. Throws `InvalidOption`. */
function fromNow({ kernel }: Cell, time: TimerTime): number {
  if (typeof time !== 'object' || time === null) {
    checkMs(time)
    return time
  }
  const abs: unknown = time.abs
  if (typeof abs !== 'number' || Number.isNaN(abs)) throw new InvalidOption('ms.abs', abs, 'give a time of self.now()')
  return Math.max(0, abs - kernel.platform.clock.now())
}

export function sleep(cell: Cell, ms: number): Promise<void> {
  checkMs(ms)
  return new Promise((resolveSleep) => {
    const timer = cell.kernel.timers.set(ms, () => {
      cell.timers?.delete(timer)
      resolveSleep()
    })
    ;(cell.timers ??= new Map()).set(timer, undefined)
  })
}

/** OTP's `send_after`. A timer aimed at an actor of this node goes when that actor ends; the end of the one who set it changes nothing. */
export function sendAfter(cell: Cell, time: TimerTime, to: Destination, message: unknown): TimerRef {
  const ms = fromNow(cell, time)
  const { kernel } = cell
  const alias = partsOfAlias(to)
  if (alias === undefined) resolve(kernel, to)
  const pid =
    alias !== undefined
      ? alias.pid
      : isPid(to)
        ? to
        : typeof to === 'string' || to.registeredName !== undefined
          ? undefined
          : to.pid
  const remote = pid === undefined || kernel.isLocal(pid) ? undefined : kernel.remoteOf(pid)
  const encoded = kernel.encoder.encode(message, { shares: remote === undefined || remote.shares })
  const ref = kernel.nextRef()
  const target = pid === undefined ? undefined : kernel.cellOf(pid)
  arm(kernel, ref, ms, target, () =>
    sendEncoded(cell, 'message', to, alias?.pid ?? resolve(kernel, to), alias?.ref ?? 0, encoded),
  )
  return ref
}

/** OTP's `start_timer`. */
export function startTimer(cell: Cell, time: TimerTime, message: unknown): TimerRef {
  const ms = fromNow(cell, time)
  const { kernel } = cell
  const { bytes, beside } = kernel.encoder.encode(message, { shares: true })
  const ref = kernel.nextRef()
  cell.mailbox.mark(ref)
  arm(kernel, ref, ms, cell, () => deliverNotice(cell, () => new Timeout(ref, kernel.decoder.decode(bytes, beside))))
  return ref
}

function arm(kernel: Kernel, ref: TimerRef, ms: number, target: Cell | undefined, fire: () => void): void {
  const timer: Timer = kernel.timers.set(ms, () => {
    kernel.userTimers.delete(ref)
    target?.timers?.delete(timer)
    if (target === undefined || !target.dead) fire()
  })
  kernel.userTimers.set(ref, { timer, target })
  if (target !== undefined) (target.timers ??= new Map()).set(timer, ref)
}

export function cancelTimer({ kernel }: Cell, ref: TimerRef): number | false {
  const set = kernel.userTimers.get(ref)
  if (set === undefined) return false
  kernel.userTimers.delete(ref)
  set.target?.timers?.delete(set.timer)
  return kernel.timers.cancel(set.timer)
}

/** The same with the answer as a message. */
export function cancelTimerLater(cell: Cell, ref: TimerRef): void {
  const left = cancelTimer(cell, ref)
  deliverNotice(cell, () => new CancelledTimer(ref, left))
}

/** OTP's `read_timer/1`. */
export function readTimer({ kernel }: Cell, ref: TimerRef): number | false {
  const set = kernel.userTimers.get(ref)
  if (set === undefined) return false
  return Math.max(0, Math.ceil(set.timer.deadline - kernel.platform.clock.now()))
}
