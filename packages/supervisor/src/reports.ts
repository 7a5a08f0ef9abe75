import { type ActorSelf, type Evidence, type ExitReason, type Pid, whyNotStarted } from '@bulkhead/core'
import type { Child } from './child-table.ts'

/**
 * What a supervisor has to say about a child, in OTP's words: it ended; a start failed; it did not stop as told; the supervisor gives up.
 * Ours: `held`, the child is left stopped instead of giving up; `moved` and `not_moved`, what follows when a child took its node down.
 */
export type ReportContext =
  | 'child_terminated'
  | 'start_error'
  | 'shutdown_error'
  | 'shutdown'
  | 'held'
  | 'moved'
  | 'not_moved'

/** A line of the log as data. OTP: the supervisor report of `supervisor:report_error/4`. */
export interface SupervisorReport {
  readonly supervisor: Pid
  readonly context: ReportContext
  /** Of the child; for `shutdown` the word `reached_max_restart_intensity`, and the text says why the child ended. */
  readonly reason: ExitReason
  /** What is known about the end of the child's node. */
  readonly evidence?: Evidence
  readonly offender: {
    readonly id: string
    readonly pid: Pid | undefined
    readonly behaviour: string
    readonly restart: string
    readonly shutdown: number | string
    readonly significant: boolean
    readonly type: 'worker' | 'supervisor'
    readonly starts: number
  }
}

const SAYS: Readonly<Record<ReportContext, (child: string, reason: string) => string>> = {
  child_terminated: (child, reason) => `${child} ended: ${reason}`,
  start_error: (child, reason) => `${child} did not start: ${reason}`,
  shutdown_error: (child, reason) => `${child} was told to stop and ended otherwise: ${reason}`,
  shutdown: (child, reason) =>
    `too many restarts (reached_max_restart_intensity), the last of ${child}: ${reason}; giving up: ` +
    'raise intensity or periodMs of this supervisor if it should bear more',
  held: (child, reason) => `too many restarts of ${child}: ${reason}; it is held until restartChild`,
  moved: (child, reason) => `${child} ${reason}`,
  not_moved: (child, reason) => `${child} ${reason}`,
}

/** Whether the supervisor below has reported the same failure, with all that is known of it: this report says only whom it has reached. */
export function isHandedOn(data: unknown): boolean {
  const { supervisor, context, reason } = (data ?? {}) as Partial<SupervisorReport>
  return typeof supervisor === 'string' && context !== undefined && whyNotStarted(reason).isHandedOn
}

/** Writes a supervisor report to the log. */
export function reportChild(
  self: ActorSelf,
  context: ReportContext,
  child: Child,
  reason: ExitReason,
  evidence?: Evidence,
): void {
  const { spec, id, pid, restart, starts } = child
  const { shutdown, significant, type } = spec
  const offender = { id, pid, behaviour: spec.behaviour.name, restart, shutdown, significant, type, starts }
  const data: SupervisorReport = {
    supervisor: self.pid,
    context,
    reason: context === 'shutdown' ? 'reached_max_restart_intensity' : reason,
    offender,
    ...(evidence && { evidence }),
  }
  const who = pid === undefined ? `child ${id}` : `child ${id} ${pid}`
  const level = context === 'moved' || context === 'not_moved' ? 'warning' : 'error'
  self.report(level, SAYS[context](who, typeof reason === 'string' ? reason : whyNotStarted(reason).sentence), data)
}
