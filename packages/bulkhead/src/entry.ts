import { bootProcess } from './hosted/process-boot.ts'
import type { CrewOrders, WardenOrders } from './control.ts'
import { bootSandbox } from './hosted/sandbox-boot.ts'
import { bootThread } from './hosted/thread-boot.ts'
import { orders } from './orders.ts'

/**
 * What threads and processes of a system run first: this module, or the bundle that holds it. Evaluating it is enough: it sees its orders and
 * boots. In a program's own threads it does nothing.
 *
 * Nodes boot at once: in a bundle, what follows is code of the program's, which a sandbox for one must not run before its walls stand. What hosts no
 * actors is loaded where it runs only.
 */
export const entry: string = import.meta.url

/** Whether this thread was started by a system, so that no program may start another one in it. */
export const isHosted: boolean = orders !== undefined

switch (orders?.role) {
  case 'warden':
    void startWarden(orders.orders)
    break
  case 'thread':
    bootThread(orders.orders)
    break
  case 'process':
    bootProcess(orders.orders)
    break
  case 'crew':
    void startCrew(orders.orders)
    break
  case 'sandbox':
    bootSandbox(orders.orders)
    break
  case 'process_watch': // in a bundle: see `watchModule`
  case undefined:
}

async function startWarden(own: WardenOrders): Promise<void> {
  const { bootWarden } = await import('./root-side.ts')
  bootWarden(own)
}

async function startCrew(own: CrewOrders): Promise<void> {
  const { bootCrew } = await import('./root-side.ts')
  bootCrew(own, entry)
}
