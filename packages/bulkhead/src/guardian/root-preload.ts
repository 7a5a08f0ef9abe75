import { isMainThread } from 'node:worker_threads'
import type { GuardianOrders } from './orders.ts'

/** What a root under a guardian loads first: this module. In the program's own threads and child processes it does nothing. */
export const preload: string = import.meta.url

const text = isMainThread ? process.env['BULKHEAD_GUARDIAN'] : undefined
if (text !== undefined) {
  delete process.env['BULKHEAD_GUARDIAN']
  const own = process.execArgv.indexOf(`--import=${preload}`)
  if (own >= 0) process.execArgv.splice(own, 1) // what the program starts is no root
  const { watchRoot } = await import('./root-watch.ts')
  watchRoot(JSON.parse(text) as GuardianOrders)
}
