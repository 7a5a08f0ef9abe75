import { addExtension, Packr, Unpackr } from 'msgpackr'
import { describe, expect, test } from 'vitest'
import { createCodec, Undecodable } from '../src/messaging/codec.ts'
import type { Encoder } from '../src/messaging/codec.ts'
import { codecPair, difference, largeReader, oneOfEach } from './codec-samples.ts'

const shape = (index: number): Record<string, number> => ({ [`key ${index}`]: index, id: index })
const pack = (value: unknown): Uint8Array => createCodec().encoder.encode(value).bytes

/** The structures that an encoder has defined, as a bystander reads them from its definitions. */
const structuresOf = (definition: Uint8Array): string[][] =>
  (new Unpackr({ useRecords: false }).unpack(definition) as [number, ...string[][]]).slice(1) as string[][]

describe('definitions', () => {
  test('travel apart from the messages that use them, once', () => {
    const { encoder, newDecoder } = createCodec()
    const first = encoder.encode({ id: 1, text: 'a' }).bytes
    const second = encoder.encode({ id: 2, text: 'b' }).bytes
    expect([encoder.definitions, first.length, second.length]).toEqual([1, 4, 4])
    const remote = newDecoder()
    expect(() => remote.decode(second)).toThrow(Undecodable)
    remote.define(encoder.define(0))
    expect(remote.decode(second)).toEqual({ id: 2, text: 'b' })
  })

  test('the loss of a message, or its rejection, does not break the next of its shape', () => {
    const { encoder, newDecoder } = createCodec()
    const remote = newDecoder()
    encoder.encode({ lost: 1, inner: { deep: [] } })
    remote.define(encoder.define(0))
    expect(() => encoder.encode({ never: 1, sent: () => 0 })).toThrow('message.sent is a function')
    remote.define(encoder.define(2))
    expect(remote.decode(encoder.encode({ lost: 2, inner: { deep: [1] } }).bytes)).toEqual({
      lost: 2,
      inner: { deep: [1] },
    })
    expect(remote.decode(encoder.encode({ never: 1, sent: 0 }).bytes)).toEqual({ never: 1, sent: 0 })
  })

  test('may come in parts, and again', () => {
    const { encoder, newDecoder } = createCodec()
    const remote = newDecoder()
    for (let index = 0; index < 100; index++) {
      const { bytes } = encoder.encode(shape(index))
      remote.define(encoder.define(Math.max(0, index - 3)))
      expect(remote.decode(bytes)).toEqual(shape(index))
    }
    remote.define(encoder.define(0))
    remote.define(encoder.define(encoder.definitions))
  })

  test('keys that are properties of Object.prototype, and the empty shape', () => {
    const value: object[] = [{ constructor: 1, toString: 2, valueOf: { hasOwnProperty: 3 } }, {}, {}]
    expect(difference(value, codecPair().both(value).remote)).toBeUndefined()
  })

  test.each([
    ['nothing', new Uint8Array()],
    ['no msgpack', new Uint8Array([0xc1])],
    ['no array', pack({ from: 0 })],
    ['no start', pack([['a']])],
    ['a negative start', pack([-1, ['a']])],
    ['a start that is no integer', pack([0.5, ['a']])],
    ['a gap', pack([2, ['a']])],
    ['keys that are no array', pack([1, 'a'])],
    ['a key that is no string', pack([1, ['a', 1]])],
    ['a key twice', pack([1, ['a', 'a']])],
    ['the key __proto__', pack([1, ['__proto__']])],
    ['the key __keys__', pack([1, ['__keys__']])],
    ['a long key', pack([1, ['k'.repeat(65)]])],
    ['many keys', pack([1, Array.from({ length: 65 }, (_, index) => `k${index}`)])],
    ['another meaning for a known structure', pack([0, ['other']])],
    ['one good and one bad structure', pack([1, ['a'], [1]])],
    ['bytes behind it', new Uint8Array([...pack([1, ['a']]), 0])],
  ])('are refused whole when they hold %s', (_name, definition) => {
    const { encoder, newDecoder } = createCodec()
    const remote = newDecoder()
    encoder.encode({ known: 1 })
    remote.define(encoder.define(0))
    expect(() => remote.define(definition)).toThrow(Undecodable)
    expect(remote.decode(encoder.encode({ known: 2 }).bytes)).toEqual({ known: 2 })
    expect(() => remote.decode(new Uint8Array([0x41, 1]))).toThrow('record structure 1 was not defined')
  })
})

