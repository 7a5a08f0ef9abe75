import { url as inspectorUrl } from 'node:inspector'
import { MessageChannel, Worker } from 'node:worker_threads'
import { endOwnGroup } from '../end-own-group.ts'
import { ownThread } from '../linux/proc.ts'
import { ownWorkerOptions } from '../nodejs/given-options.ts'
import { writeFully } from '../output/write-fully.ts'
import { LoopSigns } from './loop-signs.ts'
import type { GuardianOrders } from './orders.ts'
import { watchField, watchThread } from './watch-thread.ts'
import type { WatchOrders } from './watch-thread.ts'

/** Starts the thread that watches this root for its guardian, and answers it from the event loop. Neither keeps the program alive. */
export function watchRoot({ guardian, stuckMs }: GuardianOrders): void {
  const signs = new LoopSigns()
  const { port1, port2 } = new MessageChannel()
  const lookForDebugger = (): void => void (signs.inspected = inspectorUrl() !== undefined)
  lookForDebugger()
  port1.on('message', (ping: number) => {
    lookForDebugger()
    signs.answer(ping)
  })
  port1.unref()
  const orders: WatchOrders = {
    guardian,
    stuckMs: stuckMs ?? Infinity,
    signs: signs.memory,
    thread: ownThread(),
    port: port2,
  }
  const worker = new Worker(new URL(watchThread), {
    workerData: { [watchField]: orders },
    transferList: [port2],
    name: 'bulkhead guard',
    ...ownWorkerOptions(),
  })
  worker.unref()
  worker.on('error', (error: Error) => {
    writeFully(2, `[bulkhead] the watch of the root failed: ${error.stack ?? error.message}\n`)
    endOwnGroup()
  })
}
