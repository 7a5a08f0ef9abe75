import type { IsolationLimits } from './isolation.ts'
import type { Confinement } from './sandbox-hints.ts'

/**
 * What stands around an actor, nearest first: the wall of a node that is shared with any others, of a thread of its own (or of its
 * compartment's), of an OS process of its own.
 */
export type Wall = 'shared' | 'thread' | 'process'

/** Where an actor goes, and why. */
export interface PlacementDecision {
  readonly kind: 'inline' | 'thread' | 'process'
  /** `pooled`: with others. `dedicated`: a node of its own. `compartment`: the node of that compartment. `with`: the node of a given actor. */
  readonly share: 'pooled' | 'dedicated' | 'compartment' | 'with'
  readonly compartment?: string
  /** The node to share, for `share: 'with'`. */
  readonly node?: number
  /**
   * The OS process of a thread. `starter`: that of whoever starts the actor. `crew`: one for threads, behind a wall of its own. `own_crew`: one
   * for the threads of this compartment only. Otherwise the root's, or what the system is told.
   */
  readonly within?: 'starter' | 'crew' | 'own_crew'
  readonly limits: IsolationLimits
  /** It is started again only when the thread on which it lived before has really ended. */
  readonly afterFence?: 'wait'
  readonly sandbox: boolean
  /** How that sandbox is made, and what holds it. */
  readonly confinement?: Confinement
  /** One sentence per hint that mattered, strongest first. */
  readonly because: readonly string[]
  /** How far out its crashes may move it, and what holds it back from going further. */
  readonly furthest: { readonly wall: Wall; readonly because: string }
  /** The wall that its crashes have moved it behind. */
  readonly moved?: Wall
  /** What was considered and why it lost. */
  readonly rejected: readonly { readonly kind: 'inline' | 'thread' | 'process'; readonly why: string }[]
}
