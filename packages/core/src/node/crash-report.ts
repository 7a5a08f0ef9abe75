import type { Cell } from '../actor/cell.ts'
import type { Evidence, ExitReason } from '../actor/exit-reason.ts'
import { isCleanExit } from '../actor/exit-reason.ts'
import { printable } from '../messaging/printable.ts'
import type { CrashReport } from '../telemetry.ts'
import type { Kernel } from './kernel.ts'

/** Tells of an actor's end whoever wants to know: telemetry of each, and the log of a crash that nobody else reports. */
export function reportExit(
  kernel: Kernel,
  cell: Cell,
  reason: ExitReason,
  evidence: Evidence | undefined,
  cause: 'own' | 'signal',
): void {
  const { telemetry } = kernel.platform
  telemetry?.exited?.({ pid: cell.pid, behaviour: cell.behaviour, path: cell.path, reason })
  if (isCleanExit(reason)) return
  const crashed = telemetry?.crashed
  const isLogged = cause === 'own' && !cell.supervised
  if (crashed === undefined && !isLogged) return
  const report = crashReport(cell, reason, evidence)
  crashed?.(report)
  if (isLogged) kernel.log('error', textOf(report), cell, factsOf(report))
}

function crashReport(cell: Cell, reason: ExitReason, evidence: Evidence | undefined): CrashReport {
  const log = cell.system?.observation?.log
  return {
    pid: cell.pid,
    path: cell.path,
    behaviour: cell.behaviour,
    reason: cell.program.shownReason(reason),
    handler: cell.handler,
    restarts: cell.restarts,
    ...cell.program.report(cell),
    ...(log !== undefined && { log: [...log.events] }),
    ...(evidence !== undefined && { evidence }),
  }
}

/** What the line of the log does not say by itself, short enough to be read: an actor may hold anything, and any amount of it. */
function factsOf({ pid: _pid, path: _path, ...facts }: CrashReport): object {
  const { lastMessage, state, log } = facts
  return {
    ...facts,
    ...(lastMessage !== undefined && { lastMessage: printable(lastMessage) }),
    ...(state !== undefined && { state: printable(state) }),
    ...(log !== undefined && { log: log.map(printable) }),
  }
}

const textOf = ({ behaviour, handler, reason }: CrashReport): string =>
  `crashed in ${handler ?? behaviour}: ${printable(reason)}`
