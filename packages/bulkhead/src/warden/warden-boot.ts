import type { WardenOrders } from '../control.ts'
import { setNodeOptions } from '../nodejs/given-options.ts'
import { openOutlets } from '../output/outlet.ts'
import { startReaper } from '../orphans/reaper.ts'
import { ChildTable } from './child-table.ts'
import { Warden } from './warden.ts'

/** What the warden's thread runs. */
export function bootWarden(orders: WardenOrders): void {
  const outlets = openOutlets()
  process.on(
    'uncaughtExceptionMonitor',
    (error) => void outlets.stderr.write(`[bulkhead] the warden failed: ${error.stack ?? error}\n`),
  )
  setNodeOptions(orders.options.environment)
  return void new Warden(orders, outlets, startReaper(new ChildTable(orders.children)))
}
