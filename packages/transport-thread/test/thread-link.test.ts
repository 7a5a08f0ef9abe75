import assert from 'node:assert/strict'
import { Worker } from 'node:worker_threads'
import { test } from 'vitest'
import type { Ending } from '@bulkhead/core/transport'
import { openThreadConnection, threadLink, transferOf } from '@bulkhead/transport-thread'

test('a ring whose size is no power of two is refused', () => {
  assert.throws(() => threadLink({ ringBytes: 5_000 }), RangeError)
})

test('the other end is lost when a thread ends that never opened its own', async () => {
  const { near, far } = threadLink()
  const connection = openThreadConnection(near, { ref: true })
  const ending = new Promise<Ending>((resolve) => {
    connection.receive({ frame: () => {}, drained: () => {}, closed: resolve })
  })
  const worker = new Worker('', { eval: true })
  worker.postMessage(far, transferOf(far))
  assert.equal((await ending).how, 'lost')
})

test('both ends of a link may be open in one thread', async () => {
  const { near, far } = threadLink()
  const [left, right] = [openThreadConnection(near, { ref: true }), openThreadConnection(far)]
  const ending = new Promise((resolve) => {
    left.receive({ frame: () => left.close(), drained: () => {}, closed: resolve })
  })
  right.receive({ frame: () => {}, drained: () => {}, closed: () => {} })
  right.send(Uint8Array.of(1))
  assert.deepEqual(await ending, { how: 'closed' })
})
