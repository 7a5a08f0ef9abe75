import { type ExitReason, isCleanExit } from '@bulkhead/core'
import { match } from 'ts-pattern'
import type { Shutdown } from './shutdown.ts'

/** When an ended child is started again: always, after abnormal ends only, never. */
export type RestartType = 'permanent' | 'transient' | 'temporary'

/** Whether a child that ended by itself is started again. OTP: `supervisor:do_restart/3`. */
export function isRestarted(restart: RestartType, reason: ExitReason): boolean {
  return match(restart)
    .with('permanent', () => true)
    .with('transient', () => !isCleanExit(reason))
    .with('temporary', () => false)
    .exhaustive()
}

/** Whether the end of a child is reported: each end of a permanent one, abnormal ends of the others. */
export function isReported(restart: RestartType, reason: ExitReason): boolean {
  return restart === 'permanent' || !isCleanExit(reason)
}

/** Whether a child that was told to stop did as it was told; other ends are reported. OTP: `supervisor:shutdown/1`. */
export function endedAsTold(restart: RestartType, shutdown: Shutdown, reason: ExitReason): boolean {
  const told = shutdown === 'brutal_kill' ? 'killed' : 'shutdown'
  return reason === told || (restart !== 'permanent' && isCleanExit(reason))
}
