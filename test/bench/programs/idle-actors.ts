import { start } from 'bulkhead'
import { Nursery } from './nursery.ts'

/** Starts idle actors in place and prints the bytes of heap that each costs. Run with --expose-gc. */
const n = Number(process.argv[2])
const system = await start({ threads: 1 })
const nursery = (await system.start(Nursery, [], { isolation: 'inline' })).within(Infinity)
await nursery.call.raise(1_000)
const collect = (): number => {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed + process.memoryUsage().external
}
const before = collect()
await nursery.call.raise(n)
console.log((collect() - before) / n)
await system.stop()
