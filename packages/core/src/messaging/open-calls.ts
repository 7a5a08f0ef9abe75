import type { Cell } from '../actor/cell.ts'
import type { Pid } from '../actor/pid.ts'
import { nodeOf } from '../actor/pid.ts'

/** A call that was taken and is not answered: its caller hears of this actor's end. */
export function keepOpen(cell: Cell, caller: Pid, ref: number): void {
  const calls = (cell.openCalls ??= new Map())
  const refs = calls.get(caller)
  if (refs === undefined) calls.set(caller, new Set([ref]))
  else refs.add(ref)
}

/** Undoes `keepOpen`. */
export function closeCall(cell: Cell, caller: Pid, ref: number): void {
  const refs = cell.openCalls?.get(caller)
  if (refs?.delete(ref) === true && refs.size === 0) cell.openCalls?.delete(caller)
}

/** The caller does not wait any more. Its call may be open, or unread, or just being handled: it must not be kept open later. */
export function abandonCall(cell: Cell, caller: Pid, ref: number): void {
  closeCall(cell, caller, ref)
  if (cell.mailbox.count > 0 || cell.busy) (cell.abandoned ??= new Set()).add(`${caller} ${ref}`)
  else cell.abandoned = undefined
}

/** Whether nobody waits for the answer to a call that was taken. */
export function isAbandoned({ abandoned, kernel }: Cell, caller: Pid, ref: number): boolean {
  return abandoned?.has(`${caller} ${ref}`) === true || (kernel.ended.size > 0 && kernel.ended.has(nodeOf(caller)))
}
