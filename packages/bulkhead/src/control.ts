import type { MessagePort } from 'node:worker_threads'
import type {
  ActorModule,
  Allocation,
  Evidence,
  Grant,
  Lesson,
  LogRecord,
  NodeHost,
  NodeId,
  NodeSnapshot,
  PlacementDecision,
  Verdict,
} from '@bulkhead/core'
import type { ThreadEnd } from '@bulkhead/transport-thread'
import type { ErrorParts } from './error-parts.ts'
import type { Hurt, HurtAnswer } from './chaos/hurt.ts'
import type { CrashNews } from './inspect/crash-log.ts'
import type { NodesOptions } from './nodejs/given-options.ts'
import type { Overrides } from './placement-overrides.ts'

/** Everything that nodes and their warden say to each other. Both are trusted: they are parent and child. */

/** What a node is told when it becomes one. */
export interface NodeBirth {
  readonly system: string
  readonly id: NodeId
  readonly killMs: number
  readonly overrides: Overrides
  /** Whether log records are sent to the root instead of being printed. */
  readonly forwardsLog: boolean
  /** Whether the warden is told of every change, for whoever inspects the system. */
  readonly isInspectable: boolean
  /** Whether the root may hurt it: see `ChaosDoor`. */
  readonly chaos: boolean
}

export type FromNode =
  /** The thread or process has started and is a spare from now on. `thread`: the operating system's number of its main thread. */
  | { readonly type: 'started'; readonly thread: number | undefined }
  /** The node exists. */
  | { readonly type: 'up' }
  | { readonly type: 'connect'; readonly peer: NodeId }
  | { readonly type: 'listening'; readonly address: string }
  /** No connection with `peer` came about. */
  | { readonly type: 'unreachable'; readonly peer: NodeId; readonly why: string }
  | {
      readonly type: 'allocate'
      readonly request: number
      readonly decision: PlacementDecision
      readonly path: string
      readonly module: ActorModule
    }
  | { readonly type: 'kind_of'; readonly request: number; readonly node: NodeId }
  /** The actor at `path`, placed by this decision, took its node down. Its evidence without what only programs read. */
  | {
      readonly type: 'learn'
      readonly request: number
      readonly path: string
      readonly decision: PlacementDecision
      readonly evidence: Evidence
    }
  /** Whether a start at one of these paths would have to wait, see `NodeHost.lingers`. */
  | { readonly type: 'lingers'; readonly request: number; readonly paths: readonly string[] }
  /** An actor lives here, or does no longer, whose replacement is to wait for the end of this node if it is fenced. */
  | { readonly type: 'awaited'; readonly path: string; readonly lives: boolean }
  | { readonly type: 'end_node'; readonly node: NodeId; readonly why: Parameters<NodeHost['endNode']>[1] }
  | { readonly type: 'fenced_by_peer'; readonly node: NodeId }
  | { readonly type: 'handler'; readonly id: number; readonly name: string }
  | { readonly type: 'population'; readonly population: Population }
  | { readonly type: 'output' }
  | { readonly type: 'pong'; readonly ping: number }
  | { readonly type: 'log'; readonly record: LogRecord }
  /** In answer to a request, or unasked: then `request` is 0. */
  | { readonly type: 'snapshot'; readonly request: number; readonly snapshot: NodeSnapshot }
  | { readonly type: 'crashed'; readonly news: CrashNews }
  /** An error that belongs to no actor is about to end this OS process; `culprit` is the serial of its only or its running actor. */
  | { readonly type: 'failing'; readonly error: ErrorParts; readonly culprit: number | undefined }
  /** All actors ended as `stop` asked; the thread or process leaves now. */
  | { readonly type: 'stopped' }
  | HurtAnswer

export type ToNode =
  /** A spare that waits is to do once what it will do first. */
  | { readonly type: 'rehearse' }
  /** `module`: what its first actor is of. */
  | { readonly type: 'become'; readonly birth: NodeBirth; readonly module?: ActorModule | undefined }
  /** `isCarried`: the peer is in another OS process, and its frames are handed on. */
  | { readonly type: 'linked'; readonly peer: NodeId; readonly end: ThreadEnd; readonly isCarried?: boolean }
  | { readonly type: 'listen' }
  /** `domain`: the failure domain that the peer shares with others. */
  | { readonly type: 'accept'; readonly peer: NodeId; readonly token: string; readonly domain?: string }
  | {
      readonly type: 'dial'
      readonly peer: NodeId
      readonly address: string
      readonly token: string
      readonly domain?: string
    }
  /** `error`: what stands in the verdict for the error that ended it, taken apart. */
  | { readonly type: 'down'; readonly peer: NodeId; readonly verdict: Verdict; readonly error?: ErrorParts }
  | { readonly type: 'allocated'; readonly request: number; readonly allocation: Allocation }
  | { readonly type: 'kind'; readonly request: number; readonly kind: PlacementDecision['kind'] }
  | { readonly type: 'refused'; readonly request: number; readonly why: string }
  | { readonly type: 'learnt'; readonly request: number; readonly lesson: Lesson | undefined }
  | { readonly type: 'lingering'; readonly request: number; readonly lingers: boolean }
  | { readonly type: 'ping'; readonly ping: number }
  | { readonly type: 'snapshot'; readonly request: number }
  | { readonly type: 'stop' }
  | { readonly type: 'hurt'; readonly request: number; readonly hurt: Hurt }

