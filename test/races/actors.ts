import type { From } from '../../packages/core/src/actor/from.ts'
import type { MonitorRef, TimerRef } from '../../packages/core/src/actor/notices.ts'
import { nodeOf } from '../../packages/core/src/actor/pid.ts'
import type { Pid } from '../../packages/core/src/actor/pid.ts'
import type { ActorSelf } from '../../packages/core/src/actor/self.ts'
import { show } from '../../packages/core/src/errors.ts'
import type { ExploredNode } from './explored-node.ts'
import type { Call } from './laws/calls.ts'
import type { ActorSpec } from './program.ts'
import type { Scheduler } from './scheduler.ts'

/** A reason in the form in which reasons are compared. */
export const wordOf = (reason: unknown): string => (typeof reason === 'string' ? reason : show(reason))

/** What coverage calls a reason. */
export const kindOf = (word: string): string => (/^[a-z]+$/.test(word) ? word : 'with a value')

/** An actor of the program that was made. */
export class Actor {
  readonly spec: ActorSpec
  readonly pid: Pid
  readonly node: ExploredNode
  self: ActorSelf | undefined
  /** How many operations of its script are done. */
  done = 0
  /** Whether it has heard of an end since it did the last one. */
  hasNews = false
  /** Its reason (undefined: it went with its node) and the event in which it ended; undefined while it lives. */
  end: { readonly reason: string | undefined; readonly step: number } | undefined
  /** Whether exits were ever not trapped, and ever trapped, since its first code ran. */
  everUntrapped = false
  everTrapped = false
  readonly deferred: { readonly from: From<unknown>; readonly call: number }[] = []
  readonly monitors: MonitorRef[] = []
  readonly timers: TimerRef[] = []
  /** Its requests that were not answered, by their refs. */
  readonly requests = new Map<number, Call>()
  /** Actors of which it handled a DOWN, with the first one's reason and the event in which it came. */
  readonly saidDown = new Map<Pid, { readonly reason: string; readonly step: number }>()
  /** Nodes from which nothing may be heard, since what was heard was sent by somebody who knew them fenced. */
  readonly fenced = new Set<number>()

  readonly #scheduler: Scheduler

  constructor(spec: ActorSpec, pid: Pid, node: ExploredNode, scheduler: Scheduler) {
    this.spec = spec
    this.pid = pid
    this.node = node
    this.#scheduler = scheduler
  }

  get index(): number {
    return this.spec.index
  }

  get label(): string {
    return `actor ${this.spec.index}`
  }

  ends(reason: string | undefined): void {
    this.end = { reason, step: this.#scheduler.steps }
  }

  hearsDown(pid: Pid, reason: string): void {
    if (!this.saidDown.has(pid)) this.saidDown.set(pid, { reason, step: this.#scheduler.steps })
  }

  /** Whether it ended in an earlier event. What an awaited promise gave may still be looked at in the event in which the end came. */
  get isOver(): boolean {
    return this.end !== undefined && this.end.step < this.#scheduler.steps
  }

  /** Whether it handled a DOWN in an earlier event: a promise that settled in the same one settled first, though it is looked at later. */
  knowsDown(pid: Pid): boolean {
    const down = this.saidDown.get(pid)
    return down !== undefined && down.step < this.#scheduler.steps
  }

  /** Whether its node counts an actor among those of nodes that ended. */
  hasLost(pid: Pid): boolean {
    return !this.node.believesIn(nodeOf(pid))
  }
}

/** Whether signals between two actors were neither lost nor refused on their way. */
export function areInTouch(one: Actor, other: Actor): boolean {
  if (one.hasLost(other.pid)) return false
  return other.node.isGone ? one.node === other.node : !other.hasLost(one.pid)
}

/** The actors of the program that were made so far. */
export class Actors {
  readonly #byPid = new Map<Pid, Actor>()
  readonly #byIndex = new Map<number, Actor>()

  add(actor: Actor): void {
    this.#byPid.set(actor.pid, actor)
    this.#byIndex.set(actor.index, actor)
  }

  of(pid: Pid): Actor | undefined {
    return this.#byPid.get(pid)
  }

  at(index: number): Actor | undefined {
    return this.#byIndex.get(index)
  }

  get all(): IterableIterator<Actor> {
    return this.#byPid.values()
  }

  get living(): Actor[] {
    return [...this.all].filter((actor) => actor.end === undefined)
  }

  /** What somebody who watches `pid` may be told as the reason of its end. */
  reasonsOf(observer: Actor, pid: Pid): string[] {
    const actor = this.of(pid)
    const { verdict } = actor?.node ?? {}
    const culprit = verdict?.culprit
    return [
      ...(actor?.end?.reason === undefined ? [] : [actor.end.reason]),
      ...(observer.hasLost(pid) ? ['noconnection'] : []),
      ...(observer.hasLost(pid) && culprit?.pid === pid ? [wordOf(culprit.reason)] : []),
    ]
  }

  /** Whether to this observer that actor has ended, or ended with its node. */
  isOver(observer: Actor, pid: Pid): boolean {
    return observer.hasLost(pid) || this.of(pid)?.end !== undefined
  }
}
