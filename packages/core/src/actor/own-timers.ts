import { InvalidOption } from '../errors.ts'
import { deliverNotice, resolve, sendEncoded } from '../node/deliver.ts'
import type { Kernel } from '../node/kernel.ts'
import type { Timer } from '../node/timers.ts'
import type { Cell } from './cell.ts'
import type { TimerRef } from './notices.ts'
import { Timeout } from './notices.ts'
import { isPid } from './pid.ts'
import type { Destination } from './self.ts'

function checkMs(ms: unknown): asserts ms is number {
  if (typeof ms !== 'number' || !(ms >= 0) || ms > Number.MAX_SAFE_INTEGER) {
    throw new InvalidOption('ms', ms, 'give milliseconds, 0 or more')
  }
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
export function sendAfter(cell: Cell, ms: number, to: Destination, message: unknown): TimerRef {
  checkMs(ms)
  const { kernel } = cell
  resolve(kernel, to)
  const pid = isPid(to) ? to : typeof to === 'string' || to.registeredName !== undefined ? undefined : to.pid
  const remote = pid === undefined || kernel.isLocal(pid) ? undefined : kernel.remoteOf(pid)
  const encoded = kernel.encoder.encode(message, { shares: remote === undefined || remote.shares })
  const ref = kernel.nextRef()
  const target = pid === undefined ? undefined : kernel.cellOf(pid)
  arm(kernel, ref, ms, target, () => sendEncoded(cell, 'message', to, resolve(kernel, to), 0, encoded))
  return ref
}

/** OTP's `start_timer`. */
export function startTimer(cell: Cell, ms: number, message: unknown): TimerRef {
  checkMs(ms)
  const { kernel } = cell
  const { bytes, beside } = kernel.encoder.encode(message, { shares: true })
  const ref = kernel.nextRef()
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
