import type { Cell } from './cell.ts'

/*
 * The idle timeout of a server: OTP's timeout in a callback's return value. It ends with the next mail, whatever that is; a system request
 * restarts it.
 */

/** A handler asked to be told when nothing comes for `ms` milliseconds; `fire` is run as a step of the actor. */
export function beginIdle(cell: Cell, ms: number, fire: () => void): void {
  if (ms === Infinity) return
  cell.idle = { ms, timer: undefined, fire }
  awaitIdle(cell)
}

/** Waits anew, for the full time. */
export function awaitIdle(cell: Cell): void {
  const { idle, kernel } = cell
  if (idle === undefined || idle.timer !== undefined || cell.dead) return
  const timer = kernel.timers.set(idle.ms, () => {
    cell.timers?.delete(timer)
    idle.timer = undefined
    // What has come in time but was not taken yet ends the wait, as in OTP, where even a timeout of 0 looks into the mailbox first.
    if (cell.idle !== idle || cell.mailbox.count > 0) return
    cell.idle = undefined
    cell.next = idle.fire
    kernel.queue.add(cell)
  })
  idle.timer = timer
  ;(cell.timers ??= new Map()).set(timer, undefined)
}

/** The wait stands still: the actor is suspended, or looks at a system request. */
export function holdIdle(cell: Cell): void {
  const timer = cell.idle?.timer
  if (cell.idle === undefined || timer === undefined) return
  cell.idle.timer = undefined
  cell.kernel.timers.cancel(timer)
  cell.timers?.delete(timer)
}

/** Nobody waits any more: mail has come, or the actor has ended. */
export function quiesce(cell: Cell): void {
  holdIdle(cell)
  cell.idle = undefined
}
