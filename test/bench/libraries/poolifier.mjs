import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { FixedClusterPool, FixedThreadPool } from 'poolifier'

/** A pool of one thread or one process of the `cluster` module. */
export async function open(placement) {
  const far = (name) => fileURLToPath(new URL(`far/${name}.mjs`, import.meta.url))
  const pool =
    placement === 'thread'
      ? new FixedThreadPool(1, far('poolifier-thread'))
      : new FixedClusterPool(1, far('poolifier-process'))
  const close = async () => {
    // What `destroy` returns never settles when the worker has ended before the pool looks for that.
    const ended = once(pool.workerNodes[0].worker, 'exit')
    void pool.destroy()
    await ended
  }
  return { ask: (message) => pool.execute(message), close }
}
