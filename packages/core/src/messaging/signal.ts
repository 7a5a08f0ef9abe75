import type { Evidence, ExitReason } from '../actor/exit-reason.ts'
import type { NodeId, Pid } from '../actor/pid.ts'
import type { MailboxLimits } from '../actor/mailbox-limits.ts'
import type { PlacementDecision } from '../node/placement.ts'
import type { Verdict } from '../node/host.ts'
import type { Beside } from './codec.ts'

/** Why and how an actor ended, as it travels. */
export interface Ended {
  readonly reason: ExitReason
  readonly evidence?: Evidence | undefined
  /** A version of the name table, none newer than which gives the ended actor a name; 0 when it never had one. */
  readonly nameVersion: number
}

/** What asks a node to start an actor. */
export interface SpawnRequest {
  readonly url: string
  readonly key: string
  readonly behaviour: string
  readonly path: string
  readonly name: string | undefined
  readonly link: boolean
  readonly monitor: number
  readonly restarts: number
  /** The starter is a supervisor: it reports how the actor ends. */
  readonly supervised: boolean
  readonly mailbox: MailboxLimits | undefined
  readonly placement: PlacementDecision
}

export type StartedOutcome =
  | { readonly kind: 'started' }
  | { readonly kind: 'ignored'; readonly ended: Ended }
  | { readonly kind: 'failed'; readonly ended: Ended }

/** What travels between the name authority on the root and the replicas. */
export type NameSignal =
  | { readonly op: 'register' | 'unregister'; readonly id: number; readonly name: string; readonly pid: Pid }
  | { readonly op: 'granted'; readonly id: number; readonly version: number }
  | {
      readonly op: 'refused'
      readonly id: number
      readonly code: 'name_taken' | 'already_named' | 'noproc' | 'not_registered'
      readonly holder: Pid | undefined
    }
  | { readonly op: 'update'; readonly version: number; readonly name: string; readonly pid: Pid | undefined }
  | { readonly op: 'table'; readonly version: number; readonly names: readonly (readonly [string, Pid])[] }
  | { readonly op: 'died'; readonly pid: Pid }
  | { readonly op: 'ask'; readonly id: number; readonly pid: Pid }
  | { readonly op: 'answer'; readonly id: number; readonly alive: boolean }

/** The words that carry a body which only its reader decodes. */
export type Carried = 'message' | 'call' | 'cast' | 'system' | 'reply' | 'refusal'

/**
 * Everything that one actor or node can send another, but for what is carried encoded (`Carried`), which never becomes an object.
 * Signals of one pair arrive in the order sent.
 */
export type Signal =
  | { readonly kind: 'exit'; readonly to: Pid; readonly from: Pid; readonly ended: Ended }
  | { readonly kind: 'link_exit'; readonly to: Pid; readonly from: Pid; readonly ended: Ended }
  | { readonly kind: 'link'; readonly to: Pid; readonly from: Pid }
  | { readonly kind: 'unlink'; readonly to: Pid; readonly from: Pid; readonly id: number }
  | { readonly kind: 'unlink_ack'; readonly to: Pid; readonly from: Pid; readonly id: number }
  | { readonly kind: 'monitor'; readonly to: Pid; readonly from: Pid; readonly ref: number }
  | { readonly kind: 'demonitor'; readonly to: Pid; readonly from: Pid; readonly ref: number }
  | { readonly kind: 'down'; readonly to: Pid; readonly from: Pid; readonly ref: number; readonly ended: Ended }
  | {
      readonly kind: 'call_failed'
      readonly to: Pid
      readonly from: Pid
      readonly ref: number
      readonly reason: ExitReason
    }
  | { readonly kind: 'spawn_reply'; readonly to: Pid; readonly from: Pid; readonly ref: number }
  | {
      readonly kind: 'started'
      readonly to: Pid
      readonly from: Pid
      readonly ref: number
      readonly outcome: StartedOutcome
    }
  | { readonly kind: 'alive'; readonly to: Pid; readonly from: Pid; readonly ref: number }
  | {
      readonly kind: 'alive_reply'
      readonly to: Pid
      readonly from: Pid
      readonly ref: number
      readonly alive: boolean
    }
  /** What is known about an actor, asked for; answered by its node, also while the actor is busy. */
  | {
      readonly kind: 'info'
      readonly to: Pid
      readonly from: Pid
      readonly ref: number
      readonly items: readonly string[]
    }
  | {
      readonly kind: 'info_reply'
      readonly to: Pid
      readonly from: Pid
      readonly ref: number
      /** Undefined: there is no such actor. */
      readonly found: Readonly<Record<string, unknown>> | undefined
    }

/** Signals between nodes, not between actors. */
export type NodeSignal =
  | {
      readonly kind: 'hello'
      readonly node: NodeId
      readonly system: string
      readonly fenced: readonly (readonly [NodeId, Verdict])[]
    }
  | { readonly kind: 'fenced'; readonly node: NodeId; readonly verdict: Verdict }
  | { readonly kind: 'name'; readonly name: NameSignal }
  | {
      readonly kind: 'spawn'
      readonly from: Pid
      readonly ref: number
      readonly request: SpawnRequest
      readonly args: Uint8Array
      readonly beside: Beside | undefined
    }
