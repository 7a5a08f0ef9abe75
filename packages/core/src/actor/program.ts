import type { CrashReport } from '../telemetry.ts'
import type { ExitReason } from './exit-reason.ts'
import type { Cell } from './cell.ts'
import type { Args } from './behaviour.ts'
import type { Mail } from './mailbox.ts'

/**
 * How the start of an actor went on; `ready` leaves it alive and waiting for mail. `unacknowledged`: it runs, and says
 * by itself when it has started. `refused`: the start fails with this, and the actor ends `normal`.
 */
export type Begun =
  | 'ready'
  | 'unacknowledged'
  | 'ignore'
  | { readonly exit: ExitReason }
  | { readonly refused: ExitReason }

/** What an actor runs: a server's callbacks, or one long function. The kernel drives it; it never drives itself. */
export interface Program {
  /** Whether a start waits for `begin` to settle (a server's init), or is over as soon as it was called (a function). */
  readonly acknowledges: boolean
  begin(cell: Cell, args: readonly unknown[]): Begun | Promise<Begun>
  /** Handles one mail. False: this program takes mail by `receive` only. */
  readonly handles: boolean
  handle(cell: Cell, mail: Mail): void
  /** The last callback, before an end that the actor itself knows of: a stop, a crash in a handler, its parent's exit when it traps. */
  terminate(cell: Cell, reason: ExitReason): void | Promise<void>
  /** Ends the actor in order, from outside: its last callback, then the end. */
  stop(cell: Cell, reason: ExitReason): void
  /** A message as a report may show it. */
  shown(message: unknown): unknown
  /** Its state as a report may show it; nothing for a function. */
  shownState(cell: Cell): { readonly state?: unknown }
  /** The reason of its end as a report may show it. */
  shownReason(reason: ExitReason): ExitReason
  /** Runs the function itself, on behalf of another actor; absent where there is more to it than one function. */
  runFor?(cell: Cell, args: Args): unknown
  /** What a crash report may show of the last message and of the state. */
  report(cell: Cell): Pick<CrashReport, 'lastMessage' | 'state'>
}
