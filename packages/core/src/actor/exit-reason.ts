import type { NodeId } from './pid.ts'

/**
 * Why an actor ended. Any value that can be sent, with these meanings (OTP's, and below them those that the runtime adds):
 * - `'normal'`, `'shutdown'`, `{ shutdown: value }`: ends in order; they write no crash report and, but for `'normal'`, travel along links.
 * - `'kill'` sent as an exit signal cannot be trapped; the victim ends with `'killed'`.
 * - `'noproc'`: no such actor (any more). `'noconnection'`: its node went down and it was not the culprit.
 * - an `Error`: what a handler threw or rejected with.
 * - `{ nocatch: value }`: what an actor threw, where that is no error and no answer: never an end in order, even of `'normal'`.
 * - {@link NodeReason}: what the culprit of a node's end ended with.
 */
export type ExitReason = unknown

/** The reason of an actor that took its node down. */
export type NodeReason =
  | { readonly stuck: { readonly handler: string; readonly forMs: number } }
  | { readonly out_of_memory: { readonly limitMb: number | undefined } }
  | { readonly exited: { readonly code: number } }
  | { readonly signaled: { readonly signal: string } }
  | 'killed'
  | 'protocol_violation'

export interface MemoryLimit {
  readonly field: 'heapMb' | 'rssMb'
  readonly mb: number
}

/** What the operating system and the warden know about the end of a node. */
export interface Evidence {
  readonly node: NodeId
  /** One id per end of a failure domain: nodes that share it died of one cause, and are one charge for a supervisor. */
  readonly domain: string
  readonly cause:
    | 'stuck'
    | 'out_of_memory'
    | 'exited'
    | 'signaled'
    | 'error'
    | 'killed'
    | 'stopped'
    | 'protocol_violation'
    | 'fenced'
    | 'unknown'
  readonly code?: number
  readonly signal?: string
  readonly handler?: string
  /** Which rule it broke, for `protocol_violation`. */
  readonly rule?: string
  readonly error?: unknown
  /** Which limit of `isolation.limits` it ran into, in megabytes, for `out_of_memory`; undefined where the machine was out of it. */
  readonly limit?: MemoryLimit
  /** Bytes of V8 heap or of resident memory when last sampled. */
  readonly heapBytes?: number
  /** Milliseconds between the last sign of life and the end. */
  readonly lastHeartbeatMs?: number
  /** The last lines that the node wrote to stdout and stderr, oldest first. */
  readonly output?: readonly string[]
}

/** `normal`, `shutdown` or `{ shutdown: … }`: an end in order, as OTP judges it for transient children and for crash reports. */
export function isCleanExit(reason: ExitReason): boolean {
  if (reason === 'normal' || reason === 'shutdown') return true
  return typeof reason === 'object' && reason !== null && !(reason instanceof Error) && 'shutdown' in reason
}

/** What an actor threw and nobody caught. OTP's `error/1` ends with its reason, its `throw/1` with `nocatch`. */
export function reasonOfThrown(thrown: unknown): ExitReason {
  // An error of another realm, such as a vm's, is no instance of ours.
  if (thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]') return thrown
  return { nocatch: thrown }
}
