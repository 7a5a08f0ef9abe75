import type { Cell } from '../actor/cell.ts'
import type { MonitorRef } from '../actor/notices.ts'
import type { Pid } from '../actor/pid.ts'
import type { Ended, Signal } from '../messaging/signal.ts'
import { failCall } from '../messaging/call.ts'
import { abandonCall } from '../messaging/open-calls.ts'
import { downArrived, exitSignalled, linkExited } from './exits.ts'
import { factsOf } from './actor-info.ts'
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
      else kernel.signal({ kind: 'link_exit', to: from, from: to, ended: noproc(kernel) })
      return
    case 'unlink':
      if (found !== undefined) unlinkRequested(found, from)
      kernel.signal({ kind: 'unlink_ack', to: from, from: to, id: signal.id })
      return
    case 'unlink_ack':
      if (found !== undefined) unlinkAcknowledged(found, from, signal.id)
      return
    case 'monitor':
      if (found === undefined) {
        kernel.signal({ kind: 'down', to: from, from: to, ref: signal.ref, ended: noproc(kernel) })
      } else {
        const watchers = (found.watchers ??= new Map())
        const refs = watchers.get(from)
        if (refs === undefined) watchers.set(from, new Set([signal.ref]))
        else refs.add(signal.ref)
      }
      return
    case 'demonitor':
      if (found !== undefined && !unwatched(found, from, signal.ref)) abandonCall(found, from, signal.ref)
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
      return
    }
    case 'info':
      kernel.signal({
        kind: 'info_reply',
        to: from,
        from: to,
        ref: signal.ref,
        found: factsOf(kernel, cell, signal.items),
      })
      return
    case 'info_reply': {
      const question = kernel.questions.get(signal.ref)
      kernel.questions.delete(signal.ref)
      question?.answer(signal.found !== undefined, signal.found)
    }
  }
}

/** Nobody is there any more, or ever was; an actor that was had no name that this node has not seen. */
function noproc({ names }: Kernel): Ended {
  return { reason: 'noproc', nameVersion: names.version }
}

/** Takes a monitor back. False when there is none with this ref: then it is that of a call. */
function unwatched({ watchers }: Cell, watcher: Pid, ref: MonitorRef): boolean {
  const refs = watchers?.get(watcher)
  if (refs?.delete(ref) !== true) return false
  if (refs.size === 0) watchers?.delete(watcher)
  return true
}
