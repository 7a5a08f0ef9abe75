import type { Telemetry } from '../telemetry.ts'
import type { Cell } from './cell.ts'
import type { Mail } from './mailbox.ts'

/**
 * A handler begins: what tells telemetry, once it has returned, how long its mail waited and how long it ran without a break. Undefined while
 * nobody listens. A listener that throws is no failure of the handler, so it is called outside whatever catches those.
 */
export function timed(cell: Cell, handler: string, mail: Mail | undefined): (() => void) | undefined {
  const handled = cell.kernel.platform.telemetry?.handled
  return handled === undefined ? undefined : timing(handled, cell, handler, mail)
}

/** By itself, since what a closure may need is allocated when its function is entered. */
function timing(
  handled: NonNullable<Telemetry['handled']>,
  cell: Cell,
  handler: string,
  mail: Mail | undefined,
): () => void {
  const { clock } = cell.kernel.platform
  const from = clock.now()
  const queuedMs = mail?.queuedAt === undefined ? 0 : from - mail.queuedAt
  return () => handled({ pid: cell.pid, handler, queuedMs, ranMs: clock.now() - from })
}
