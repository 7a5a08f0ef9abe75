import { describe, expect, test } from 'vitest'
import { createCodec, NotSendable } from '../src/messaging/codec.ts'
import { difference } from './codec-samples.ts'

const together = { shares: true, moves: true } as const
const KiB = 1024

/** Encodes and decodes within one OS process, as the same node does and as another. */
function moved(value: unknown) {
  const { encoder, newDecoder, localDecoder } = createCodec()
  const one = encoder.encode(value, together)
  const here = localDecoder.decode(one.bytes, one.beside)
  const other = encoder.encode(value, together)
  const decoder = newDecoder()
  if (encoder.definitions > 0) decoder.define(encoder.define(0))
  return { encoded: one, here, there: decoder.decode(other.bytes, other.beside) }
}

const classes = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
]

/** `length` bytes that differ from each other. */
function content(length: number): ArrayBuffer {
  return Uint8Array.from({ length }, (_, i) => (i * 7) % 251).buffer
}

describe('large binary data within one OS process', () => {
  test.each([
    ...classes.map((View) => [View.name, (buffer: ArrayBuffer) => new View(buffer)] as const),
    ['DataView', (buffer: ArrayBuffer) => new DataView(buffer)] as const,
    ['ArrayBuffer', (buffer: ArrayBuffer) => buffer] as const,
    ['a part of a buffer', (buffer: ArrayBuffer) => new Uint16Array(buffer, 8, 20 * KiB)] as const,
    ['Buffer', (buffer: ArrayBuffer) => Buffer.from(buffer)] as const,
  ])('%s: travels beside the bytes, in a buffer of exactly its length that nobody else sees', (_, make) => {
    const value = make(content(64 * KiB)) as ArrayBuffer | Uint8Array
    const { encoded, here, there } = moved({ value })
    expect(encoded.length).toBeLessThan(100)
    expect(encoded.weight).toBe(encoded.length + value.byteLength)
    const seen = value instanceof Buffer ? new Uint8Array(value) : value
    for (const { value: arrived } of [here, there] as { value: ArrayBuffer | Uint8Array }[]) {
      expect(difference(seen, arrived)).toBeUndefined()
      const [own, theirs] = [arrived, value].map((each) => ('buffer' in each ? each.buffer : each))
      expect(own).not.toBe(theirs)
      expect(own?.byteLength).toBe(value.byteLength)
    }
  })

  test('is what was sent, whatever the sender does with it afterwards', () => {
    const { encoder, localDecoder } = createCodec()
    const value = new Uint8Array(content(64 * KiB))
    const { bytes, beside } = encoder.encode(value, together)
    value.fill(0)
    expect(difference(new Uint8Array(content(64 * KiB)), localDecoder.decode(bytes, beside))).toBeUndefined()
  })

  test('small data stay among the bytes', () => {
    const { encoded, here } = moved([new Uint8Array(1_000), new ArrayBuffer(1_000)])
    expect(encoded.beside).toBeUndefined()
    expect(difference([new Uint8Array(1_000), new ArrayBuffer(1_000)], here)).toBeUndefined()
  })

  test('of every length around that from which they are large', () => {
    for (let length = 32 * KiB - 3; length <= 32 * KiB + 3; length++) {
      const value = [new Uint8Array(content(length)), content(length)]
      const { here, there } = moved(value)
      expect([difference(value, here), difference(value, there)]).toEqual([undefined, undefined])
    }
  })

  test('the same data twice are one thing there, and views of one buffer are', () => {
    const buffer = content(40 * KiB)
    const whole = new Uint8Array(buffer)
    const { here, there } = moved({ one: whole, two: whole, buffer, other: new Float64Array(buffer) })
    for (const each of [here, there] as { one: Uint8Array; two: unknown; buffer: unknown; other: Float64Array }[]) {
      expect(each.two).toBe(each.one)
      expect(each.buffer).toBe(each.one.buffer)
      expect(each.other.buffer).toBe(each.one.buffer)
      expect(each.one).toEqual(whole)
    }
  })

  test('beside buffers that are transferred and memory that is shared', () => {
    const { encoder, localDecoder } = createCodec()
    const [copied, given, shared] = [new Uint8Array(content(40 * KiB)), content(50 * KiB), new SharedArrayBuffer(8)]
    const encoded = encoder.encode([shared, copied, given], { ...together, transfer: [given] })
    expect(given.detached).toBe(true)
    expect(encoded.weight).toBe(encoded.length + 90 * KiB)
    const [one, two, three] = localDecoder.decode(encoded.bytes, encoded.beside) as unknown[]
    expect(one).toBe(shared)
    expect(difference([copied, content(50 * KiB)], [two, three])).toBeUndefined()
  })

  test('count for the longest message as they do anywhere else', () => {
    const problem = (options: object): unknown => {
      try {
        return createCodec({ bytesMax: 100_000 }).encoder.encode(
          [new Uint8Array(60_000), new ArrayBuffer(50_000)],
          options,
        )
      } catch (error) {
        return error
      }
    }
    expect(problem(together)).toBeInstanceOf(NotSendable)
    expect(String(problem(together))).toMatch(/takes 110\d\d\d bytes/)
    expect(problem({})).toBeInstanceOf(NotSendable)
    const { encoder } = createCodec({ bytesMax: 100_000 })
    expect(() => encoder.encode([new Uint8Array(60_000)], together)).not.toThrow()
    expect(() => encoder.encode([new Uint8Array(60_000)], together)).not.toThrow()
  })
})
