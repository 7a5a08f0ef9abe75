import type { NodeId, Pid } from '../actor/pid.ts'
import { nodeOf } from '../actor/pid.ts'
import { NodeDown } from '../actor/notices.ts'
import { failCallsTo } from '../messaging/call.ts'
import type { Evidence, ExitReason } from '../actor/exit-reason.ts'
import { deliverNotice } from './deliver.ts'
import { shareable } from './exits.ts'
import type { Verdict } from './host.ts'
import type { Kernel } from './kernel.ts'
import { failSpawnsOn } from './spawn.ts'

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
  kernel.platform.telemetry?.nodeDown?.({ node: id, cause: evidence.cause, domain: evidence.domain })
  kernel.names.nodeEnded(id)
  failSpawnsOn(kernel, id, reasonOf, evidence)
  for (const [ref, question] of kernel.questions) {
    if (question.node !== id) continue
    kernel.questions.delete(ref)
    question.answer(false)
  }
  for (const cell of [...kernel.cells.values()]) {
    const { links, watchers, openCalls, monitors } = cell
    for (const table of [watchers, openCalls]) for (const pid of table?.keys() ?? []) if (nodeOf(pid) === id) table?.delete(pid)
    for (const [ref, { target }] of [...(monitors ?? [])]) {
      if (nodeOf(target) !== id) continue
      kernel.signal({ kind: 'down', to: cell.pid, from: target, ref, ended: { reason: reasonOf(target), evidence, nameVersion: 0 } })
    }
    for (const [partner, end] of [...(links ?? [])]) {
      if (nodeOf(partner) !== id) continue
      // An unlink on its way is as good as acknowledged, and what was linked anew since then breaks now.
      end.unlinkId = 0
      const ended = { reason: reasonOf(partner), evidence, nameVersion: 0 }
      if (end.active) kernel.signal({ kind: 'link_exit', to: cell.pid, from: partner, ended })
      else links?.delete(partner)
    }
  }
  failCallsTo(kernel, id, reasonOf)
  const told = shareable(kernel, evidence)
  for (const cell of kernel.nodeMonitors.get(id) ?? []) deliverNotice(cell, () => new NodeDown(id, told() as Evidence))
  kernel.nodeMonitors.delete(id)
}
