import { answerKind } from './answer.ts'
import type { Cell } from './cell.ts'
import type { ExitReason } from './exit-reason.ts'

/** What `self.exit(reason)` throws: it unwinds the actor's code, which ends with that reason (OTP: `exit/1`). */
export class Exiting extends Error {
  readonly reason: ExitReason
  constructor(reason: ExitReason) {
    super('the actor exits; let this pass')
    this.name = 'Exiting'
    this.reason = reason
  }
}

/** Code of an actor that has ended went on, and failed: that ends nothing. */
export function leftoverFailed(cell: Cell, error: unknown): void {
  if (error instanceof Exiting || answerKind(error) !== undefined) return
  cell.kernel.log('warning', 'an error came from a leftover of an actor that has ended', cell, error)
}
