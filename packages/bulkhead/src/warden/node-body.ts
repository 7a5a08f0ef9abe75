import type { Transferable } from 'node:worker_threads'
import type { NodeId } from '@bulkhead/core'
import type { PausableConnection } from '@bulkhead/transport-process'
import type { FromNode, ToNode } from '../control.ts'
import type { ErrorParts } from '../error-parts.ts'
import type { Vitals } from '../hosted/vitals.ts'
import type { TaggedOutput } from '../output/tagged-output.ts'
import type { Judgement } from './stuck.ts'

/** What the operating system or the thread's owner says about an end. */
export interface BodyEnd {
  readonly cause:
    | 'stuck'
    | 'out_of_memory'
    | 'exited'
    | 'signaled'
    | 'error'
    | 'stopped'
    | 'killed'
    | 'protocol_violation'
    | 'unknown'
  readonly code?: number
  readonly signal?: string
  readonly error?: ErrorParts
  readonly handler?: string
  readonly forMs?: number
  readonly limitMb?: number
  readonly heapBytes?: number
  /** Serial of the actor to blame. */
  readonly culprit?: number
  /** Which rule it broke. */
  readonly rule?: string
}

export interface BodyEvents {
  readonly message: (message: FromNode) => void
  /** Called once. `gone`: the thread or process has really ended, so nothing of it runs any more. */
  readonly ended: (end: BodyEnd, gone: boolean) => void
}

/** What a node lives in: the root's thread, a worker thread, an OS process. */
export interface NodeBody {
  readonly kind: 'inline' | 'thread' | 'process'
  /** Its OS process. */
  readonly osProcess: number
  readonly output: TaggedOutput
  /** Readable in this OS process only. */
  readonly vitals: Vitals | undefined
  post(message: ToNode, transfer?: readonly Transferable[]): void
  /** Milliseconds that a turn may take from now on. */
  watch(limitMs: number): void
  /** How the node does; ends it when it broke a limit. */
  look(): Judgement
  /** The name of a handler, by the number that vitals hold. */
  learnHandler(id: number, name: string): void
  /** Milliseconds of CPU or of loop activity so far. */
  activeMs(): number | undefined
  /** The handler that runs, or ran last, where the warden can tell. */
  readonly handlerName?: string | undefined
  /** Milliseconds since the last sign of life. */
  readonly silentMs: number
  /** Ends it at once. */
  kill(): void
  /** Takes over a connection with a peer, for a node that has none of its own. */
  carry?(peer: NodeId, connection: PausableConnection): void
}