/** What the root says beyond that. */
export type FromRoot =
  | FromNode
  /** No signal opens its inspector any more. */
  | { readonly type: 'shielded' }
  | { readonly type: 'survey'; readonly request: number; readonly patienceMs: number | undefined }
  /** End all nodes: in order within so many milliseconds, then by force. */
  | { readonly type: 'shut_down'; readonly withinMs: number }
  /** Have that node do this to itself. */
  | { readonly type: 'hurt_node'; readonly request: number; readonly node: NodeId; readonly hurt: Hurt }

export type ToRoot =
  | ToNode
  | { readonly type: 'surveyed'; readonly request: number; readonly nodes: readonly NodeSurvey[] }
  | { readonly type: 'record'; readonly record: LogRecord }
  /** Take the signal that would open the inspector: a sandbox is about to start that could send it. */
  | { readonly type: 'shield' }
  | HurtAnswer
  | { readonly type: 'shut_down' }

/** How many actors a node has, and who the only one is. */
export interface Population {
  readonly alive: 'none' | 'one' | 'several'
  readonly sole?: { readonly serial: number; readonly path: string }
}

/** One node as `tree`, `explain` and `bulkhead inspect` see it. */
export interface NodeSurvey {
  readonly node: NodeId
  readonly kind: 'inline' | 'thread' | 'process'
  /** The OS process it lives in. */
  readonly osProcess: number
  readonly share: 'root' | PlacementDecision['share']
  /** It is a sandbox. */
  readonly sandbox?: true
  readonly snapshot: NodeSnapshot | undefined
  /** Milliseconds since the snapshot was taken: more than 0 when the node did not answer in time. */
  readonly ageMs: number
  /** The handler that keeps it from answering, where its warden can see that. */
  readonly busyWith?: string
}

/** What a process node says on its watch socket, one JSON line each: its last words about itself. */
export type LastWord =
  | {
      readonly type: 'stuck'
      readonly handler: string | undefined
      readonly forMs: number
      readonly culprit: number | undefined
      readonly heapBytes: number
    }
  | { readonly type: 'leaving'; readonly culprit: number | undefined }

/** Orders for a thread or process that this package starts for itself. */
export type Orders =
  | { readonly role: 'warden'; readonly orders: WardenOrders }
  | { readonly role: 'thread'; readonly orders: ThreadOrders }
  | { readonly role: 'process'; readonly orders: ProcessOrders }
  | { readonly role: 'crew'; readonly orders: CrewOrders }
  | { readonly role: 'sandbox'; readonly orders: SandboxOrders }
  | { readonly role: 'process_watch'; readonly orders: ProcessWatchOrders }

/** How many thread nodes there are of a kind, and whose OS process they live in: the root's, or a crew's. */
export interface ThreadsRule {
  readonly count: number
  readonly within: 'root' | 'process'
}

export interface WardenOrders {
  readonly system: string
  /** What the system calls itself. */
  readonly name: string
  /** Where the warden answers `bulkhead inspect`. */
  readonly inspectSocket: string | undefined
  readonly entry: string
  readonly threads: ThreadsRule
  readonly compartments: Readonly<Record<string, ThreadsRule>>
  readonly processes: number
  readonly spares: number
  readonly handlerMs: number
  readonly killMs: number
  readonly overrides: Overrides
  readonly forwardsLog: boolean
  readonly chaos: boolean
  /** The control port of the root. */
  readonly port: MessagePort
  readonly vitals: SharedArrayBuffer
  readonly options: NodesOptions
  /** The root's main thread. */
  readonly thread: number | undefined
  /** The nodes of the root's OS process. */
  readonly sharedNodes: SharedArrayBuffer
  /** OS processes for the root to end when it leaves; 0 is a free place. */
  readonly children: SharedArrayBuffer
}

export interface ThreadOrders {
  readonly port: MessagePort
  readonly vitals: SharedArrayBuffer
  readonly output: SharedArrayBuffer
  /** The nodes of this OS process. */
  readonly sharedNodes: SharedArrayBuffer
}

export interface ProcessOrders {
  /** The OS process that has to stay alive. */
  readonly parent: number
  readonly handlerMs: number | null
}

export interface CrewOrders extends ProcessOrders {
  /** Options of Node.js for its threads, and what they find in `NODE_OPTIONS`. */
  readonly options: Pick<NodesOptions, 'thread' | 'environment'>
  /** Threads that wait in it to become nodes. */
  readonly spares: number
}

export interface SandboxOrders {
  /** Bytes of its longest frame. */
  readonly frameBytes: number
  /** What it may send at first. */
  readonly grant: Grant
}

export interface ProcessWatchOrders {
  readonly parent: number
  readonly handlerMs: number
  readonly vitals: SharedArrayBuffer
  readonly thread: number | undefined
  readonly port: MessagePort
}
