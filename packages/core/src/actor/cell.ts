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
import { Belongings } from './belongings.ts'
import type { Monitoring } from './belongings.ts'
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
  /** What few actors have; made when the first of it comes. */
  belongings: Belongings | undefined = undefined
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
  links: Map<Pid, LinkEnd> | undefined = undefined
  /** Calls and system requests taken from the mailbox and not answered yet: a caller's pid and refs. */
  openCalls: Map<Pid, Set<number>> | undefined = undefined
  /** Calls, unread or being handled, whose callers wait no more: a caller's pid and ref each. Forgotten when nothing is left to do. */
  abandoned: Set<string> | undefined = undefined
  /** The call whose handler runs, until that has returned. */
  serving: { readonly pid: Pid; readonly ref: number } | undefined = undefined
  /** Calls of this actor that wait for their reply. */
  callCount = 0
  /** Starts by this actor whose outcome is not known. */
  spawnCount = 0
  /** Suspension, tracing and the like: what system requests have changed. */
  system: SystemState | undefined = undefined
  /** The idle timeout that the last handler asked for. */
  idle: Idle | undefined = undefined
  /** While its starter waits for it: says that it has started. */
  acknowledge: (() => void) | undefined = undefined
  /** While it starts: tells the starter that it ended instead. */
  onFailedStart: ((ended: Ended) => void) | undefined = undefined
  /** What a handler asked to happen before any mail. */
  next: (() => void) | undefined = undefined
  handler: string | undefined = undefined
  lastMail: Mail | undefined = undefined

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

  get name(): string | undefined {
    return this.belongings?.name
  }

  set name(value: string | undefined) {
    if (value !== undefined || this.belongings !== undefined) (this.belongings ??= new Belongings()).name = value
  }

  get nameVersion(): number {
    return this.belongings?.nameVersion ?? 0
  }

  set nameVersion(value: number) {
    if (value !== 0 || this.belongings !== undefined) (this.belongings ??= new Belongings()).nameVersion = value
  }

  get namesInFlight(): number {
    return this.belongings?.namesInFlight ?? 0
  }

  set namesInFlight(value: number) {
    if (value !== 0 || this.belongings !== undefined) (this.belongings ??= new Belongings()).namesInFlight = value
  }

  get monitors(): Map<MonitorRef, Monitoring> | undefined {
    return this.belongings?.monitors
  }

  set monitors(value: Map<MonitorRef, Monitoring> | undefined) {
    if (value !== undefined || this.belongings !== undefined) (this.belongings ??= new Belongings()).monitors = value
  }

  get watchers(): Map<Pid, Set<MonitorRef>> | undefined {
    return this.belongings?.watchers
  }

  set watchers(value: Map<Pid, Set<MonitorRef>> | undefined) {
    if (value !== undefined || this.belongings !== undefined) (this.belongings ??= new Belongings()).watchers = value
  }

  get aliases(): Aliases | undefined {
    return this.belongings?.aliases
  }

  set aliases(value: Aliases | undefined) {
    if (value !== undefined || this.belongings !== undefined) (this.belongings ??= new Belongings()).aliases = value
  }

  get timers(): Map<Timer, TimerRef | undefined> | undefined {
    return this.belongings?.timers
  }

  set timers(value: Map<Timer, TimerRef | undefined> | undefined) {
    if (value !== undefined || this.belongings !== undefined) (this.belongings ??= new Belongings()).timers = value
  }

  get aborter(): AbortControllerLike | undefined {
    return this.belongings?.aborter
  }

  set aborter(value: AbortControllerLike | undefined) {
    if (value !== undefined || this.belongings !== undefined) (this.belongings ??= new Belongings()).aborter = value
  }

  get unsettled(): (() => readonly UnsettledChild[]) | undefined {
    return this.belongings?.unsettled
  }

  set unsettled(value: (() => readonly UnsettledChild[]) | undefined) {
    if (value !== undefined || this.belongings !== undefined) (this.belongings ??= new Belongings()).unsettled = value
  }

  get drainWaiters(): (() => void)[] | undefined {
    return this.belongings?.drainWaiters
  }

  set drainWaiters(value: (() => void)[] | undefined) {
    if (value !== undefined || this.belongings !== undefined)
      (this.belongings ??= new Belongings()).drainWaiters = value
  }
}
