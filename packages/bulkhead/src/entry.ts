import { bootCrew } from './crew/crew-boot.ts'
import { bootProcess } from './hosted/process-boot.ts'
import { bootSandbox } from './hosted/sandbox-boot.ts'
import { bootThread } from './hosted/thread-boot.ts'
import { orders } from './orders.ts'
import { bootWarden } from './warden/warden-boot.ts'

/**
 * What threads and processes of a system run first: this module, or the bundle that holds it. Evaluating it is enough: it sees its orders and
 * boots. In a program's own threads it does nothing.
 */
export const entry: string = import.meta.url

/** Whether this thread was started by a system, so that no program may start another one in it. */
export const isHosted: boolean = orders !== undefined

switch (orders?.role) {
  case 'warden':
    bootWarden(orders.orders)
    break
  case 'thread':
    bootThread(orders.orders)
    break
  case 'process':
    bootProcess(orders.orders)
    break
  case 'crew':
    bootCrew(orders.orders, entry)
    break
  case 'sandbox':
    bootSandbox(orders.orders)
    break
  case 'process_watch': // in a bundle: see `watchModule`
  case undefined:
}
