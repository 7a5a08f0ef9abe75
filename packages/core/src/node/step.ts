import type { Cell } from '../actor/cell.ts'
import { offerWaiting } from '../actor/receiving.ts'
import type { Kernel } from './kernel.ts'

/** Lets an actor take one mail. False when it has nothing to do now: no mail, or it awaits, or its way out is congested. */
export function step(kernel: Kernel, cell: Cell): boolean {
  const took = take(cell)
  if (cell.drainWaiters !== undefined && cell.mailbox.bytes < kernel.highWaterBytes) {
    for (const resume of cell.drainWaiters.splice(0)) resume()
  }
  return took
}

function take(cell: Cell): boolean {
  if (cell.dead || cell.suspendedBy !== undefined || (cell.status === 'starting' && cell.waiting === undefined)) return false
  if (cell.waiting !== undefined) return offerWaiting(cell, cell.waiting)
  if (cell.busy || !cell.program.handles) return false
  const { next } = cell
  if (next !== undefined) {
    cell.next = undefined
    next()
    return true
  }
  const mail = cell.mailbox.shift()
  if (mail === undefined) return false
  cell.program.handle(cell, mail)
  return true
}
