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
