import assert from 'node:assert/strict'
import { test } from 'vitest'
import { openThreadConnection, threadLink } from '@bulkhead/transport-thread'

test('a connection whose other end hands its frames on takes nothing beside them, and goes on', async () => {
  const { near, far } = threadLink()
  const [sender, reader] = [openThreadConnection(near, { shares: false }), openThreadConnection(far)]
  const arrived = new Promise<number>((resolve) => {
    reader.receive({
      frame: (segment, start) => resolve(segment[start] as number),
      drained: () => {},
      closed: () => {},
    })
  })
  assert.equal(sender.shares, false)
  for (const item of [new SharedArrayBuffer(8), new ArrayBuffer(8)])
    assert.throws(() => sender.send(Uint8Array.of(1), undefined, 0, 0, [item]), TypeError)
  sender.send(Uint8Array.of(2), undefined, 0, 0, [])
  assert.equal(await arrived, 2)
  for (const connection of [sender, reader]) connection.cut()
})
