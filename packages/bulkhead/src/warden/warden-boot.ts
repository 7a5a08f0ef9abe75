import { writeFully } from '../output/tagged-output.ts'
import type { WardenOrders } from '../control.ts'
import { Warden } from './warden.ts'

/** What the warden's thread runs. */
export function bootWarden(orders: WardenOrders): void {
  process.on('uncaughtExceptionMonitor', (error) => writeFully(2, `[bulkhead] the warden failed: ${error.stack ?? error}\n`))
  return void new Warden(orders)
}
