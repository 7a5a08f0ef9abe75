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

test('a side that has answered more than fits, and sees the other close, ends when all of it has left', async () => {
  const { near, far } = threadLink({ ringBytes: 4096 })
  const [left, right] = [openThreadConnection(near, { ref: true }), openThreadConnection(far)]
  const count = 1_000
  const turns = async (wanted: number): Promise<void> => {
    for (let i = 0; i < wanted; i += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  let answered = 0
  let isOver = false
  right.receive({
    frame: (segment, start, end) => {
      right.send(segment.slice(start, end))
      answered += 1
    },
    drained: () => {},
    closed: () => (isOver = true),
  })
  for (let i = 0; i < count; i += 1) left.send(new Uint8Array(64))
  left.close()
  while (answered < count) await turns(1)
  // The close came right behind the last frame; of the answers, nobody has read any.
  await turns(20)
  assert.equal(isOver, false)
  let heard = 0
  const ending = await new Promise<Ending>((resolve) => {
    left.receive({ frame: () => (heard += 1), drained: () => {}, closed: resolve })
  })
  assert.deepEqual([heard, ending], [count, { how: 'closed' }])
})
