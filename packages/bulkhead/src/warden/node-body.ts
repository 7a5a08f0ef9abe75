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
  /** Which limit that is. */
  readonly limitField?: 'heapMb' | 'rssMb'
  readonly heapBytes?: number
  /** Serial of the actor to blame; `unknown`: not even the only actor of the node is. */
  readonly culprit?: number | 'unknown'
  /** The failure domain, where other nodes ended with this one. */
  readonly domain?: string
  /** What its OS process printed last beside its own lines. */
  readonly output?: readonly string[]
  /** Which rule it broke. */
  readonly rule?: string
}

export interface BodyEvents<Message = FromNode> {
  readonly message: (message: Message) => void
  /** Called once. `gone`: the thread or process has really ended, so nothing of it runs any more. */
  readonly ended: (end: BodyEnd, gone: boolean) => void
}

/** The crew of a thread, as its neighbours see it. */
export interface CrewOfBody {
  /** The failure domain that all of its threads share. */
  readonly domain: string
  /** Its OS process has ended, whether or not that was told. */
  readonly isOver: boolean
  /** Gives two of its threads a connection over shared memory. */
  link(one: NodeId, other: NodeId): void
}

/** What a node lives in: the root's thread, a worker thread, an OS process. */
export interface NodeBody {
  readonly kind: 'inline' | 'thread' | 'process'
  /** Its OS process. */
  readonly osProcess: number
  /** The crew that the thread belongs to; undefined in the root's OS process. */
  readonly crew?: CrewOfBody | undefined
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
