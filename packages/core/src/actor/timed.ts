import type { Cell } from './cell.ts'
import type { Mail } from './mailbox.ts'

/** Runs a handler in the name of its actor, and tells telemetry how long its mail waited and how long it ran without a break. */
export function timed<T>(cell: Cell, handler: string, mail: Mail | undefined, run: () => T): T {
  const { kernel } = cell
  const handled = kernel.platform.telemetry?.handled
  if (handled === undefined) return kernel.runFor(cell, run)
  const { clock } = kernel.platform
  const from = clock.now()
  const queuedMs = mail?.queuedAt === undefined ? 0 : from - mail.queuedAt
  try {
    return kernel.runFor(cell, run)
  } finally {
    handled({ pid: cell.pid, handler, queuedMs, ranMs: clock.now() - from })
  }
}
