import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, test } from 'vitest'
import { listenFor, newToken, openSocketConnection, spawnNodeProcess } from '@bulkhead/transport-process'

const entry = new URL('echo-process.ts', import.meta.url)

/** Sends frames of these sizes to a process that echoes, until all are back, and returns what came. */
async function echoed(socket: Socket, sizes: readonly number[]): Promise<{ received: number[]; ending: unknown }> {
  const connection = openSocketConnection(socket, { ref: true })
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
  return { received, ending: await ending }
}

const sizes = Array.from({ length: 3_000 }, (_, i) => (i % 500 === 7 ? 300_000 : i % 700))

describe('a connection between two OS processes', () => {
  test('frames come back in order over the inherited socket, then the connection closes', async () => {
    const { child, control } = spawnNodeProcess({ entry, ref: true })
    const exit = new Promise((resolve) => child.once('exit', resolve))
    assert.deepEqual(await echoed(control, sizes), { received: sizes, ending: { how: 'closed' } })
    assert.equal(await exit, 0)
  })

  test('frames come back in order over a socket that the other process dialled', async () => {
    const listener = await listenFor({ ref: true })
    const token = newToken()
    const accepted = listener.accept(token)
    const { child } = spawnNodeProcess({ entry, args: [listener.address, token].map(encodeURIComponent), ref: true })
    const exit = new Promise((resolve) => child.once('exit', resolve))
    assert.deepEqual(await echoed(await accepted, sizes), { received: sizes, ending: { how: 'closed' } })
    assert.equal(await exit, 0)
    listener.close()
  })
})
