import type { Cell } from '../actor/cell.ts'
import { quiesce } from '../actor/idle.ts'
import { offerWaiting, resumeSenders } from '../actor/receiving.ts'
import { handleSystem, isPaused, skim } from '../actor/system-requests.ts'

/** Lets an actor take one mail. False when it has nothing to do now: no mail, or it awaits, or its way out is congested. */
export function step(cell: Cell): boolean {
  if (cell.dead || cell.suspendedBy !== undefined || (cell.status === 'starting' && cell.waiting === undefined))
    return false
  if (isPaused(cell)) return skim(cell)
  const { waiting, next } = cell
  if (waiting !== undefined) {
    if (offerWaiting(cell, waiting)) return true
    waiting.whenSeen?.()
    return false
  }
  if (cell.busy || !cell.program.handles) return false
  if (next !== undefined) {
    cell.next = undefined
    next()
    return true
  }
  const mail = cell.mailbox.shift()
  if (mail === undefined) {
    cell.abandoned = undefined
    return false
  }
  resumeSenders(cell)
  if (mail.kind === 'system') handleSystem(cell, mail)
  else {
    quiesce(cell)
    cell.program.handle(cell, mail)
  }
  return true
}
