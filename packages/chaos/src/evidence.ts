import { show } from 'bulkhead'
import type { Evidence, ExitReason } from 'bulkhead'

/** What was seen of a fault: for an end, what the operating system and the runtime said of it. Everything in it can be printed as JSON. */
export interface InjectionEvidence {
  /**
   * For an end of a node, its cause: `stuck`, `exited`, `signaled`, `out_of_memory`, `error` …; for one of an actor alone `error` or `killed`. For a
   * fault that ends nobody: `continued` (SIGCONT), `slow`, `cut`, `delay`.
   */
  readonly cause: string
  /** The exit reason that a monitor of the target was told. */
  readonly reason?: string
  readonly code?: number
  readonly signal?: string
  /** The handler that was stuck. */
  readonly handler?: string
  readonly limitMb?: number
  readonly heapBytes?: number
  readonly lastHeartbeatMs?: number
  /** The last lines that the node wrote. */
  readonly output?: readonly string[]
  /** The state of the OS process while it was stopped, as `/proc` gives it: T. */
  readonly state?: string
  /** Frames and bytes that were kept back, and have left since. */
  readonly held?: { readonly frames: number; readonly bytes: number }
  /** Where the root is one of the two: milliseconds until the target's node answered a question that was asked while it was in force. */
  readonly answeredMs?: number
  /** Milliseconds that it lasted. */
  readonly lastedMs?: number
}

/** Of an end, as DOWN tells it. */
export function evidenceOf(reason: ExitReason, node: Evidence | undefined): InjectionEvidence {
  const limit = (reason as { out_of_memory?: { limitMb?: number } } | null)?.out_of_memory?.limitMb
  return {
    cause: node?.cause ?? causeOf(reason),
    reason: show(reason),
    ...(node?.code !== undefined && { code: node.code }),
    ...(node?.signal !== undefined && { signal: node.signal }),
    ...(node?.handler !== undefined && { handler: node.handler }),
    ...(limit !== undefined && { limitMb: limit }),
    ...(node?.heapBytes !== undefined && { heapBytes: node.heapBytes }),
    ...(node?.lastHeartbeatMs !== undefined && { lastHeartbeatMs: Math.round(node.lastHeartbeatMs) }),
    ...(node?.output !== undefined && { output: node.output }),
  }
}

/** Of an actor that ended alone. */
function causeOf(reason: ExitReason): string {
  if (reason instanceof Error) return 'error'
  return typeof reason === 'string' ? reason : 'exit'
}
