import type { NodeId } from '@bulkhead/core'
import type { FromNode, ToNode } from '../control.ts'
import type { OutputStream } from '../output/output-ring.ts'
import type { LaunchProfile } from '../warden/launch-profile.ts'
import type { BodyEnd } from '../warden/node-body.ts'

/** What the warden says to the main thread of a crew, which watches the threads in it. */
export type ToCrew =
  /** A thread becomes this node. */
  | { readonly type: 'launch'; readonly node: NodeId; readonly profile: LaunchProfile }
  | { readonly type: 'post'; readonly node: NodeId; readonly message: ToNode }
  /** Gives two of its threads a connection over shared memory. */
  | { readonly type: 'link'; readonly one: NodeId; readonly other: NodeId }
  | { readonly type: 'kill'; readonly node: NodeId }
  /** So many bytes more of what its threads printed were taken, and there is room for others. */
  | { readonly type: 'took'; readonly stream: OutputStream; readonly bytes: number }
  /** Nothing lives in it any more: it leaves. */
  | { readonly type: 'leave' }

export type FromCrew =
  | { readonly type: 'said'; readonly node: NodeId; readonly message: FromNode }
  /** The operating system's number of its thread. */
  | { readonly type: 'runs'; readonly node: NodeId; readonly thread: number }
  | {
      readonly type: 'printed'
      readonly node: NodeId | undefined
      readonly stream: OutputStream
      readonly text: Uint8Array
      readonly actor: string | undefined
    }
  | { readonly type: 'lost'; readonly node: NodeId | undefined; readonly stream: OutputStream; readonly lines: number }
  /** The handler that runs, or ran last: told before a snapshot is asked for, so that a busy thread can be named. */
  | { readonly type: 'runs_handler'; readonly node: NodeId; readonly handler: string | undefined }
  | {
      readonly type: 'ended'
      readonly node: NodeId
      readonly end: BodyEnd
      /** Milliseconds since its last sign of life. */
      readonly silentMs: number
      readonly gone: boolean
    }
