import type { Signal } from '../messaging/signal.ts'
import { failCall } from '../messaging/call.ts'
import { downArrived, exitSignalled, linkExited } from './exits.ts'
import type { Kernel } from './kernel.ts'
import { linkRequested, unlinkAcknowledged, unlinkRequested } from './links.ts'
import { spawnReplied, startFinished } from './spawn.ts'

/** What a signal does when it has arrived. It acts at once; unread messages do not hold it up. */
export function applySignal(kernel: Kernel, signal: Signal): void {
  const found = kernel.cellOf(signal.to)
  const cell = found?.dead === true ? undefined : found
  const { from, to } = signal
  switch (signal.kind) {
    case 'exit':
      if (cell !== undefined) exitSignalled(kernel, cell, from, signal.ended, false)
      return
    case 'link_exit':
      if (cell !== undefined) linkExited(kernel, cell, from, signal.ended)
      return
    // One whose end is decided but not told yet will tell whoever links or monitors now, too.
    case 'link':
      if (found !== undefined) linkRequested(found, from)
      else kernel.signal({ kind: 'link_exit', to: from, from: to, ended: { reason: 'noproc', nameVersion: 0 } })
      return
    case 'unlink':
      if (found !== undefined) unlinkRequested(found, from)
      kernel.signal({ kind: 'unlink_ack', to: from, from: to, id: signal.id })
      return
    case 'unlink_ack':
      if (cell !== undefined) unlinkAcknowledged(cell, from, signal.id)
      return
    case 'monitor':
      if (found === undefined) {
        kernel.signal({ kind: 'down', to: from, from: to, ref: signal.ref, ended: { reason: 'noproc', nameVersion: 0 } })
      } else {
        const watchers = (found.watchers ??= new Map())
        const refs = watchers.get(from)
        if (refs === undefined) watchers.set(from, new Set([signal.ref]))
        else refs.add(signal.ref)
      }
      return
    case 'demonitor':
      for (const table of [found?.watchers, found?.openCalls]) {
        const refs = table?.get(from)
        if (refs?.delete(signal.ref) === true && refs.size === 0) table?.delete(from)
      }
      return
    case 'down':
      downArrived(kernel, cell, from, signal.ref, signal.ended)
      return
    case 'call_failed':
      failCall(kernel, signal.ref, signal.reason)
      return
    case 'spawn_reply':
      spawnReplied(kernel, signal.ref, from)
      return
    case 'started':
      startFinished(kernel, signal.ref, from, signal.outcome)
      return
    case 'alive':
      kernel.signal({ kind: 'alive_reply', to: from, from: to, ref: signal.ref, alive: cell !== undefined })
      return
    case 'alive_reply': {
      const question = kernel.questions.get(signal.ref)
      kernel.questions.delete(signal.ref)
      question?.answer(signal.alive)
    }
  }
}
