import { addAlias, monitorGone } from '../actor/alias.ts'
import type { AliasMode } from '../actor/alias.ts'
import type { Cell } from '../actor/cell.ts'
import type { Evidence, ExitReason } from '../actor/exit-reason.ts'
import type { MonitorRef } from '../actor/notices.ts'
import { Down, NodeDown } from '../actor/notices.ts'
import type { NodeId, Pid } from '../actor/pid.ts'
import { nodeOf } from '../actor/pid.ts'
import type { Destination } from '../actor/self.ts'
import { InvalidOption } from '../errors.ts'
import { deliverNotice, resolve, shownAs } from './deliver.ts'
import { sendableReason } from './reasons.ts'

/** OTP's `monitor/2,3`. A name is resolved once, now. `alias`: how long the alias of the same ref lasts, if there is to be one. */
export function monitor(cell: Cell, to: Destination, tag?: unknown, alias?: AliasMode): MonitorRef {
  const { kernel } = cell
  const target = resolve(kernel, to)
  const shown = shownAs(to)
  // Copied now, as everything is that will stand in a mailbox.
  const tagOf = tag === undefined ? undefined : copyOf(cell, tag)
  const ref = kernel.nextRef()
  cell.mailbox.mark(ref)
  // Before there is a monitor, whose DOWN may come at once and takes the alias along.
  if (alias !== undefined) addAlias(cell, ref, alias)
  if (target === undefined) {
    monitorGone(cell, ref)
    deliverNotice(cell, () => new Down(ref, shown, 'noproc', undefined, tagOf?.()), ref)
    return ref
  }
  ;(cell.monitors ??= new Map()).set(ref, { target, shown, tag: tagOf })
  kernel.signal({ kind: 'monitor', to: target, from: cell.pid, ref })
  return ref
}

/** A copy of a value for its own actor, made each time. Throws `NotSendable`. */
function copyOf({ kernel }: Cell, value: unknown): () => unknown {
  const { bytes, beside } = kernel.encoder.encode(value, { shares: true, root: 'tag' })
  return () => kernel.decoder.decode(bytes, beside)
}

/** OTP's `demonitor/2`. Whether the monitor was active. */
export function demonitor(cell: Cell, ref: MonitorRef, flush: boolean): boolean {
  if (typeof ref !== 'number') throw new InvalidOption('ref', ref, 'give what self.monitor returned')
  const monitoring = cell.monitors?.get(ref)
  monitorGone(cell, ref)
  if (monitoring !== undefined) {
    cell.monitors?.delete(ref)
    cell.kernel.signal({ kind: 'demonitor', to: monitoring.target, from: cell.pid, ref })
  }
  if (flush) cell.mailbox.takeWhere((mail) => mail.kind === 'notice' && mail.ref === ref)
  return monitoring !== undefined
}

/** OTP's `exit/2`. A kill that the target's node does not report as done within `killMs` ends that node. */
export function sendExit(cell: Cell, to: Destination, reason: ExitReason): void {
  const { kernel } = cell
  const pid = resolve(kernel, to)
  if (pid === undefined) return
  kernel.signal({
    kind: 'exit',
    to: pid,
    from: cell.pid,
    ended: { reason: sendableReason(kernel, reason), nameVersion: 0 },
  })
  if (reason === 'kill' && !kernel.isLocal(pid)) seeToKill(cell, pid)
}

function seeToKill({ kernel }: Cell, pid: Pid): void {
  const node = nodeOf(pid)
  if (kernel.ended.has(node)) return
  const ref = kernel.nextRef()
  const timer = kernel.timers.set(kernel.killMs, () => {
    if (!kernel.questions.delete(ref) || kernel.ended.has(node)) return
    kernel.log(
      'warning',
      `node ${node} did not report the end of ${pid}, killed ${kernel.killMs} ms ago: the node is ended`,
    )
    kernel.host.endNode(node, { cause: 'killed', culprit: pid })
  })
  kernel.questions.set(ref, { cell: kernel.main, node, answer: () => kernel.timers.cancel(timer) })
  kernel.signal({ kind: 'alive', to: pid, from: kernel.main.pid, ref })
}

/** Whether an actor lives: answered in pair order, so what was sent before has acted. */
export function isAlive(cell: Cell, to: Destination): Promise<boolean> {
  const { kernel } = cell
  const pid = resolve(kernel, to)
  if (pid === undefined) return Promise.resolve(false)
  const node = nodeOf(pid)
  if (!kernel.isLocal(pid) && kernel.ended.has(node)) return Promise.resolve(false)
  const ref = kernel.nextRef()
  return new Promise((settle) => {
    const answer = (alive: boolean): void => {
      if (!cell.dead) settle(alive)
    }
    kernel.questions.set(ref, { cell, node, answer })
    kernel.signal({ kind: 'alive', to: pid, from: cell.pid, ref })
  })
}

/** OTP's `monitor_node/2`. */
export function monitorNode(cell: Cell, node: NodeId): void {
  const { kernel } = cell
  if (!Number.isSafeInteger(node) || node < 1)
    throw new InvalidOption('node', node, 'give the number of a node, such as nodeOf(pid)')
  if (node === kernel.id) return
  if (kernel.ended.has(node)) {
    const evidence: Evidence = { node, domain: `${kernel.system}.${node}`, cause: 'unknown' }
    deliverNotice(cell, () => new NodeDown(node, evidence))
    return
  }
  const cells = kernel.nodeMonitors.get(node)
  if (cells === undefined) kernel.nodeMonitors.set(node, new Set([cell]))
  else cells.add(cell)
  kernel.remote(node)
}
