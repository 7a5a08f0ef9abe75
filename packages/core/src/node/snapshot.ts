import type { Cell } from '../actor/cell.ts'
import { isPaused } from '../actor/system-requests.ts'
import type { ActorSnapshot, NodeSnapshot } from './host.ts'
import type { Kernel } from './kernel.ts'

/** What inspection shows of a node. */
export function snapshot(kernel: Kernel): NodeSnapshot {
  return {
    node: kernel.id,
    actors: kernel.cells
      .values()
      .filter((cell) => cell !== kernel.main)
      .map(actorSnapshot),
    counters: counters(kernel),
  }
}

/** What a node has counted since it began. */
export function counters({ counters: own, encoder, codec }: Kernel): NodeSnapshot['counters'] {
  return { ...own, encoded: encoder.encodes, decoded: codec.decodes }
}

function actorSnapshot(cell: Cell): ActorSnapshot {
  const unsettled = cell.unsettled?.() ?? []
  return {
    pid: cell.pid,
    behaviour: cell.behaviour,
    type: cell.type,
    path: cell.path,
    parent: cell.parent,
    name: cell.name,
    status: statusOf(cell),
    handler: cell.handler,
    mailbox: { count: cell.mailbox.count, bytes: cell.mailbox.bytes },
    restarts: cell.restarts,
    placement: cell.placement,
    ...(unsettled.length > 0 && { unsettled }),
  }
}

export function statusOf(cell: Cell): ActorSnapshot['status'] {
  if (cell.status === 'starting') return 'starting'
  if (cell.suspendedBy !== undefined || isPaused(cell)) return 'suspended'
  return cell.busy && cell.waiting === undefined ? 'running' : 'waiting'
}
