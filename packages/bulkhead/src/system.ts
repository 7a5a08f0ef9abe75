import type {
  ActorRef,
  ActorSnapshot,
  Args,
  Behaviour,
  ExitReason,
  NodeId,
  Pid,
  PlacementDecision,
} from '@bulkhead/core'
import type { ChildOptions } from '@bulkhead/supervisor'
import type { ChaosDoor } from './chaos/chaos-door.ts'

/** Everything that one program started: its root node, its thread nodes, its process nodes, and the actors on them. Made by `start`. */
export interface System {
  /** Part of every pid of the system. */
  readonly id: string
  /**
   * Starts an actor as a child of the system's own top supervisor, which keeps it running: permanent unless `options` say otherwise.
   * Rejects with `StartFailed`.
   */
  start<A extends Args, P>(behaviour: Behaviour<A, P>, args: NoInfer<A>, options?: ChildOptions): Promise<ActorRef<P>>
  /** A reference by name, resolved at each use: it survives restarts. */
  named<A extends Args, P>(behaviour: Behaviour<A, P>, name: string): ActorRef<P>
  /** Waits until somebody holds the name: after a crash, the replacement. Never settles when nobody ever does. */
  available(name: string): Promise<Pid>
  /**
   * Where an actor lives, why, and who would go down with it. Whoever is `available` by a name is found by it. Rejects with `CallFailed`
   * (`noproc`) when there is no such actor.
   */
  explain(actor: ActorRef | Pid | string): Promise<Explanation>
  /** All actors, as a tree. */
  tree(): Promise<readonly TreeEntry[]>
  /** Stops all actors in order, the last started first, then ends all nodes. Repeating it only shortens the deadline. */
  stop(options?: StopOptions): Promise<StopReport>
  /** Hurts the system on purpose; undefined unless it was started with `chaos: true`. */
  readonly chaos: ChaosDoor | undefined
  /** Resolves when everything has ended, with the reason: what `stop` was given, or why the top supervisor gave up. */
  readonly stopped: Promise<ExitReason>
  [Symbol.asyncDispose](): Promise<void>
}

export interface StopOptions {
  /** Milliseconds for the whole of it; what runs then is ended, in order or not. Default Infinity: each child has the time that its own spec gives it. */
  readonly deadlineMs?: number
  /** What `stopped` resolves with. Default `'shutdown'`. */
  readonly reason?: ExitReason
}

export interface StopReport {
  /** Actors that were still there when the deadline came. */
  readonly cutShort: readonly Pick<ActorSnapshot, 'pid' | 'path'>[]
}

export interface Explanation {
  readonly pid: Pid
  readonly path: string
  readonly node: NodeId
  readonly kind: PlacementDecision['kind']
  /** The OS process it lives in. */
  readonly osProcess: number
  /** The decision with its reasons; undefined for what was spawned as a closure. */
  readonly decision: PlacementDecision | undefined
  readonly blastRadius: BlastRadius
}

/** Paths of the other actors that would end with an actor, by what ends. */
export interface BlastRadius {
  /** Those of its node: it takes them along when it is stuck, calls `process.exit`, or does not obey a kill. */
  readonly node: readonly string[]
  /**
   * Those of the other nodes of its OS process: they end, too, when native code, V8 or a signal ends that. Nothing outlives the root's, so there
   * it is all others of the system.
   */
  readonly osProcess: readonly string[]
}

export interface TreeEntry extends ActorSnapshot {
  readonly node: NodeId
  readonly kind: PlacementDecision['kind']
  /** The OS process it lives in. */
  readonly osProcess: number
  readonly children: readonly TreeEntry[]
}
