import type { IsolationLimits } from './isolation.ts'

/** Where an actor goes, and why. */
export interface PlacementDecision {
  readonly kind: 'inline' | 'thread' | 'process'
  /** `pooled`: with others. `dedicated`: a node of its own. `compartment`: the node of that compartment. `with`: the node of a given actor. */
  readonly share: 'pooled' | 'dedicated' | 'compartment' | 'with'
  readonly compartment?: string
  /** The node to share, for `share: 'with'`. */
  readonly node?: number
  readonly limits: IsolationLimits
  readonly sandbox: boolean
  /** One sentence per hint that mattered, strongest first. */
  readonly because: readonly string[]
  /** What was considered and why it lost. */
  readonly rejected: readonly { readonly kind: 'inline' | 'thread' | 'process'; readonly why: string }[]
}
