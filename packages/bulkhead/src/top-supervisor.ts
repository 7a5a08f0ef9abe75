import type { Server } from '@bulkhead/core'
import { defineSupervisor } from '@bulkhead/supervisor'
import type { IntensityOptions, SupervisorProtocol } from '@bulkhead/supervisor'

/** The supervisor above everything that `system.start` starts. */
export const TopSupervisor: Server<[IntensityOptions], SupervisorProtocol> = defineSupervisor(
  import.meta,
  'Top',
  (intensity: IntensityOptions) => ({ strategy: 'one_for_one', ...intensity, children: [] }),
)
