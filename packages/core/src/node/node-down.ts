import type { Cell } from '../actor/cell.ts'
import type { NodeId, Pid } from '../actor/pid.ts'
import { nodeOf } from '../actor/pid.ts'
import { NodeDown } from '../actor/notices.ts'
import { failCallsTo } from '../messaging/call.ts'
import type { Ended } from '../messaging/signal.ts'
import type { Evidence, ExitReason } from '../actor/exit-reason.ts'
import { deliverNotice } from './deliver.ts'
import { shareable } from './reasons.ts'
import type { Verdict } from './host.ts'
import type { Kernel } from './kernel.ts'
import { undoSpawnsOn } from './spawn.ts'

/**
 * A node is gone: every link, monitor, call and start that crosses to it ends, once. The culprit has its own reason; everybody else on it
 * exits `noconnection`, with the same evidence beside it.
 */
export function nodeWentDown(kernel: Kernel, id: NodeId, verdict: Verdict): void {
  const { evidence, culprit } = verdict
  const reasonOf = (pid: Pid): ExitReason => (pid === culprit?.pid ? culprit.reason : 'noconnection')
  kernel.remotes.delete(id)
  kernel.ended.add(id)
  if (verdict.fenced === true) kernel.announceFence(id, verdict)
  const { cause, domain } = evidence
  kernel.platform.telemetry?.nodeDown?.({ node: id, cause, domain, evidence, ...(culprit && { culprit }) })
  kernel.names.nodeEnded(id)
  const endedOf = (pid: Pid): Ended => ({ reason: reasonOf(pid), evidence, nameVersion: 0 })
  const failStarts = undoSpawnsOn(kernel, id, reasonOf, evidence)
  const cells = kernel.cells.values()
  for (const cell of cells) breakLinks(kernel, cell, id, endedOf, culprit?.pid)
  // Whoever is linked and does not trap has ended by now: no code of it runs because of what follows. DOWN is the last word.
  failStarts()
  for (const [ref, question] of kernel.questions) {
    if (question.node !== id) continue
    kernel.questions.delete(ref)
    question.answer(false)
  }
  failCallsTo(kernel, id, reasonOf)
  for (const cell of cells) fireMonitors(kernel, cell, id, endedOf)
  const told = shareable(kernel, evidence)
  for (const cell of kernel.nodeMonitors.get(id) ?? []) deliverNotice(cell, () => new NodeDown(id, told() as Evidence))
  kernel.nodeMonitors.delete(id)
}

/** The culprit's end is told first: whoever hears that its neighbours are gone knows why by then. */
function breakLinks(
  kernel: Kernel,
  { pid, links }: Cell,
  node: NodeId,
  endedOf: (pid: Pid) => Ended,
  culprit: Pid | undefined,
): void {
  const broken = [...(links ?? [])].filter(([partner]) => nodeOf(partner) === node)
  broken.sort(([one], [other]) => Number(other === culprit) - Number(one === culprit))
  for (const [partner, end] of broken) {
    // An unlink on its way is as good as acknowledged, and what was linked anew since then breaks now.
    end.unlinkId = 0
    if (end.active) kernel.signal({ kind: 'link_exit', to: pid, from: partner, ended: endedOf(partner) })
    else links?.delete(partner)
  }
}

function fireMonitors(
  kernel: Kernel,
  { pid, watchers, openCalls, monitors }: Cell,
  node: NodeId,
  endedOf: (pid: Pid) => Ended,
): void {
  for (const table of [watchers, openCalls])
    for (const other of table?.keys() ?? []) if (nodeOf(other) === node) table?.delete(other)
  for (const [ref, { target }] of [...(monitors ?? [])]) {
    if (nodeOf(target) === node) kernel.signal({ kind: 'down', to: pid, from: target, ref, ended: endedOf(target) })
  }
}
