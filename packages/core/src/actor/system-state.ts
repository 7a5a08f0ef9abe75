import type { MonitorRef } from './notices.ts'
import type { Pid } from './pid.ts'

/**
 * One thing that a traced actor did, as its behaviour's `formatMessage` lets it be seen. `in`: it took a message; a call or cast is its name and
 * arguments. `out`: it answered. `noreply`: a handler returned, and nobody was answered. Both have the state after it, as `formatState` shows it. OTP:
 * `sys:system_event()`.
 */
export type SystemEvent =
  | {
      readonly event: 'in'
      readonly kind: 'message' | 'call' | 'cast' | 'notice'
      readonly from: Pid | undefined
      readonly message: unknown
    }
  | {
      readonly event: 'out'
      readonly kind: 'reply' | 'refusal'
      readonly to: Pid
      readonly reply: unknown
      readonly state: unknown
    }
  | { readonly event: 'noreply'; readonly state: unknown }

/** What `sys.statistics` counts. OTP: `sys:statistics/2`. */
export interface Statistics {
  /** Milliseconds of the node's clock at which counting began, and now. */
  readonly startTime: number
  readonly currentTime: number
  readonly messagesIn: number
  /** Replies. */
  readonly messagesOut: number
}

/** What is observed of an actor. */
export interface Observation {
  trace: boolean
  statistics: { readonly startTime: number; messagesIn: number; messagesOut: number } | undefined
  log: { readonly max: number; readonly events: SystemEvent[] } | undefined
  readonly observers: Set<Pid>
}

/** What system requests have changed about an actor. It exists from the first such request on. */
export interface SystemState {
  suspended: boolean
  /** Who replaces its state now: until that is done nothing else is taken from the mailbox. */
  holder: { readonly pid: Pid; readonly token: number; readonly monitor: MonitorRef } | undefined
  observation: Observation | undefined
}
