// Starts idle actors in place, and prints the bytes of heap that each costs and how long it took: node --expose-gc programs/idle-actors.ts N
import { start } from 'bulkhead'
import { Nursery } from './nursery.ts'

const n = Number(process.argv[2])
const system = await start({ spares: 0, inspect: false })
const nursery = (await system.start(Nursery, [], { isolation: 'inline' })).within(Infinity)
await nursery.call.raise(1_000)
const collect = (): number => {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
const before = collect()
const from = performance.now()
const started = await nursery.call.raise(n)
const wallMs = performance.now() - from
console.log(JSON.stringify({ wallMs, bytes: (collect() - before) / n, started }))
// An orderly stop of so many takes longer than all of this.
process.exit(0)
