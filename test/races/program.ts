/** Names that programs give to actors. */
export const NAMES = ['ada', 'bob', 'eve'] as const
export type Name = (typeof NAMES)[number]

/** An actor by its number in the program, or whoever holds a name. Actor 0 is the root's main actor. */
export type Target = number | Name

/** `unique` makes a reason that no other exit has; `clean` is `{ shutdown: … }`; `error` an Error. */
export type Reason = 'normal' | 'shutdown' | 'kill' | 'killed' | 'noproc' | 'clean' | 'error' | 'unique'

/**
 * What a server does with a call. `later` keeps it until an `answer` or `handOver`; `slow` awaits first; `typo` calls what is not there; `system`
 * asks for its status, which its runtime answers.
 */
export type CallMode =
  | 'system'
  | 'reply'
  | 'slow'
  | 'later'
  | 'refuse'
  | 'crash'
  | 'stop'
  | 'stopReply'
  | 'exit'
  | 'typo'

export type EndMode = 'stop' | 'throw' | 'reject' | 'exit' | 'slowStop'

/** One thing that an actor does, whatever else goes on; `awaitNews` lets it wait until it hears of an end. */
export type Operation =
  | { readonly op: 'spawn'; readonly child: number }
  | { readonly op: 'awaitNews' }
  | { readonly op: 'send'; readonly to: Target; readonly count: number }
  | { readonly op: 'cast'; readonly to: Target }
  | { readonly op: 'busy'; readonly ms: number }
  | { readonly op: 'call'; readonly to: Target; readonly mode: CallMode; readonly timeoutMs: number }
  /** A call that is not waited for: its response is a message. */
  | { readonly op: 'request'; readonly to: Target; readonly mode: Exclude<CallMode, 'system' | 'typo'> }
  /** Monitors, and hands out an alias through which the first answer takes the monitor back. */
  | { readonly op: 'alias'; readonly to: Target }
  | { readonly op: 'answer' }
  | { readonly op: 'handOver'; readonly to: number }
  | { readonly op: 'link' | 'unlink'; readonly to: Target }
  | { readonly op: 'monitor'; readonly to: Target }
  | { readonly op: 'demonitor'; readonly which: number; readonly flush: boolean }
  | { readonly op: 'exit'; readonly to: Target; readonly reason: Reason }
  | { readonly op: 'trap'; readonly on: boolean }
  | { readonly op: 'register'; readonly name: Name; readonly who: number | undefined }
  | { readonly op: 'unregister'; readonly name: Name }
  | { readonly op: 'isAlive' | 'info'; readonly to: Target }
  | { readonly op: 'monitorNode'; readonly of: number }
  | { readonly op: 'sendAfter'; readonly to: Target; readonly ms: number }
  | { readonly op: 'startTimer'; readonly ms: number }
  | { readonly op: 'cancelTimer'; readonly which: number }
  | { readonly op: 'drained'; readonly to: Target }
  | { readonly op: 'end'; readonly how: EndMode; readonly reason: Reason }

export type Init = 'ready' | 'slow' | 'continue' | 'ignore' | 'stop' | 'throw' | 'slowThrow' | 'exit'

/** Where an actor is to live: with its starter, on the node that has a number, or on none. */
export type Place = 'inline' | 'nowhere' | number

export interface ActorSpec {
  readonly index: number
  /** A server answers calls; a loop receives whatever comes. */
  readonly kind: 'server' | 'loop'
  readonly place: Place
  readonly link: boolean
  readonly monitor: boolean
  readonly name: Name | undefined
  readonly trap: boolean
  readonly init: Init
  /** How its behaviour gets to the node: it is there, it is loaded first, or that fails in one of two ways. */
  readonly load: 'there' | 'late' | 'missing' | 'fails'
  /** Milliseconds that its starter waits; 0 is for ever. */
  readonly startWithinMs: number
  /** Messages that its mailbox holds; 0 is no bound. */
  readonly bound: number
  readonly overflow: 'refuse' | 'drop_oldest' | 'exit'
  readonly script: readonly Operation[]
}

/** `keep` is the share of the frames in flight that still arrive. Nothing happens before event number `after`. */
export type Fault = { readonly after: number; readonly keep: number } & (
  | { readonly fault: 'kill'; readonly node: number; readonly culprit: boolean }
  | { readonly fault: 'fence'; readonly node: number; readonly culprit: boolean }
  | { readonly fault: 'stop'; readonly node: number }
  | { readonly fault: 'sever'; readonly node: number; readonly other: number; readonly fence: boolean }
)

/** What one seed explores. Nodes have the numbers 1 (the root) to `nodes`; one that ended is replaced when somebody is placed there again. */
export interface Program {
  readonly nodes: number
  /** Messages that a node handles before its event loop turns. */
  readonly turnBudget: number
  /** Bytes in flight from which senders are asked to wait. */
  readonly highWaterBytes: number
  readonly actors: readonly ActorSpec[]
  readonly faults: readonly Fault[]
}

const shown = (fields: object): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => `${field} ${String(value)}`)
    .join(', ')

/** The program as lines that a person can follow. */
export function printProgram({ actors, faults, ...rest }: Program): string {
  const lines = [shown(rest)]
  const started = new Set(actors.flatMap(({ script }) => script.map((each) => (each.op === 'spawn' ? each.child : 0))))
  for (const { script, index, ...spec } of actors) {
    if (index > 0 && !started.has(index)) continue
    lines.push(`actor ${index}${index === 0 ? ' (main)' : `: ${shown(spec)}`}`)
    for (const { op, ...fields } of script) lines.push(`  ${op} ${shown(fields)}`)
  }
  for (const { fault, ...fields } of faults) lines.push(`fault ${fault}: ${shown(fields)}`)
  return lines.join('\n')
}
