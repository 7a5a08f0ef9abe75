import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { start } from 'bulkhead'
import { Echo } from './echo.ts'

/** CPU milliseconds that an OS process and its threads have used so far, to the nanosecond. */
function cpuMs(pid: number): number {
  const used = threadsOf(pid).map((thread) =>
    Number.parseInt(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'), 10),
  )
  return used.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6
}

/** Root, two threads and two processes do nothing; prints the CPU milliseconds that they used meanwhile, as the operating system counts them. */
const idleMs = Number(process.argv[2])
const system = await start({ threads: 2 })
for (const [index, isolation] of (['thread', 'thread', 'process', 'process'] as const).entries()) {
  const hints = isolation === 'thread' ? { cpu: 'heavy' as const } : { faults: 'contained' as const }
  const ref = await system.start(Echo, [], { id: `idle-${index}`, isolation: hints })
  await ref.call.echo({ id: 0, text: '' })
}
await wait(1_500)
const all = [process.pid, ...childrenOf(process.pid)]
const before = all.map(cpuMs)
await wait(idleMs)
console.log(all.reduce((sum, pid, index) => sum + cpuMs(pid) - (before[index] as number), 0))
await system.stop()

/** All children of all threads: a process started by a worker thread is listed under that thread. */
function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) => {
    const list = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim()
    return list === '' ? [] : list.split(' ').map(Number)
  })
}

function threadsOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).map(Number)
}
