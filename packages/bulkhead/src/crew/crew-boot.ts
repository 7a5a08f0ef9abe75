import { controlSocket } from '@bulkhead/transport-process'
import { socketChannel } from '../control-channel.ts'
import type { CrewOrders } from '../control.ts'
import { LoopResponder } from '../hosted/loop-responder.ts'
import { startWatch } from '../hosted/process-boot.ts'
import { Vitals } from '../hosted/vitals.ts'
import { ownThread } from '../linux/proc.ts'
import { setNodeOptions } from '../nodejs/given-options.ts'
import { joinFamily } from '../orphans/family-mark.ts'
import type { FromCrew, ToCrew } from './crew-control.ts'
import { CrewMain } from './crew-main.ts'

/** What the OS process of a crew runs. `entry` is the module that boots its threads. */
export function bootCrew(orders: CrewOrders, entry: string): void {
  const { parent, handlerMs } = orders
  joinFamily()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {}) // only the root decides
  process.title = 'bulkhead crew' // what `ps` shows
  const channel = socketChannel<FromCrew, ToCrew>(controlSocket())
  const vitals = new Vitals()
  const responder = new LoopResponder(vitals)
  const watch = startWatch({ parent, handlerMs: handlerMs ?? Infinity, vitals: vitals.memory, thread: ownThread() })
  watch.onMessage((ping) => responder.answer(ping))
  watch.post('up')
  channel.onClose(() => process.kill(-process.pid, 'SIGKILL')) // the warden is gone, and the system with it
  setNodeOptions(orders.options.environment)
  void new CrewMain(orders, entry, channel)
}
