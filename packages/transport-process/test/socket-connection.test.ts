import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, onTestFinished, test } from 'vitest'
import type { Ending } from '@bulkhead/core/transport'
import { dial, listenFor, newToken, openSocketConnection } from '@bulkhead/transport-process'
import type { SocketConnectionOptions } from '@bulkhead/transport-process'

/** Two ends of one socket, in this process. */
async function socketPair(): Promise<[Socket, Socket]> {
  const listener = await listenFor({ ref: true })
  const token = newToken()
  const pair = await Promise.all([dial(listener.address, token, { ref: true }), listener.accept(token)])
  listener.close()
  onTestFinished(() => {
    for (const socket of pair) socket.destroy()
  })
  return pair
}

/** What a connection sees of bytes that the other end writes by hand. */
async function seenOf(write: (raw: Socket) => void, options?: SocketConnectionOptions) {
  const [raw, socket] = await socketPair()
  const connection = openSocketConnection(socket, { ref: true, ...options })
  const frames: string[] = []
  const ended = new Promise<Ending>((resolve) => {
    connection.receive({
      frame: (segment, start, end) => frames.push(Buffer.from(segment.subarray(start, end)).toString()),
      drained: () => {},
      closed: resolve,
    })
  })
  write(raw)
  return { raw, socket, frames, ending: await ended }
}

/** A frame as it stands in the stream. */
function framed(text: string, length: number = text.length): Buffer {
  const bytes = Buffer.alloc(4 + text.length, text)
  bytes.writeUInt32LE(length)
  bytes.write(text, 4)
  return bytes
}

describe('a connection over a socket', () => {
  test('that is given much in one turn begins to write it within that turn, and does not write often', async () => {
    const [socket] = await socketPair()
    let writes = 0
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
    socket.write = (...args: unknown[]): boolean => {
      writes += 1
      return write(...args)
    }
    const connection = openSocketConnection(socket, { ref: true })
    const send = (frames: number) => {
      for (let frame = 0; frame < frames; frame += 1) connection.send(Buffer.alloc(96))
    }
    send(1) // 100 bytes with its length
    assert.equal(writes, 0)
    send(1)
    assert.equal(writes, 1)
    send(998)
    assert.ok(
      writes > 1 && writes <= 11,
      `${String(writes)} writes of 128 bytes, then twice as many each time, are 11 for 100,000`,
    )
  })

  test('holds what it was handed until the operating system has taken it, whatever was written before', async () => {
    const [one, other] = await socketPair()
    const sender = openSocketConnection(one, { ref: true })
    const size = 4 * 1024 * 1024
    const memory = new Uint8Array(64 + size).fill(7)
    sender.send(new Uint8Array(200)) // written at once, since nothing else is, and taken
    sender.send(Uint8Array.of(7), memory, 64, memory.length, undefined, true) // more than an unread socket takes
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(memory.buffer.detached, false)
    let [read, sevens] = [0, 0]
    for await (const chunk of other as AsyncIterable<Uint8Array>) {
      read += chunk.length
      for (const byte of chunk) if (byte === 7) sevens++
      if (read === 204 + 4 + 1 + size) break
    }
    assert.equal(sevens, 1 + size)
  })

  test('that pauses makes the sender wait, and loses nothing', async () => {
    const [one, other] = await socketPair()
    const [sender, reader] = [openSocketConnection(one, { ref: true }), openSocketConnection(other, { ref: true })]
    const seen: number[] = []
    const count = 400
    const all = new Promise<void>((resolve) => {
      reader.pause()
      reader.receive({
        frame: (segment, start) => {
          if (seen.push(segment[start]! + segment[start + 1]! * 256) === count) resolve()
        },
        drained: () => {},
        closed: () => {},
      })
    })
    let hasRoom = true
    for (let sent = 0; sent < count; sent++) {
      const frame = Buffer.alloc(10_000)
      frame.writeUInt16LE(sent)
      hasRoom = sender.send(frame) && hasRoom
    }
    assert.equal(hasRoom, false)
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.deepEqual(seen, [])
    reader.resume()
    await all
    assert.deepEqual(
      seen,
      Array.from({ length: count }, (_, index) => index),
    )
  })

  test('ends as corrupt at a length over the limit, behind the frames before it', async () => {
    const write = (raw: Socket) => void raw.write(Buffer.concat([framed('fine'), framed('', 101), framed('never')]))
    const { socket, frames, ending } = await seenOf(write, { frameBytesMax: 100 })
    assert.deepEqual([frames, ending.how], [['fine'], 'corrupt'])
    assert.equal(socket.destroyed, true)
  })

  test('takes a frame of just the limit', async () => {
    const write = (raw: Socket) => void raw.end(framed('x'.repeat(100)))
    const { frames } = await seenOf(write, { frameBytesMax: 100 })
    assert.deepEqual(frames, ['x'.repeat(100)])
  })

  test('ends as lost when the stream ends without a closing mark, and says when that was inside a frame', async () => {
    const { frames, ending } = await seenOf(
      (raw) => void raw.end(Buffer.concat([framed('whole'), framed('part', 1_000)])),
    )
    assert.deepEqual(frames, ['whole'])
    assert.deepEqual(ending, { how: 'lost', detail: 'the stream ended inside a frame' })
  })

  test('ends as lost when the socket was gone before it was opened', async () => {
    const [raw, socket] = await socketPair()
    socket.destroy()
    await once(raw.resume(), 'close')
    const connection = openSocketConnection(socket)
    const ending = await new Promise<Ending>((resolve) => {
      connection.receive({ frame: () => {}, drained: () => {}, closed: resolve })
    })
    assert.equal(ending.how, 'lost')
    assert.equal(connection.send(Uint8Array.of(1)), false)
  })

  test('reads as fast as a frame of 64 MiB comes, however small its pieces', async () => {
    const size = 64 * 1024 * 1024
    const [raw, socket] = await socketPair()
    const connection = openSocketConnection(socket, { ref: true })
    const arrived = new Promise<number>((resolve) => {
      connection.receive({ frame: (_segment, start, end) => resolve(end - start), drained: () => {}, closed: () => {} })
    })
    const header = Buffer.alloc(4)
    header.writeUInt32LE(size)
    raw.write(header)
    const { user } = process.cpuUsage()
    const piece = Buffer.alloc(4096)
    for (let sent = 0; sent < size; sent += piece.length) if (!raw.write(piece)) await once(raw, 'drain')
    assert.equal(await arrived, size)
    const userMs = (process.cpuUsage().user - user) / 1_000
    assert.ok(userMs < 5_000, `${userMs} ms`)
  })
})
