import { monitorGone } from '../actor/alias.ts'
import type { Cell } from '../actor/cell.ts'
import type { Evidence, ExitReason } from '../actor/exit-reason.ts'
import type { Mail } from '../actor/mailbox.ts'
import { Down, Exit } from '../actor/notices.ts'
import type { Pid } from '../actor/pid.ts'
import { ActorExited } from '../errors.ts'
import { dropCallsOf, failCall } from '../messaging/call.ts'
import { keepOpen } from '../messaging/open-calls.ts'
import type { Ended } from '../messaging/signal.ts'
import { reportExit } from './crash-report.ts'
import { quiesce } from '../actor/idle.ts'
import { deliverNotice } from './deliver.ts'
import type { Kernel } from './kernel.ts'
import { linkBroke } from './links.ts'
import { sendableReason, shareable, signStack } from './reasons.ts'
import { spawnerExited } from './spawn.ts'

/**
 * Ends an actor now. Its name is free before anybody hears of it; then callers, links and monitors are told, each once. An end whose actor is
 * being registered waits for the authority's answer, so that nobody who heard of the end can find the name afterwards.
 */
export function exitCell(
  kernel: Kernel,
  cell: Cell,
  reason: ExitReason,
  evidence?: Evidence,
  cause: 'own' | 'signal' = 'own',
): void {
  if (cell.dead || (cell === kernel.main && !kernel.stopped)) return
  signStack(cell, reason)
  reportExit(kernel, cell, reason, evidence, cause)
  cell.status = 'exiting'
  hush(kernel, cell)
  if (cell.serving !== undefined) keepOpen(cell, cell.serving.pid, cell.serving.ref)
  const tell = (): void =>
    bury(kernel, cell, { reason: sendableReason(kernel, reason), evidence, nameVersion: cell.nameVersion })
  if (cell.namesInFlight === 0) tell()
  else kernel.names.whenAnswered(cell, tell)
}

/** From now on nothing that the actor awaits goes on, even while a name holds up the news of its end. */
function hush(kernel: Kernel, cell: Cell): void {
  cell.waiting = undefined
  quiesce(cell)
  for (const [timer, ref] of cell.timers ?? []) {
    kernel.timers.cancel(timer)
    if (ref !== undefined) kernel.userTimers.delete(ref)
  }
  cell.timers = undefined
  dropCallsOf(kernel, cell)
}

function bury(kernel: Kernel, cell: Cell, ended: Ended): void {
  cell.status = 'exited'
  kernel.cells.delete(cell.serial)
  kernel.countCells()
  if (cell.nameVersion > 0) kernel.names.ownerExited(cell)
  for (const resume of cell.drainWaiters?.splice(0) ?? []) resume()
  const { aborter } = cell
  if (aborter !== undefined) kernel.afterSignals(() => aborter.abort(new ActorExited(cell.pid)))
  cell.onFailedStart?.(ended)
  cell.onFailedStart = undefined
  spawnerExited(kernel, cell)
  for (const [ref, { target }] of cell.monitors ?? [])
    kernel.signal({ kind: 'demonitor', to: target, from: cell.pid, ref })
  for (const cells of kernel.nodeMonitors.values()) cells.delete(cell)
  // A caller that is linked and does not trap ends before its call fails: no code of it runs because of either. DOWN is the last word.
  for (const [partner, end] of cell.links ?? []) {
    if (end.active) kernel.signal({ kind: 'link_exit', to: partner, from: cell.pid, ended })
  }
  failUnreadCalls(kernel, cell, ended)
  for (const [caller, refs] of cell.openCalls ?? []) for (const ref of refs) down(kernel, cell, caller, ref, ended)
  for (const [watcher, refs] of cell.watchers ?? []) for (const ref of refs) down(kernel, cell, watcher, ref, ended)
  release(cell)
}

function down(kernel: Kernel, cell: Cell, to: Pid, ref: number, ended: Ended): void {
  kernel.signal({ kind: 'down', to, from: cell.pid, ref, ended })
}

function failUnreadCalls(kernel: Kernel, cell: Cell, ended: Ended): void {
  for (let mail: Mail | undefined = cell.mailbox.clear(); mail !== undefined; mail = mail.next) {
    if (mail.kind === 'call' || mail.kind === 'system') down(kernel, cell, mail.from as Pid, mail.ref, ended)
    else if (mail.kind !== 'notice') kernel.deadLetter(cell.pid, mail.from, 'noproc')
  }
}

/** What an ended actor held may go, even while a leftover of its code keeps `self`. */
function release(cell: Cell): void {
  cell.state = undefined
  cell.lastMail = undefined
  cell.links = undefined
  cell.monitors = undefined
  cell.watchers = undefined
  cell.openCalls = undefined
  cell.aliases = undefined
  cell.system = undefined
  cell.unsettled = undefined
}

/** An exit signal has arrived: from `exit/2`, or from a link that broke. OTP: "Receiving Exit Signals". */
export function exitSignalled(kernel: Kernel, cell: Cell, from: Pid, ended: Ended, viaLink: boolean): void {
  if (viaLink) kernel.names.heardOfEnd(from, ended)
  const { reason, evidence } = ended
  if (reason === 'kill' && !viaLink) {
    exitCell(kernel, cell, 'killed', evidence, 'signal')
    return
  }
  if (cell.trapExit) {
    const [value, node] = [shareable(kernel, reason), shareable(kernel, evidence)]
    deliverNotice(cell, () => new Exit(from, value(), node() as Evidence | undefined))
    return
  }
  if (reason === 'normal' && (from !== cell.pid || viaLink)) return
  exitCell(kernel, cell, reason, evidence, 'signal')
}

/** A `link_exit` has arrived: it counts only while the link stands. */
export function linkExited(kernel: Kernel, cell: Cell, from: Pid, ended: Ended): void {
  if (linkBroke(cell, from)) exitSignalled(kernel, cell, from, ended, true)
}

/** A DOWN has arrived: for a call, a monitor, or nobody any more. */
export function downArrived(kernel: Kernel, to: Cell | undefined, from: Pid, ref: number, ended: Ended): void {
  kernel.names.heardOfEnd(from, ended)
  if (failCall(kernel, ref, ended.reason)) return
  const monitoring = to?.monitors?.get(ref)
  if (to === undefined || monitoring === undefined) return
  to.monitors?.delete(ref)
  monitorGone(to, ref)
  const { shown, tag, instead } = monitoring
  if (instead !== undefined) {
    instead()
    return
  }
  const [value, node] = [shareable(kernel, ended.reason), shareable(kernel, ended.evidence)]
  deliverNotice(to, () => new Down(ref, shown, value(), node() as Evidence | undefined, tag?.()), ref)
}
