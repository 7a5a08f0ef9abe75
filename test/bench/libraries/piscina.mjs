import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'

/** A pool of one thread. */
export async function open() {
  const filename = fileURLToPath(new URL('far/echo.mjs', import.meta.url))
  const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1 })
  return { ask: (message) => pool.run(message), close: () => pool.destroy() }
}
