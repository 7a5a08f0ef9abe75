import type { ProcessWatchOrders } from '../control.ts'
import { endOwnGroup } from '../end-own-group.ts'
import { ThreadProbe } from '../linux/proc.ts'
import { orders } from '../orders.ts'
import { lookIdleMs, lookParentMs } from '../warden/stuck.ts'
import { NodeWatch } from '../warden/node-watch.ts'
import { sayLast } from './last-word.ts'
import { Vitals } from './vitals.ts'

/**
 * What the second thread of a process node loads: this module, and little else, since its memory is given back before the end of the OS process is
 * told. In a bundle it is the bundle.
 */
export const watchModule: string = import.meta.url

/**
 * What the second thread of a process node runs: it ends its OS process, and whatever that has started, when the parent is gone or the
 * node is stuck. It says why first.
 */
function bootProcessWatch({ parent, handlerMs, vitals: memory, thread, port }: ProcessWatchOrders): void {
  const vitals = new Vitals(memory)
  const probe = new ThreadProbe(thread)
  const watch = new NodeWatch({
    vitals,
    probe: () => probe,
    ping: (ping) => port.postMessage(ping),
    exempt: () => vitals.inspected,
  })
  let limitMs = Infinity
  const look = (): void => {
    if (process.ppid !== parent) endOwnGroup()
    const judgement = watch.look()
    if (judgement.state === 'stuck') {
      const { what, forMs } = judgement
      const culprit = what === 'turn' ? vitals.culprit : vitals.looper
      sayLast({
        type: 'stuck',
        handler: watch.handlerName,
        forMs: Math.round(forMs),
        culprit,
        heapBytes: vitals.heapBytes,
      })
      endOwnGroup()
    }
    setTimeout(look, judgement.state === 'busy' ? judgement.nextLookMs : Math.min(lookParentMs, lookIdleMs(limitMs)))
  }
  port.on('message', (message: 'up' | { id: number; name: string }) => {
    if (message === 'up') watch.limit((limitMs = handlerMs))
    else watch.handlers.set(message.id, message.name)
  })
  look()
}

if (orders?.role === 'process_watch') bootProcessWatch(orders.orders)
