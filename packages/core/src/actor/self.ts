import type { AbortSignalLike } from '../platform.ts'
import type { Isolation } from '../node/isolation.ts'
import type { UnsettledChild } from '../node/host.ts'
import type { Lesson } from '../node/ladder.ts'
import type { PlacementDecision } from '../node/placement.ts'
import type { ActorInfo } from '../node/actor-info.ts'
import type { Alias, AliasMode } from './alias.ts'
import type { ActorRef, Args, Behaviour } from './behaviour.ts'
import type { Evidence, ExitReason } from './exit-reason.ts'
import type { MailboxLimits } from './mailbox-limits.ts'
import type { MonitorRef, TimerRef } from './notices.ts'
import type { NodeId, Pid } from './pid.ts'
import type { ReceiveClauses } from './receive.ts'

/** Whatever can be addressed: a pid, a registered name, or a reference. */
export type Destination = Pid | string | ActorRef<unknown>

export interface StartOptions {
  /** Registered before `init` runs and free again when the start fails. OTP: `{local, Name}`. */
  readonly name?: string
  /**
   * Milliseconds that `init` may take, loading its module included; then the half-started actor is killed and, once it is gone, the reason is
   * `timeout`. Default Infinity. OTP: `{timeout, Time}`.
   */
  readonly timeoutMs?: number
  readonly isolation?: Isolation
  readonly mailbox?: MailboxLimits
  /** The actor's place in the tree below its starter, such as a child id. Default: the behaviour's name. */
  readonly id?: string
  /** How often this child was started before; shown by the tree and by crash reports. Default 0. */
  readonly restarts?: number
  /** Whether what was learnt from crashes of the actor at this place in the tree may move this one: see `learnFrom`. Default true. */
  readonly adapt?: boolean
}

/** How a start ended. One of the three, and afterwards at most one EXIT or DOWN. */
export type StartOutcome<P> =
  | {
      readonly kind: 'started'
      readonly ref: ActorRef<P>
      readonly pid: Pid
      readonly monitor: MonitorRef | undefined
      readonly placement: PlacementDecision
    }
  | { readonly kind: 'ignored' }
  | {
      readonly kind: 'failed'
      readonly reason: ExitReason
      readonly evidence?: Evidence
      /** The half-started actor, when a node's end made it fail. */
      readonly lost?: { readonly pid: Pid; readonly placement: PlacementDecision }
    }

/**
 * What an actor can do, handed to each of its handlers. All of it throws `ActorExited` once the actor has ended; what it awaited
 * then never settles.
 */
export interface ActorSelf {
  readonly pid: Pid
  readonly node: NodeId
  /** Names on the way from the top of the tree, such as `/shop/db`. */
  readonly path: string
  /** The actor that started this one; undefined when the system did. OTP: `proc_lib`’s `$ancestors`. */
  readonly parent: Pid | undefined
  readonly registeredName: string | undefined
  /** Turns exit signals into `Exit` messages (OTP: `process_flag(trap_exit, …)`); judged when a signal arrives. Default false. */
  trapExit: boolean
  /** Aborted when the actor ends: hand it to `fetch` and the like. */
  readonly abortSignal: AbortSignalLike

  /**
   * Says to whoever starts this actor that it has started: for actors with `acknowledges`, whose start waits for it. Says nothing to anybody else
   * and the second time. OTP: `proc_lib:init_ack`.
   */
  initAck(): void
  /**
   * Sends a message. Never throws because of the receiver; false above the high-water mark or when nobody is there. Throws `NotSendable`. OTP:
   * `erlang:send/2` to a pid or to `{Name, Node}`.
   */
  send(to: Destination, message: unknown, options?: { readonly transfer?: readonly ArrayBuffer[] }): boolean
  /** Waits until the way to `to` is below its high-water mark. */
  drained(to: Destination): Promise<void>
  /** Ends this actor with `reason`, as OTP's `exit/1`: it throws, so `finally` blocks run. */
  exit(reason: ExitReason): never
  /** Sends an exit signal, as OTP's `exit/2`. Always true. */
  exit(to: Destination, reason: ExitReason): true