describe('many shapes', () => {
  test('are plain maps from a thousand or so on; memory stays flat and known shapes stay cheap', () => {
    const { encoder, both } = codecPair()
    const hot = { id: 1, kind: 'order', amount: 2, name: 'n', ok: true }
    const small = both(hot).bytes.length
    for (let index = 0; index < 2_000; index++) encoder.encode([shape(index), shape(index)])
    const half = encodedShapes(encoder, 0, 50_000)
    const before = encoder.define(0).length
    const all = encodedShapes(encoder, 50_000, 100_000)
    expect(encoder.definitions).toBe(1_024)
    expect(encoder.define(0).length).toBe(before)
    expect(both(hot).bytes.length).toBe(small)
    expect(all / half).toBeLessThan(1.2)
    for (const value of [shape(7), shape(99_999), { once: shape(123_456) }]) expect(both(value).remote).toEqual(value)
  })

  test('objects used as dictionaries do not use the table up: a shape seen twice later still gets its record', () => {
    const { encoder } = createCodec()
    encodedShapes(encoder, 0, 5_000)
    const late = { from: 1, text: 'late', when: 3 }
    const first = encoder.encode(late).bytes.length
    expect([first, encoder.encode(late).bytes.length]).toEqual([23, 9])
  })

  test('a peer that defines too many is refused, and what it had defined holds', () => {
    const remote = createCodec().newDecoder()
    let refusedAt = 0
    for (let from = 0; from < 100_000 && refusedAt === 0; from += 100)
      try {
        remote.define(pack([from, ...Array.from({ length: 100 }, (_, index) => [`key ${from + index}`])]))
      } catch (error) {
        expect(error).toBeInstanceOf(Undecodable)
        refusedAt = from
      }
    expect(refusedAt).toBe(1_000)
    expect(remote.decode(new Uint8Array([0x40, 5]))).toEqual({ 'key 0': 5 })
  })

  test('objects with very many keys, or very long ones, take no place in the table', () => {
    const { encoder, both } = codecPair()
    const wide = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`k${index}`, index]))
    expect(both([wide, { ['k'.repeat(65)]: 1 }]).remote).toEqual([wide, { ['k'.repeat(65)]: 1 }])
    expect(encoder.definitions).toBe(0)
  })

  /** Encodes one message of each of that many shapes and returns how many bytes they took. */
  function encodedShapes(encoder: Encoder, from: number, to: number): number {
    let bytes = 0
    for (let index = from; index < to; index++) bytes += encoder.encode(shape(index)).bytes.length
    return bytes
  }
})

describe('a captured frame decodes with msgpackr alone', () => {
  test('plain data, with the connection\u2019s record structures', () => {
    const { encoder } = createCodec()
    const value = {
      id: 1,
      text: 'é'.repeat(100),
      items: [1.5, -3, null, true, undefined, { x: 300, y: 70_000 }, {}],
      big: [2n ** 63n, -5n],
      bytes: new Uint8Array([1, 2]),
      zero: -0,
      wide: Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`k${index}`, index])),
    }
    const { bytes } = encoder.encode(value)
    expect(new Packr({ structures: structuresOf(encoder.define(0)) }).unpack(bytes)).toStrictEqual(value)
  })

  test('plain data of hundreds of shapes', () => {
    const { encoder } = createCodec()
    const values = Array.from({ length: 300 }, (_, index) => shape(index))
    const frames = values.map((value) => encoder.encode(value).bytes)
    const structures = structuresOf(encoder.define(0))
    const unpackr = new Unpackr({ getStructures: () => structures })
    expect(frames.map((frame) => unpackr.unpack(frame) as unknown)).toStrictEqual(values)
  })

  test('rich data too, except for what msgpackr has no type for', () => {
    const { encoder } = createCodec()
    const cyclic: { self?: unknown; list: unknown[] } = { list: [] }
    cyclic.self = cyclic
    const error = new TypeError('bad', { cause: 'why' })
    const value = [
      new Map([[1, 'one']]),
      new Set([2]),
      new Date(1e12 + 5),
      new Date(-1e12 - 5),
      new Date(NaN),
      /a/g,
      2n ** 90n,
      -(2n ** 90n),
      new Float64Array([1.5]),
      cyclic,
    ]
    const { bytes } = encoder.encode([...value, error])
    const decoded = new Packr({ structures: structuresOf(encoder.define(0)) }).unpack(bytes) as unknown[]
    expect(difference(value, decoded.slice(0, -1))).toBeUndefined()
    expect(decoded.at(-1)).toMatchObject({ message: 'bad', cause: 'why' })
    expect(decoded.at(-1)).toBeInstanceOf(TypeError)
  })

  test('whatever is sent, it does not fail', () => {
    for (const value of oneOfEach()) {
      const { encoder } = createCodec()
      const { bytes } = encoder.encode({ value })
      expect(() => void new Packr({ structures: structuresOf(encoder.define(0)) }).unpack(bytes)).not.toThrow()
    }
  })

  test('what a program adds to msgpackr changes nothing here', async () => {
    await largeReader()
    for (const type of [0x42, 0x65, 0x69, 0x70, 0x73, 0x74, 0x78, 0x20]) addExtension({ type, unpack: () => 'theirs' })
    addExtension({ Class: Date, type: 0x55, pack: () => new Uint8Array(1), unpack: () => 'theirs' })
    const { both } = codecPair()
    for (const value of oneOfEach())
      for (const message of [value, [value, 'f'.repeat(2_000)]]) {
        const { local, remote } = both(message)
        expect([difference(message, local), difference(message, remote)]).toEqual([undefined, undefined])
      }
  })
})
