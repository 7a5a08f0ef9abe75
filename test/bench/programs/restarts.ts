// Restarts within one event loop, as erlang/anchor_life.erl: node programs/restarts.ts restart|storm N
import { start } from 'bulkhead'
import type { Pid } from 'bulkhead'
import { cost, median } from '../stats.ts'
import { Guard, Guards, Observer } from './restarted.ts'

const [what, n = ''] = process.argv.slice(2)
const count = Number(n)
const system = await start({ spares: 0, inspect: false, log: () => undefined })
const inline = { isolation: 'inline' } as const

/** Crashes of one child, one after the other. */
async function restarts() {
  const observer = (await system.start(Observer, [], inline)).within(Infinity)
  await system.start(Guard, [observer.pid as Pid, 'inline'], inline)
  await observer.call.awaited(1)
  const once = async () => {
    const ms: number[] = []
    for (let i = 0; i < count; i++) ms.push(await observer.call.restart('error'))
    return { us: median(ms) * 1000, restarts: ms.length }
  }
  await once() // to warm up
  return once()
}

/** Many children are killed at once. */
async function storm() {
  const observer = (await system.start(Observer, [], inline)).within(Infinity)
  const guards = await system.start(Guards, [], inline)
  for (let i = 0; i < count; i++) await guards.call.startChild(observer.pid as Pid)
  await observer.call.awaited(count)
  await observer.call.storm() // to warm up
  let calmed = { ms: 0, restarts: 0 }
  const { cpuMs } = await cost(async () => (calmed = await observer.call.storm()))
  return { cpuMs, wallMs: calmed.ms, restarts: calmed.restarts }
}

console.log(JSON.stringify(await (what === 'storm' ? storm() : restarts())))
await system.stop()
