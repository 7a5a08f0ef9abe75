import type { Evidence, ExitReason } from './actor/exit-reason.ts'
import type { NodeId, Pid } from './actor/pid.ts'
import type { SystemEvent } from './actor/system-state.ts'
import type { NodeSnapshot } from './node/host.ts'
import type { PlacementDecision } from './node/placement.ts'

/** What happened, for whoever listens. Each hook is called at once, must not throw, and costs nothing while it is absent. */
export interface Telemetry {
  spawned?(event: {
    readonly pid: Pid
    readonly behaviour: string
    readonly path: string | undefined
    /** Undefined for a closure. */
    readonly placement: PlacementDecision | undefined
  }): void
  exited?(event: {
    readonly pid: Pid
    readonly behaviour: string
    readonly path: string | undefined
    readonly reason: ExitReason
  }): void
  /** A supervisor started a child again. */
  restarted?(event: {
    readonly supervisor: Pid
    readonly child: string
    readonly pid: Pid | undefined
    readonly reason: ExitReason
  }): void
  /**
   * A supervisor started a child: `info` by itself, when it starts and when it restarts one; `debug` when it was asked to. OTP: the progress report.
   */
  progress?(event: {
    readonly supervisor: Pid
    readonly child: string
    readonly pid: Pid
    readonly behaviour: string
    readonly level: 'info' | 'debug'
  }): void
  /** A handler ran: milliseconds that its message waited in the mailbox and that its synchronous part took. */
  handled?(event: {
    readonly pid: Pid
    readonly handler: string
    readonly queuedMs: number
    readonly ranMs: number
  }): void
  /** A node was at work: what it has counted since it began, and how many actors live there. At most once in a second. */
  counted?(
    event: NodeSnapshot['counters'] & {
      readonly node: NodeId
      readonly actors: number
    },
  ): void
  /** A message reached nobody, or a mailbox policy dropped it. */
  deadLetter?(event: {
    readonly to: Pid | string
    readonly from: Pid | undefined
    readonly why: DeadLetterReason
  }): void
  /** Another node has ended. `culprit`: the actor that took it down, with its own reason; everybody else on it exits `noconnection`. */
  nodeDown?(event: {
    readonly node: number
    readonly cause: Evidence['cause']
    readonly domain: string
    readonly evidence: Evidence
    readonly culprit?: { readonly pid: Pid; readonly reason: ExitReason }
  }): void
  /** An actor ended abnormally. */
  crashed?(report: CrashReport): void
}

export type DeadLetterReason =
  | 'noproc'
  | 'unregistered'
  | 'undecodable'
  | 'noconnection'
  | 'drop_newest'
  | 'drop_oldest'
  | 'late_reply'
  | 'unaliased'

/** What is known about an actor that ended abnormally. */
export interface CrashReport {
  readonly pid: Pid
  readonly path: string | undefined
  readonly behaviour: string
  /** As the behaviour's `formatReason` shows it. */
  readonly reason: ExitReason
  /** The handler that ran last, such as `Counter.increment`. */
  readonly handler: string | undefined
  /** The last message taken, as the behaviour's `formatMessage` shows it; absent when nothing was taken. A call or cast is its name and arguments. */
  readonly lastMessage?: unknown
  /** The state after the last handler, as the behaviour's `formatState` shows it; servers only. */
  readonly state?: unknown
  /** The events that `sys.log` has kept, if it was asked to. */
  readonly log?: readonly SystemEvent[]
  readonly restarts: number
  /** Where the end of a node took the actor along: what is known about that, the node's last lines of output among it. */
  readonly evidence?: Evidence
}
