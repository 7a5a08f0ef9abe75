import { writeFully } from '../output/tagged-output.ts'
import type { WardenOrders } from '../control.ts'
import { Warden } from './warden.ts'

/** What the warden's thread runs. */
export function bootWarden(orders: WardenOrders): void {
  process.on('uncaughtExceptionMonitor', (error) =>
    writeFully(2, `[bulkhead] the warden failed: ${error.stack ?? error}\n`),
  )
  setNodeOptions(orders.options.environment)
  return void new Warden(orders)
}

/** The warden itself was started without some of them; what it starts inherits its environment. */
function setNodeOptions(options: string | undefined): void {
  if (options === undefined) delete process.env['NODE_OPTIONS']
  else process.env['NODE_OPTIONS'] = options
}
