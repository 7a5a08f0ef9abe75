import type { AbortControllerLike } from '../platform.ts'
import type { Kernel } from '../node/kernel.ts'
import type { Ended } from '../messaging/signal.ts'
import type { UnsettledChild } from '../node/host.ts'
import type { PlacementDecision } from '../node/placement.ts'
import type { RemoteNode } from '../node/remote-node.ts'
import type { Timer } from '../node/timers.ts'
import type { ActorSelf } from './self.ts'
import type { Aliases } from './alias.ts'
import type { Intrusion } from './intrusion.ts'
import type { Mail } from './mailbox.ts'
import { Mailbox } from './mailbox.ts'
import type { MailboxLimits } from './mailbox-limits.ts'
import type { MonitorRef, TimerRef } from './notices.ts'
import type { Pid } from './pid.ts'
import type { Program } from './program.ts'
import type { SystemState } from './system-state.ts'
import type { Waiting } from './waiting.ts'

/** `starting`: init runs. `exiting`: its end is decided, and waits for a name that is being registered. */
export type CellStatus = 'starting' | 'alive' | 'exiting' | 'exited'

/** The two ends of a link as one side sees them. `unlinks` counts unlinks whose acknowledgement is still on its way. */
export interface LinkEnd {
  active: boolean
  unlinkId: number
}

/** An idle timeout that is set, and what it does. */
export interface Idle {
  readonly ms: number
  readonly fire: () => void
  timer: Timer | undefined
}

export interface Monitoring {
  readonly target: Pid
  /** What DOWN calls the target: the name, when the monitor was set by name. */
  readonly shown: Pid | string
  /** What stands in `tag` of the DOWN. Default `'DOWN'`. */
  readonly tag?: (() => unknown) | undefined
  /** The runtime's own monitor: what happens instead of a DOWN. */
  readonly instead?: () => void
}

/** One actor, as data. What happens to it is in the modules of `node/`; a million idle ones must stay small, so parts come when needed. */
export class Cell {
  readonly kernel: Kernel
  readonly serial: number
  readonly pid: Pid
  readonly behaviour: string
  readonly type: 'worker' | 'supervisor'
  readonly parent: Pid | undefined
  readonly path: string
  readonly restarts: number
  /** Its parent is a supervisor and reports how it ends. */
  readonly supervised: boolean
  readonly placement: PlacementDecision | undefined
  readonly limits: MailboxLimits | undefined
  readonly program: Program
  readonly mailbox = new Mailbox()
  status: CellStatus = 'starting'
  trapExit = false
  /** In the run queue. */
  queued = false
  /** A handler awaits; the mailbox waits for it. */
  busy = false
  /** It gets no next message: its way to this peer is congested, or code from outside is not done. */
  suspendedBy: RemoteNode | Intrusion | undefined = undefined
  /** The `receive` that waits for a message. */
  waiting: Waiting | undefined = undefined
  state: unknown = undefined
  self: ActorSelf | undefined = undefined
  name: string | undefined = undefined
  nameVersion = 0
  /** Registrations of this actor that the authority has not answered yet. */
  namesInFlight = 0
  links: Map<Pid, LinkEnd> | undefined = undefined
  monitors: Map<MonitorRef, Monitoring> | undefined = undefined
  /** Who monitors this actor: `pid` and ref. */
  watchers: Map<Pid, Set<MonitorRef>> | undefined = undefined
  /** Calls and system requests taken from the mailbox and not answered yet: a caller's pid and refs. */
  openCalls: Map<Pid, Set<number>> | undefined = undefined
  /** Calls, unread or being handled, whose callers wait no more: a caller's pid and ref each. Forgotten when nothing is left to do. */
  abandoned: Set<string> | undefined = undefined
  /** The call whose handler runs, until that has returned. */
  serving: { readonly pid: Pid; readonly ref: number } | undefined = undefined
  /** Calls of this actor that wait for their reply. */
  callCount = 0
  aliases: Aliases | undefined = undefined
  /** Suspension, tracing and the like: what system requests have changed. */
  system: SystemState | undefined = undefined
  /** The idle timeout that the last handler asked for. */
  idle: Idle | undefined = undefined
  /** Timers that go when this actor ends, and the refs of those that an actor may cancel. */
  timers: Map<Timer, TimerRef | undefined> | undefined = undefined
  aborter: AbortControllerLike | undefined = undefined
  /** While its starter waits for it: says that it has started. */
  acknowledge: (() => void) | undefined = undefined
  /** While it starts: tells the starter that it ended instead. */
  onFailedStart: ((ended: Ended) => void) | undefined = undefined
  /** What a handler asked to happen before any mail. */
  next: (() => void) | undefined = undefined
  /** Of a supervisor: its children of which more is to be said than that they run. */
  unsettled: (() => readonly UnsettledChild[]) | undefined = undefined
  handler: string | undefined = undefined
  lastMail: Mail | undefined = undefined
  drainWaiters: (() => void)[] | undefined = undefined

  constructor(
    kernel: Kernel,
    serial: number,
    pid: Pid,
    program: Program,
    about: {
      readonly behaviour: string
      readonly type: 'worker' | 'supervisor'
      readonly parent: Pid | undefined
      readonly path: string
      readonly restarts: number
      readonly supervised: boolean
      readonly placement: PlacementDecision | undefined
      readonly limits: MailboxLimits | undefined
    },
  ) {
    this.kernel = kernel
    this.serial = serial
    this.pid = pid
    this.program = program
    this.behaviour = about.behaviour
    this.type = about.type
    this.parent = about.parent
    this.path = about.path
    this.restarts = about.restarts
    this.supervised = about.supervised
    this.placement = about.placement
    this.limits = about.limits
  }

  get dead(): boolean {
    return this.status === 'exited' || this.status === 'exiting'
  }
}