  /** Links the two fates. Linking to nobody delivers an exit signal with `noproc`; it never throws. OTP: `link/1` in its remote form. */
  link(to: Destination): true
  unlink(to: Destination): true
  /** A `Down` message when that actor ends, or at once when it is not there. OTP: `monitor/2,3`. */
  monitor(to: Destination, options?: { readonly tag?: unknown }): MonitorRef
  /**
   * With an alias of this actor, under the same ref, that whoever answers can be given: after it is gone, no late answer arrives.
   * `tag`: what the DOWN says instead of `'DOWN'`. Throws `InvalidOption`.
   */
  monitor(
    to: Destination,
    options: { readonly alias: AliasMode; readonly tag?: unknown },
  ): { readonly ref: MonitorRef; readonly alias: Alias }
  /**
   * No DOWN arrives after this, but one that is already in the mailbox stays unless `flush`. Always true, or with `info` whether the monitor was
   * active. OTP: `demonitor/1,2`.
   */
  demonitor(ref: MonitorRef, options?: { readonly flush?: boolean; readonly info?: boolean }): boolean
  /**
   * A second address of this actor that it can take back; with `reply` the first message through it is the last. OTP: `alias/1`.
   */
  alias(options?: { readonly reply?: boolean }): Alias
  /** Whether it was an active alias of this actor. What is in the mailbox stays there. OTP: `unalias/1`. */
  unalias(alias: Alias): boolean
  /** A `NodeDown` message when that node ends. OTP: `monitor_node/2`. */
  monitorNode(node: NodeId): void
  /** Whether an actor is alive, asked in pair order: after `exit(pid, 'kill')` the answer is false. OTP: `is_process_alive/1`. */
  isAlive(to: Destination): Promise<boolean>
  /**
   * What is known about an actor, or only the items asked for, told by its node also while it is busy; undefined when it has ended. `messages` are
   * told only when they are asked for. OTP: `process_info/1,2`.
   */
  info<I extends keyof ActorInfo = Exclude<keyof ActorInfo, 'messages'>>(
    to: Destination,
    items?: readonly I[],
  ): Promise<Pick<ActorInfo, I> | undefined>

  /** Registers this actor, or `pid`, in the system's one namespace. Rejects with `NameError`. OTP: `register/2`. */
  register(name: string, pid?: Pid): Promise<void>
  unregister(name: string): Promise<void>
  whereis(name: string): Pid | undefined
  /** Waits until somebody holds the name, such as the replacement of an actor that ended; resolves at once when somebody does. */
  available(name: string): Promise<Pid>
  /** A reference by name, resolved at each use; survives restarts. The behaviour gives the types. */
  named<A extends Args, P>(behaviour: Behaviour<A, P>, name: string): ActorRef<P>
  /** A reference to a pid. The behaviour gives the types; nothing checks that the actor runs it. */
  ref<A extends Args, P>(behaviour: Behaviour<A, P>, pid: Pid): ActorRef<P>

  /** Starts an actor and waits for its `init`. Rejects with `StartFailed` (an `ignore` too). OTP: `start/3,4`. */
  start<A extends Args, P>(behaviour: Behaviour<A, P>, args: NoInfer<A>, options?: StartOptions): Promise<ActorRef<P>>
  /** The same, atomically linked. When the start fails, no EXIT of it remains. OTP: `start_link/3,4`. */
  startLink<A extends Args, P>(
    behaviour: Behaviour<A, P>,
    args: NoInfer<A>,
    options?: StartOptions,
  ): Promise<ActorRef<P>>
  /** The same, atomically monitored. When the start fails, no DOWN of it remains. OTP: `start_monitor`. */
  startMonitor<A extends Args, P>(
    behaviour: Behaviour<A, P>,
    args: NoInfer<A>,
    options?: StartOptions,
  ): Promise<{ readonly ref: ActorRef<P>; readonly monitor: MonitorRef }>
  /** Starts and says how it went instead of rejecting; what supervisors use. OTP: `{ok, Pid}`, `ignore` or `{error, Reason}`. */
  tryStart<A extends Args, P>(
    behaviour: Behaviour<A, P>,
    args: NoInfer<A>,
    options?: StartOptions & { readonly link?: boolean; readonly monitor?: boolean },
  ): Promise<StartOutcome<P>>
  /** Runs a closure as an actor in this event loop; it ends with `normal` when the closure's promise settles. OTP: `spawn/1`. */
  spawn(body: (self: ActorSelf) => unknown, options?: StartOptions): Promise<Pid>
  spawnLink(body: (self: ActorSelf) => unknown, options?: StartOptions): Promise<Pid>
  spawnMonitor(
    body: (self: ActorSelf) => unknown,
    options?: StartOptions,
  ): Promise<{ readonly pid: Pid; readonly ref: MonitorRef }>

