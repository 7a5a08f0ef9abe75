import assert from 'node:assert/strict'
import { Worker } from 'node:worker_threads'
import { describe, test } from 'vitest'
import { openThreadConnection, threadLink, transferOf } from '@bulkhead/transport-thread'

describe.each(['ring', 'port'] as const)('a link between two threads, carrier %s', (carrier) => {
  test('frames come back in order from a thread that echoes them, then the connection closes', async () => {
    const { near, far } = threadLink({ carrier })
    const worker = new Worker(new URL('echo-thread.ts', import.meta.url))
    worker.postMessage(far, transferOf(far))
    const connection = openThreadConnection(near, { ref: true })
    const sizes = Array.from({ length: 3_000 }, (_, i) => (i % 500 === 7 ? 300_000 : i % 700))
    const received: number[] = []
    const ending = new Promise((resolve) => {
      connection.receive({
        frame: (_segment, start, end) => {
          received.push(end - start)
          if (received.length === sizes.length) connection.close()
        },
        drained: () => {},
        closed: resolve,
      })
    })
    for (const size of sizes) connection.send(new Uint8Array(size))
    assert.deepEqual(await ending, { how: 'closed' })
    assert.deepEqual(received, sizes)
    await new Promise((resolve) => worker.once('exit', resolve))
  })
})

test('a ring whose size is no power of two is refused', () => {
  assert.throws(() => threadLink({ ringBytes: 5_000 }), RangeError)
})
