import { fileURLToPath } from 'node:url'
import workerpool from 'workerpool'

/** A pool of one thread or one child process. */
export async function open(placement) {
  const script = fileURLToPath(new URL('far/workerpool.mjs', import.meta.url))
  const pool = workerpool.pool(script, { workerType: placement, maxWorkers: 1 })
  return { ask: (message) => pool.exec('echo', [message]), close: () => pool.terminate() }
}
