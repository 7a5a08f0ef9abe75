import type { IntrudingCode, NodeId } from '@bulkhead/core'

/** What a node that was started for it does to itself when the root says so. */
export type Hurt =
  /** One of its actors runs this code between two messages. */
  | {
      readonly kind: 'intrude'
      readonly serial: number
      readonly code: IntrudingCode
      readonly args: readonly unknown[]
    }
  /** Its frames to a peer are late. */
  | ({ readonly kind: 'disturb' } & Delays)

export interface Delays {
  readonly peer: NodeId
  /** Milliseconds that each frame is late; Infinity: none leaves. */
  readonly delayMs: number
  /** Milliseconds until it is over. */
  readonly forMs: number
}

/** What was kept back while frames were late. */
export interface Held {
  readonly frames: number
  readonly bytes: number
}

/** What became of it. */
export type HurtAnswer =
  /** A disturbance is in force. */
  | { readonly type: 'hurt_begun'; readonly request: number }
  | { readonly type: 'hurt_done'; readonly request: number; readonly held?: Held }
  | { readonly type: 'hurt_refused'; readonly request: number; readonly why: string }