  /**
   * Takes the first message that fits a clause, oldest first; the others keep their place. Not while another `receive` of this actor waits. OTP:
   * `receive … after`.
   */
  receive<R>(
    clauses: (on: ReceiveClauses<never>) => ReceiveClauses<R>,
    options?: {
      /**
       * The ref of a monitor, timer or request, or an alias, that each clause asks for: what came before it was made cannot hold it and is not
       * looked at, however much that is. OTP does so by itself.
       */
      readonly since?: MonitorRef | Alias
    },
  ): Promise<R>
  /** Resolves after `ms` milliseconds; the mailbox waits meanwhile. OTP: `timer:sleep/1`. */
  sleep(ms: number): Promise<void>
  /** Monotonic milliseconds of the node's clock. OTP: `erlang:monotonic_time/1`. */
  now(): number
  /** A number in [0, 1) from the node's source of chance. */
  random(): number
  /**
   * Sends `message` after `ms` milliseconds (0 or more), or when `now()` is `abs`. A name is looked up when the time has come. OTP:
   * `erlang:send_after/3,4`.
   */
  sendAfter(ms: number | { readonly abs: number }, to: Destination, message: unknown): TimerRef
  /** Delivers a `Timeout` with `message` to this actor after `ms` milliseconds, or when `now()` is `abs`. OTP: `erlang:start_timer/3,4`. */
  startTimer(ms: number | { readonly abs: number }, message: unknown): TimerRef
  /**
   * Milliseconds that were left, or false when it had fired, was cancelled or never existed. Any actor of the timer's node may cancel it. With `async`
   * a `CancelledTimer` says so instead. OTP: `cancel_timer/1,2`. Throws `InvalidOption`.
   */
  cancelTimer(ref: TimerRef, options?: { readonly async?: false }): number | false
  cancelTimer(ref: TimerRef, options: { readonly async: true }): void
  /** Milliseconds that are left, or false as `cancelTimer` says it. OTP: `read_timer/1`. */
  readTimer(ref: TimerRef): number | false
  log(...values: readonly unknown[]): void
  /** A line of the log with a level, and data for whoever reads it by machine. */
  report(level: 'info' | 'warning' | 'error', text: string, data?: unknown): void
  /** For supervisors: tells telemetry that a child was started; `debug` when somebody had asked for it. */
  reportProgress(event: {
    readonly child: string
    readonly pid: Pid
    readonly behaviour: string
    readonly level: 'info' | 'debug'
  }): void
  /** For supervisors: tells telemetry that a child was started again, or that it could not be. */
  reportRestarted(event: { readonly child: string; readonly pid: Pid | undefined; readonly reason: ExitReason }): void
  /** For supervisors: what inspection shows of children that do not run though they are meant to, or run no longer for long. It is asked at each look. */
  showUnsettled(children: () => readonly UnsettledChild[]): void
  /**
   * For supervisors: a child took its node down. Whoever starts a child with that id below this actor's path from now on, on whatever node, has
   * it where the lesson says; ten quiet minutes forget it. Of a compartment only what its end has taught is told. Undefined when nothing follows.
   */
  learnFrom(crash: {
    readonly child: string
    /** By which the child was started. */
    readonly placement: PlacementDecision
    readonly evidence: Evidence
  }): Promise<Lesson | undefined>
  /**
   * For supervisors: whether one of these children lived on a thread that was fenced and is still in a native call, and its hints say that its
   * replacement waits for the end of that (`afterFence: 'wait'`). A start would wait, and with it whoever awaits the start.
   */
  lingers(children: readonly string[]): Promise<boolean>
}
