import { fileURLToPath } from 'node:url'
import { Tinypool } from 'tinypool'

/** A pool of one thread or one child process. */
export async function open(placement) {
  const filename = fileURLToPath(new URL('far/echo.mjs', import.meta.url))
  const runtime = placement === 'thread' ? 'worker_threads' : 'child_process'
  const pool = new Tinypool({ filename, runtime, minThreads: 1, maxThreads: 1 })
  return { ask: (message) => pool.run(message), close: () => pool.destroy() }
}
