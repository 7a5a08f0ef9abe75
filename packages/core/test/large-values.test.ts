import { describe, expect, test } from 'vitest'
import { createNode, defineServer, waitResponse } from '../src/index.ts'
import { createCodec } from '../src/messaging/codec.ts'
import { headroom } from '../src/messaging/encoded.ts'
import { mailOf, Nodes, THREAD } from '../../../test/support/nodes.ts'

/** Around each of which the encoder writes in another way. */
const lengths = [100, 8_000, 8_200, 20_000, 65_536, 262_000, 263_000, 1_048_576]

const { encoder, localDecoder, newDecoder } = createCodec()
const decoders = { 'its own': localDecoder, 'another node’s': newDecoder() }

describe.each(Object.entries(decoders))('large binary data, decoded by %s decoder', (_, decoder) => {
  const kinds = {
    Uint8Array: (length: number) => new Uint8Array(length),
    Float64Array: (length: number) => new Float64Array(length / 8),
    ArrayBuffer: (length: number) => new ArrayBuffer(length),
  }

  test.each(Object.entries(kinds))('has a buffer of exactly its length that nobody else sees: %s', (_kind, make) => {
    for (const length of lengths) {
      const { segment, start, end } = encoder.encode([make(length & ~7), make(length & ~7)])
      const decoded = decoder.decode(segment, undefined, start, end) as (ArrayBuffer | Uint8Array)[]
      const buffers = decoded.map((each) => (each instanceof ArrayBuffer ? each : each.buffer))
      expect(buffers.map(({ byteLength }) => byteLength)).toEqual([length & ~7, length & ~7])
      expect(new Set([...buffers, segment.buffer]).size).toBe(3)
    }
  })
})

const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte)

describe('the frame of a large value', () => {
  const contents = lengths.flatMap((length) => [1, 2, 3].map((byte) => filled(length, byte)))

  test('is what was sent, whatever is encoded later', () => {
    const kept = contents.map((content) => encoder.encode(content))
    encoder.encode(filled(200_000, 9))
    const decoded = kept.map(({ bytes }) => localDecoder.decode(bytes))
    expect(decoded.every((each, at) => Buffer.compare(each as Uint8Array, contents[at]!) === 0)).toBe(true)
  })

  test('lies alone if it says so, with room for a head in front', () => {
    const alone = contents.map((content) => encoder.encode(content)).filter(({ isAlone }) => isAlone)
    expect(alone.length).toBeGreaterThanOrEqual(contents.filter(({ length }) => length > 32_768).length)
    expect(new Set(alone.map(({ segment }) => segment.buffer)).size).toBe(alone.length)
    expect(alone.every(({ start }) => start >= headroom)).toBe(true)
  })

  test('is no longer than a quarter more than what lies in it', () => {
    const list = Array.from({ length: 40_000 }, (_, index) => ({ index, text: `text ${index}` }))
    for (const value of [list, list.slice(0, 3_000), 'ä'.repeat(300_000), 'a'.repeat(20_000)]) {
      const { segment, length } = encoder.encode(value)
      expect(segment.buffer.byteLength - headroom).toBeLessThanOrEqual(length * 1.25)
    }
  })

  test('is given up when the value cannot be sent, and the next one is whole', () => {
    for (const length of lengths) {
      expect(() => encoder.encode([filled(length, 1), () => {}])).toThrow('message[1] is a function')
      expect(localDecoder.decode(encoder.encode(filled(length, 2)).bytes)).toEqual(filled(length, 2))
    }
  })
})

const Echo = defineServer(import.meta, 'Echo', {
  init: () => 0,
  calls: { echo: (_self, value: unknown) => value },
})

describe('a large answer', () => {
  test.each(['inline', 'thread'] as const)('waits whole until somebody looks at it: %s', async (isolation) => {
    const nodes = new Nodes(createNode, { ids: [1, THREAD] })
    const self = await nodes.actor()
    const { pid } = await nodes.main.start(Echo, [], { isolation })
    const ref = self.ref(Echo, pid!)
    const ids = lengths.map((length) => ref.sendRequest.echo(filled(length, 3)))
    await nodes.settled()
    const seen = await Promise.all(lengths.map((length) => ref.call.echo(filled(length, 4))))
    expect(seen).toEqual(lengths.map((length) => filled(length, 4)))
    for (const [at, id] of ids.entries())
      expect(await waitResponse(id)).toEqual({ kind: 'reply', reply: filled(lengths[at]!, 3) })
  })
})

describe('large mail', () => {
  test.each([
    ['within a node', 1],
    ['from another node', 2],
  ])('is what it was when it was sent, however long it waits: %s', async (_, from) => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const receiver = await nodes.actor()
    const sender = await nodes.actor(from)
    await nodes.settled()
    for (const length of lengths)
      for (const byte of [1, 2, 3]) {
        const content = new Uint8Array(length).fill(byte)
        sender.send(receiver.pid, content)
        content.fill(0xff)
        if (byte === 2) await nodes.settled()
      }
    await nodes.settled()
    const mail = (await mailOf(receiver)) as Uint8Array[]
    expect(mail.map(({ length, buffer }) => [length, buffer.byteLength])).toEqual(
      lengths.flatMap((length) => [1, 2, 3].map(() => [length, length])),
    )
    expect(mail.map((content) => [...new Set(content)])).toEqual(lengths.flatMap(() => [[1], [2], [3]]))
  })
})
