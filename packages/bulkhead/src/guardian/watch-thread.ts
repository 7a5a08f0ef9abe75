import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { endOwnGroup } from '../end-own-group.ts'
import { ThreadProbe } from '../linux/proc.ts'
import { NodeWatch } from '../warden/node-watch.ts'
import { lookIdleMs, lookParentMs } from '../warden/stuck.ts'
import { LoopSigns } from './loop-signs.ts'
import { newsDescriptor, stuckNews } from './orders.ts'

export interface WatchOrders {
  /** The OS process that has to stay alive. */
  readonly guardian: number
  readonly stuckMs: number
  readonly signs: SharedArrayBuffer
  /** The root's main thread. */
  readonly thread: number | undefined
  readonly port: MessagePort
}

/** The field of `workerData` that tells the thread what it was started for. */
export const watchField = 'BULKHEAD_GUARDIAN'

/** What that thread runs: this module. */
export const watchThread: string = import.meta.url

/** Tells the guardian when the root's event loop stands still, and ends the root, and whatever it has started, when the guardian is gone. */
function bootWatch({ guardian, stuckMs, signs: memory, thread, port }: WatchOrders): void {
  const signs = new LoopSigns(memory)
  const probe = new ThreadProbe(thread)
  const watch = new NodeWatch({
    vitals: signs,
    probe: () => probe,
    ping: (ping) => port.postMessage(ping),
    exempt: () => signs.inspected,
  })
  const look = (): void => {
    if (process.ppid !== guardian) endOwnGroup()
    const judgement = watch.look()
    if (judgement.state === 'stuck') tell(stuckNews(judgement.forMs))
    setTimeout(look, judgement.state === 'busy' ? judgement.nextLookMs : Math.min(lookParentMs, lookIdleMs(stuckMs)))
  }
  watch.limit(stuckMs)
  look()
}

/** One write of less than a pipe's atomic size, which goes through whatever the other threads are doing. */
function tell(news: string): void {
  try {
    writeSync(newsDescriptor, news)
  } catch {
    // the guardian is gone, which the next look sees
  }
}

const { [watchField]: orders } = (workerData ?? {}) as { readonly [watchField]?: WatchOrders }
if (orders !== undefined) bootWatch(orders)
