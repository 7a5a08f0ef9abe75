import type { ActorSelf, Pid } from '@bulkhead/core'
import type { Child } from './child-table.ts'

/**
 * Children that are listed as running and have ended: they had unlinked themselves, so that their supervisor was not told. Only those are asked
 * about that are not linked any more, so that a child on a node that is stuck does not hold up its supervisor. OTP asks `is_process_alive/1` of all.
 */
export async function endedUnnoticed(self: ActorSelf, children: readonly Child[]): Promise<ReadonlySet<Pid>> {
  const linked = new Set((await self.info(self.pid, ['links']))?.links)
  const unlinked = children.flatMap(({ status, pid }) =>
    status === 'running' && pid !== undefined && !linked.has(pid) ? [pid] : [],
  )
  const alive = await Promise.all(unlinked.map((pid) => self.isAlive(pid)))
  return new Set(unlinked.filter((_pid, at) => !alive[at]))
}
