import type { ExitReason } from '../actor/exit-reason.ts'
import type { ActorSelf } from '../actor/self.ts'
import type { NodeId } from '../actor/pid.ts'
import type { Platform } from '../platform.ts'
import type { NodeControl, NodeHost, OnHandler } from './host.ts'

export interface NodeOptions {
  /** The id of the system, part of every pid: 1 to 64 of `A-Za-z0-9_-`. */
  readonly system: string
  readonly id: NodeId
  readonly platform: Platform
  readonly host: NodeHost
  /** Makes the behaviour with this key known in this JavaScript realm (by importing its module), or rejects. */
  readonly load: (url: string, key: string) => Promise<void>
  /** A shared Float64Array of `VITALS.length` words that the warden reads. */
  readonly vitals?: Float64Array
  readonly onHandler?: OnHandler
  /** Milliseconds that a killed actor's node has to report its death before the host ends the node. Default 1,000. */
  readonly killMs?: number
  /** Milliseconds to wait for a verdict after a connection was lost. Default 250. */
  readonly verdictMs?: number
  /** Messages handled before timers and I/O get a chance. Default 512. */
  readonly turnBudget?: number
  /** The node runs foreign code, and its connections are policed: what would be a violation is an error at its actors. Default false. */
  readonly untrusted?: boolean
  /** Has an error say more with which an actor ends, or refuses a call, before anybody hears of it. */
  readonly explain?: (reason: ExitReason) => void
  /** The longest message that it can send, in bytes. Default `MESSAGE_BYTES_MAX`. */
  readonly messageBytesMax?: number
  /** The option that sets that, as errors name it. Default none. */
  readonly messageBytesOption?: string
  /** Bytes waiting in an actor's mailbox, or in a connection, from which a send answers false. Default 1 MiB. */
  readonly highWaterBytes?: number
}

/** One node: the event loop's actors, their names, links, monitors and calls. Made by `createNode`. */
export interface Node extends NodeControl {
  readonly system: string
  /**
   * The node's own actor, alive as long as the node: acts for code that is no actor. It traps exits; what it is sent waits for `receive`.
   */
  readonly main: ActorSelf
}
