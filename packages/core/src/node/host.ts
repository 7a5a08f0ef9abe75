import type { Connection } from '../messaging/connection.ts'
import type { Evidence, ExitReason } from '../actor/exit-reason.ts'
import type { NodeId, Pid } from '../actor/pid.ts'
import type { Args } from '../actor/behaviour.ts'
import type { IntrudingCode } from './intrude.ts'
import type { Isolation } from './isolation.ts'
import type { Lesson } from './ladder.ts'
import type { PlacementDecision } from './placement.ts'

/** Where the behaviour of an actor is found: the URL of its module, and the behaviour's key. */
export interface ActorModule {
  readonly url: string
  readonly key: string
}

/** What a node asks of whoever started it: the warden in threads and processes, a broker inside one event loop in tests of races. */
export interface NodeHost {
  /**
   * A connection with that node is needed. The host answers with `node.connected` on both sides, or with `node.down` when that
   * node has ended or never was. Called at most once per peer until then.
   */
  connect(peer: NodeId): void
  /**
   * The node on which the actor at `path` is to run, and the decision by which it is found: the one given, or one further out when the actor's
   * crashes have taught so. `module`: what it will be asked to load there; a node that is new can begin before it is asked. Rejects with
   * `PlacementError` or when no node could be started.
   */
  allocate(decision: PlacementDecision, path: string, module: ActorModule): Promise<Allocation>
  /**
   * What a running node is, asked about the node of an actor that another one is to join, before it is allocated. Rejects with `PlacementError`
   * when it has ended. Default: it counts as a thread.
   */
  kindOf?(node: NodeId): Promise<'inline' | 'thread' | 'process'>
  /**
   * The actor at `path`, placed by this decision, took its node down. Resolves once whoever starts that actor next, on any node, is told to start
   * it where the lesson says; with undefined when nothing follows. A host that has no such method learns nothing.
   */
  learn?(path: string, decision: PlacementDecision, evidence: Evidence): Promise<Lesson | undefined>
  /**
   * Whether an actor at one of these paths lived on a thread that was fenced, had to be waited for, and has not ended yet. A start there waits
   * until it has; whoever has more to do than to wait asks first. A host that has no such method has no such threads.
   */
  lingers?(paths: readonly string[]): Promise<boolean>
  /**
   * The node did not obey a kill in time (`culprit` ignored it), broke the protocol, or cannot be heard any more though nobody said that it
   * ended (`unknown`): end it.
   */
  endNode(
    node: NodeId,
    why: {
      readonly cause: 'killed' | 'protocol_violation' | 'unknown'
      readonly culprit?: Pid
      readonly detail?: string
    },
  ): void
  /** Whether memory can be shared with that node: both are in one OS process. Undefined: found out when they are connected. */
  shares?(node: NodeId): boolean | undefined
  /**
   * The failure domain of the OS process that a node shares with others, for when its end is seen and nobody says what it was. Default: it has one
   * of its own.
   */
  domainOf?(node: NodeId): string | undefined
  /** The kinds of node that this system has: what `place` may choose from. */
  readonly kinds: readonly ('inline' | 'thread' | 'process')[]
  /** Whether the OS process of this node has threads, with which memory can be shared. Default true. */
  readonly hasThreads?: boolean
  /** Whether the system can put a process into a sandbox. Default false. */
  readonly sandboxes?: boolean
  /** An operator's word about where the actor at this path, or with this behaviour, lives. It wins over code. */
  override?(path: string, behaviour: string): Isolation | undefined
  /** This node learnt that another one is fenced, before the host said so. */
  fencedByPeer?(node: NodeId): void
}

/** Where an actor is to run. */
export interface Allocation {
  readonly node: NodeId
  readonly decision: PlacementDecision
}

/** The end of a node as the host tells it: the verdict of its parent or warden. */
export interface Verdict {
  readonly evidence: Evidence
  /** The actor that took the node down, when there is one to name, and what it ended with. Everybody else on it exits `noconnection`. */
  readonly culprit?: { readonly pid: Pid; readonly reason: ExitReason }
  /** The node was cut off before it ended: what its connections still hold is not delivered. */
  readonly fenced?: boolean
}

/** What a host does with a node. */
export interface NodeControl {
  readonly id: NodeId
  /** A connection with `peer` is open, in answer to `connect` of either side. */
  connected(peer: NodeId, connection: Connection): void
  /** The verdict about a node that ended. Links and monitors fire once the connection with it is drained, or `verdictMs` after it closed without a verdict. */
  down(peer: NodeId, verdict: Verdict): void
  /** An error that the platform caught outside any handler, attributed to the actor with this serial. False when that actor is gone. */
  crash(serial: number, error: unknown): boolean
  /** The path of the actor with this serial; undefined when there is none. */
  pathOf(serial: number): string | undefined
  /**
   * Has the actor with this serial run the function of a `defineActor` between two of its messages, as if it were a handler of its own. Resolves
   * when that is done; never, when the actor ends first. Rejects when there is no such actor or no such function.
   */
  intrude(serial: number, code: IntrudingCode, args: Args): Promise<void>
  /** Everything inspectable, now. */
  snapshot(): NodeSnapshot
  /** Ends all actors with `reason` and closes all connections, in order. */
  stop(reason: ExitReason): void
}

export interface ActorSnapshot {
  readonly pid: Pid
  readonly behaviour: string
  readonly type: 'worker' | 'supervisor'
  readonly path: string
  readonly parent: Pid | undefined
  readonly name: string | undefined
  readonly status: 'starting' | 'waiting' | 'running' | 'suspended'
  readonly handler: string | undefined
  readonly mailbox: { readonly count: number; readonly bytes: number }
  readonly restarts: number
  readonly placement: PlacementDecision | undefined
  /** Children of a supervisor of which more is to be said than that they run. Left out when there are none. */
  readonly unsettled?: readonly UnsettledChild[]
}

/** A child that is about to be started again, that its supervisor holds until it is asked to start it, or that was told to stop and still runs. */
export interface UnsettledChild {
  /** Its id: the last part of its path. */
  readonly child: string
  readonly behaviour: string
  readonly type: 'worker' | 'supervisor'
  readonly status: 'restarting' | 'held' | 'stopping'
  /** How often it was started again. */
  readonly restarts: number
  /** How many milliseconds ago it was told to stop, and what it may take for that: milliseconds, or a word for it. */
  readonly stoppingMs?: number
  readonly shutdown?: number | string
}

export interface NodeSnapshot {
  readonly node: NodeId
  readonly actors: readonly ActorSnapshot[]
  readonly counters: {
    readonly sent: number
    readonly handled: number
    readonly encoded: number
    readonly decoded: number
    readonly deadLetters: number
  }
}

/**
 * Words of memory that a node writes and its warden reads, so that a stuck node can be told from a healthy one without asking it:
 * plain stores into a shared Float64Array. `VITALS` names the slots.
 */
export const VITALS = {
  /** Counts scheduler turns; odd while one runs. */
  turn: 0,
  /** Serial of the actor whose handler ran last. */
  actor: 1,
  /** Number of that handler among the names given to `onHandler`. */
  handler: 2,
  /** Actors alive on the node. */
  alive: 3,
  /** Serial of the only actor when `alive` is 1. */
  sole: 4,
  /** The latest turn after which the event loop is known to have gone on: what blocks it later is no handler of that turn. */
  settled: 5,
  /** When the latest turn began, or the event loop went on after one, by the platform's clock. */
  turnAt: 6,
  length: 8,
} as const

/** Called once per handler name, before it first runs; its number is what `VITALS.handler` holds. */
export type OnHandler = (id: number, name: string) => void
