import type { ActorRef, Isolation, LogRecord, Pid } from '@bulkhead/core'
import type { ChildSpec } from 'bulkhead'
import type { Stage } from '../laws/law.ts'
import type { Plan } from './fixtures/plan.ts'
import type { Scribe } from './fixtures/scribe.ts'
import type { RefOf } from '../laws/law.ts'
import type { SupervisorProtocol } from 'bulkhead'

/** Where the actors of an item live. `spread`: supervisors on the root, the others in a thread and a process, by turns. */
export type Spot = 'inline' | 'threads' | 'processes' | 'spread'
export const SPOTS: readonly Spot[] = ['inline', 'threads', 'processes', 'spread']

/** A supervisor of an item. */
export interface Overseer {
  readonly pid: Pid
  readonly ref: ActorRef<SupervisorProtocol>
}

/** What an item has at hand: that of a law, and supervisors whose children write down what happens to them. What it starts ends with it. */
export interface ConformanceStage extends Stage {
  readonly spot: Spot
  /** Every line of the log, of all nodes: of this item and of those before it. */
  readonly log: readonly LogRecord[]
  /** Where supervisors live. */
  readonly top: Isolation
  /** Writes down what workers tell it, in the order in which they do, and says how their starts go. Lives on the root. */
  readonly scribe: RefOf<typeof Scribe> & { readonly pid: Pid }
  /** The isolation of the child number `index`: every other one lives `there`. */
  place(index: number): Isolation
  /** The spec of a worker, see {@link Plan}; placed by turns. */
  worker(id: string, options?: Partial<ChildSpec>, plan?: Plan): ChildSpec
  /**
   * Starts a supervisor at the {@link top}, linked to the stage's `self`, which traps exits. Rejects with what the start failed with.
   * `rules`: strategy, intensity and so on.
   */
  supervise(rules: Rules, children: readonly ChildSpec[]): Promise<Overseer>
  /** The spec of a supervisor as a child of another, at the {@link top}. */
  supervisor(id: string, rules: Rules, children: readonly ChildSpec[], options?: Partial<ChildSpec>): ChildSpec
}

/** The rules of a supervisor as they are given: they may be wrong. */
export type Rules = Readonly<Record<string, unknown>>
