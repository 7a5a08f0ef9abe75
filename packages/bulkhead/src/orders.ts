import { isMainThread, workerData } from 'node:worker_threads'
import type { Orders } from './control.ts'

/** The field of `workerData`, and the environment variable, that tells a thread or process what it was started for. */
export const ordersField = 'BULKHEAD_NODE'

/** What this thread was started for; undefined in a program's own threads. The environment variable is gone afterwards. */
export const orders: Orders | undefined = isMainThread ? fromEnvironment() : fromWorkerData()

function fromWorkerData(): Orders | undefined {
  return (workerData as { [ordersField]?: Orders } | null | undefined)?.[ordersField]
}

function fromEnvironment(): Orders | undefined {
  const text = process.env['BULKHEAD_NODE']
  if (text === undefined) return undefined
  delete process.env['BULKHEAD_NODE']
  return JSON.parse(text) as Orders
}
