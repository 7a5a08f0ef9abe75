import type { Args, Evidence, ExitReason, NodeId, Pid, PlacementDecision, TimerRef } from '@bulkhead/core'
import type { Backoff } from './backoff.ts'
import type { ChildSpec } from './child-spec.ts'
import type { RestartType } from './restart.ts'

/**
 * `running`; `restarting`: about to be started again; `stopped`: terminated on request, ended in order, or ignored; `held`: it exceeded the
 * restart intensity and waits for `restartChild`.
 */
export type ChildStatus = 'running' | 'restarting' | 'stopped' | 'held'

/** A restart that is going to be tried. */
export interface Retry {
  /** The timer whose message begins it. */
  readonly timer: TimerRef
  /** Why the child is not running. */
  readonly reason: ExitReason
  /** What is known about the end of the node that made it so. */
  readonly evidence: Evidence | undefined
  /** Whether it was charged when it was put off. */
  readonly charged: boolean
}

/** Which actor a child was, and where it was placed. */
export interface Life {
  readonly pid: Pid
  readonly placement: PlacementDecision
}

/** One child as its supervisor knows it. */
export interface Child {
  /** Names it within its supervisor. For children with an id: the id. */
  readonly id: string
  readonly restart: RestartType
  /** Its recipe; `args` stand apart, since those of temporary children are dropped once they have been used. */
  readonly spec: Omit<ChildSpec, 'args'>
  args: Args | undefined
  status: ChildStatus
  /** While it runs its pid, else the pid it had last. */
  pid: Pid | undefined
  /** Where it was started last. */
  placement: PlacementDecision | undefined
  /** How often it was started. */
  starts: number
  /** The node whose end took it last. */
  lostNode: NodeId | undefined
  /** A start of it is under way. */
  isStarting: boolean
  /** When it was told to stop, while it is waited for. */
  stoppingSince: number | undefined
  retry: Retry | undefined
  readonly backoff: Backoff | undefined
}

/** The children of one supervisor in start order, found by id and by pid. A child that is started again keeps its place. */
export class ChildTable {
  readonly #children = new Map<string, Child>()
  readonly #pids = new Map<Pid, Child>()

  get size(): number {
    return this.#children.size
  }

  /** In start order. */
  list(): Child[] {
    return [...this.#children.values()]
  }

  get(id: string): Child | undefined {
    return this.#children.get(id)
  }

  /** The child that runs under `pid`, or ran under it last. */
  byPid(pid: Pid): Child | undefined {
    return this.#pids.get(pid)
  }

  /** Adds it as the last one. */
  add(child: Child): void {
    this.#children.set(child.id, child)
  }

  delete(child: Child): void {
    this.#children.delete(child.id)
    if (child.pid !== undefined) this.#pids.delete(child.pid)
  }

  /** The child runs under a new pid. */
  started(child: Child, { pid, placement }: Life): void {
    if (child.pid !== undefined) this.#pids.delete(child.pid)
    child.pid = pid
    child.placement = placement
    child.status = 'running'
    this.#pids.set(pid, child)
  }
}
