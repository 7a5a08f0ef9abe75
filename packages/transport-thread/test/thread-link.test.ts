import assert from 'node:assert/strict'
import { test } from 'vitest'
import { openThreadConnection, threadLink } from '@bulkhead/transport-thread'

test('a ring whose size is no power of two is refused', () => {
  assert.throws(() => threadLink({ ringBytes: 5_000 }), RangeError)
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
