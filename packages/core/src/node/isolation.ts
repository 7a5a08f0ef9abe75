import type { MailboxLimits } from '../actor/mailbox-limits.ts'

/** Any handle of an actor that placement can compare with: its pid is all that is used. */
export interface Placed {
  readonly pid: string | undefined
}

/** What an actor needs from its surroundings. Placement turns it into a decision with reasons; see docs/placement.md. */
export interface IsolationHints {
  /** `untrusted`: foreign code. Needs a sandboxed process. Default `trusted`. */
  readonly trust?: 'trusted' | 'untrusted'
  /** `contained`: a crash of any kind may take down nothing else, so the actor gets a process of its own. Default `shared`. */
  readonly faults?: 'shared' | 'contained'
  /** Runs native code that can segfault or abort: placed in a process. Default false. */
  readonly native?: boolean
  /** `shared`: exchanges SharedArrayBuffers, so it stays in the root's OS process, on a thread. Default `private`. */
  readonly memory?: 'private' | 'shared'
  /** `heavy`: blocks its event loop for long stretches, so it gets a thread of its own. Default `light`. */
  readonly cpu?: 'light' | 'heavy'
  /** Tight, high-speed exchange: the same node as that actor. */
  readonly coordination?: { readonly with: Placed }
  /** Actors of one compartment share a node; different compartments never do. */
  readonly compartment?: string
  readonly limits?: IsolationLimits
}

export interface IsolationLimits {
  /** Megabytes of V8 heap. Needs a process: only that contains memory exhaustion. */
  readonly heapMb?: number
  /** Megabytes of resident memory as the operating system sees it. Needs a process. */
  readonly rssMb?: number
  /** Megabytes of stack; thread and process. */
  readonly stackMb?: number
  /** Milliseconds that one uninterrupted turn may take. Default 5,000; `cpu: 'heavy'` Infinity. Not enforceable inline. */
  readonly handlerMs?: number
  readonly mailbox?: MailboxLimits
}

/** The explicit override, or hints. `inline` is the event loop of whoever starts the actor. */
export type Isolation = 'inline' | 'thread' | 'process' | IsolationHints
