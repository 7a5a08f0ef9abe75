import type { Cell } from './cell.ts'
import type { Mail } from './mailbox.ts'

/**
 * A handler begins: what tells telemetry, once it has returned, how long its mail waited and how long it ran without a break. Undefined while
 * nobody listens. A listener that throws is no failure of the handler, so it is called outside whatever catches those.
 */
export function timed(cell: Cell, handler: string, mail: Mail | undefined): (() => void) | undefined {
  const { telemetry, clock } = cell.kernel.platform
  const handled = telemetry?.handled
  if (handled === undefined) return undefined
  const from = clock.now()
  const queuedMs = mail?.queuedAt === undefined ? 0 : from - mail.queuedAt
  return () => handled({ pid: cell.pid, handler, queuedMs, ranMs: clock.now() - from })
}
