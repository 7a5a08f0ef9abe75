import { setTimeout as wait } from 'node:timers/promises'
import { start } from 'bulkhead'
import { cpuMsOf, familyOf } from '../proc.ts'
import { Echo } from './echo.ts'

/** Root, two threads and two processes do nothing; prints the CPU milliseconds that they used meanwhile, as the operating system counts them. */
const idleMs = Number(process.argv[2])
const system = await start({ threads: 2 })
for (const [index, isolation] of (['thread', 'thread', 'process', 'process'] as const).entries()) {
  const hints = isolation === 'thread' ? { cpu: 'heavy' as const } : { faults: 'contained' as const }
  const ref = await system.start(Echo, [], { id: `idle-${index}`, isolation: hints })
  await ref.call.echo({ id: 0, text: '' })
}
await wait(1_500)
const all = familyOf(process.pid)
const before = all.map(cpuMsOf)
await wait(idleMs)
console.log(
  JSON.stringify({ cpuMs: all.reduce((sum, pid, index) => sum + cpuMsOf(pid) - (before[index] as number), 0) }),
)
await system.stop()
