import type { Evidence, ExitReason } from './exit-reason.ts'
import type { NodeId, Pid } from './pid.ts'

/** The token of one monitor, unique within the node that set it. */
export type MonitorRef = number

/** The token of one timer of `self.sendAfter`, unique within its node. */
export type TimerRef = number

/** OTP's `{'EXIT', From, Reason}`: an exit signal as a message, for actors that trap exits. Bytes from another actor never decode to one. */
export class Exit {
  readonly from: Pid
  readonly reason: ExitReason
  /** The end of the partner's node, when that is what ended it. */
  readonly node: Evidence | undefined
  constructor(from: Pid, reason: ExitReason, node?: Evidence) {
    this.from = from
    this.reason = reason
    this.node = node
  }
}

/** OTP's `{'DOWN', Ref, process, Pid, Reason}`: a monitored actor ended, or never existed. Delivered exactly once per monitor. */
export class Down {
  readonly ref: MonitorRef
  /** The pid, or the name by which the monitor was set. */
  readonly target: Pid | string
  readonly reason: ExitReason
  readonly node: Evidence | undefined
  /** What `self.monitor` was given as `tag`. Default `'DOWN'`. */
  readonly tag: unknown
  constructor(ref: MonitorRef, target: Pid | string, reason: ExitReason, node?: Evidence, tag: unknown = 'DOWN') {
    this.ref = ref
    this.target = target
    this.reason = reason
    this.node = node
    this.tag = tag
  }
}

/** OTP's `{nodedown, Node}`: a node watched with `self.monitorNode` went down. */
export class NodeDown {
  readonly node: NodeId
  readonly evidence: Evidence
  constructor(node: NodeId, evidence: Evidence) {
    this.node = node
    this.evidence = evidence
  }
}

/** OTP's `{timeout, TimerRef, Message}`: a timer of `self.startTimer` ran out. */
export class Timeout {
  readonly ref: TimerRef
  readonly message: unknown
  constructor(ref: TimerRef, message: unknown) {
    this.ref = ref
    this.message = message
  }
}

/** OTP's `{cancel_timer, TimerRef, Result}`: what `self.cancelTimer(ref, { async: true })` found. */
export class CancelledTimer {
  readonly ref: TimerRef
  /** Milliseconds that were left, or false when there was no such timer any more. */
  readonly left: number | false
  constructor(ref: TimerRef, left: number | false) {
    this.ref = ref
    this.left = left
  }
}

/** OTP's `timeout` message: a server got nothing for as long as its last handler said with `andTimeout`. */
export class IdleTimeout {
  /** Milliseconds that it waited. */
  readonly ms: number
  constructor(ms: number) {
    this.ms = ms
  }
}

/** What came of a request: the reply, or what a call would have been rejected with: the refusal, or `CallFailed`. */
export type Outcome<R> =
  | { readonly kind: 'reply'; readonly reply: R }
  | { readonly kind: 'error'; readonly error: unknown }

/** The response to a request of `ref.sendRequest`, as a message. `checkResponse` says to which. */
export class Response {
  /** That of its `RequestId`. */
  readonly ref: number
  readonly outcome: Outcome<unknown>
  constructor(ref: number, outcome: Outcome<unknown>) {
    this.ref = ref
    this.outcome = outcome
  }
}
