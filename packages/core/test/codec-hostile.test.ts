import * as fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { createCodec, Undecodable } from '../src/messaging/codec.ts'
import type { Decoder } from '../src/messaging/codec.ts'
import { always, codecPair, oneOfEach } from './codec-samples.ts'

const prototypes = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  Error.prototype,
  Map.prototype,
  Set.prototype,
  Date.prototype,
]
const keysBefore = prototypes.map((prototype) => Reflect.ownKeys(prototype))

afterEach(() => {
  const added = prototypes.flatMap((prototype, index) =>
    Reflect.ownKeys(prototype).filter((key) => !keysBefore[index]?.includes(key)),
  )
  if (added.length > 0) throw new Error(`a prototype was polluted: ${added.join()}`)
})

/** Decodes, and requires that nothing but Undecodable is thrown. */
function attempt(decoder: Decoder, bytes: Uint8Array, beside?: readonly ArrayBuffer[]): unknown {
  try {
    return decoder.decode(bytes, beside)
  } catch (error) {
    if (error instanceof Undecodable && error.code === 'undecodable') return undefined
    throw error
  }
}

/** A decoder that knows a few structures, as a peer would have defined them. */
function decoderWithStructures(): Decoder {
  const { encoder, newDecoder } = createCodec()
  encoder.encode([
    { id: 1, name: 2 },
    {},
    { constructor: 1, ['a b']: 2 },
    ...Array.from({ length: 40 }, (_, index) => ({ [`k${index}`]: 1 })),
  ])
  const decoder = newDecoder()
  decoder.define(encoder.define(0))
  return decoder
}

const bytesOf = (...parts: (number | readonly number[])[]): Uint8Array => Uint8Array.from(parts.flat())
const annotated = (code: number): number[] => [0xd6, 0x69, 0x80, 0, 0, code]
const named = (name: number): number[] => [0xd6, 0x69, 0, 0, 0, name]
const pointer = (name: number): number[] => [0xd6, 0x70, 0, 0, 0, name]

describe('bad bytes are undecodable, and nothing worse', () => {
  test('every frame, cut off after each of its bytes', () => {
    for (const value of oneOfEach()) {
      const { encoder, remote } = codecPair()
      const { bytes } = encoder.encode([value])
      remote.define(encoder.define(0))
      for (let length = 0; length < bytes.length; length++)
        expect(() => remote.decode(bytes.slice(0, length))).toThrow(Undecodable)
    }
  })

  test('every frame, with each of its bytes changed', () => {
    /** One of each range of tokens, and their neighbours. */
    const changed = [0, 1, 2, 0x3f, 0x40, 0x42, 0x5f, 0x60, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x92, 0x9f, 0xa0, 0xa1, 0xbf]
    for (let byte = 0xc0; byte <= 0xe0; byte++) changed.push(byte)
    for (const value of oneOfEach()) {
      const { encoder, remote } = codecPair()
      const { bytes } = encoder.encode([value])
      remote.define(encoder.define(0))
      for (let at = 0; at < Math.min(bytes.length, 120); at++)
        for (const byte of [...changed, 0x65, 0x69, 0x70, 0x73, 0x74, 0x78, 0xff]) attempt(remote, bytes.with(at, byte))
    }
  })

  test('random bytes', () => {
    const decoder = decoderWithStructures()
    always(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void attempt(decoder, bytes)),
      5_000,
    )
  })

  test('random tokens that mean something', () => {
    const token = fc.oneof(
      fc.constantFrom<number[]>(
        [0x91],
        [0x82],
        [0x80],
        [0x40],
        [0x42],
        [0x60, 0],
        [0xd4, 0x73, 0],
        [0xd4, 0x65, 0],
        [0xd4, 0x78, 0],
        [0xd4, 0, 0],
        [0xc0],
      ),
      fc.constantFrom<number[]>(
        [0xa1, 97],
        [0xa9, ...Buffer.from('__proto__')],
        [0xab, ...Buffer.from('constructor')],
        [0x97],
        [0x98],
        [0x92],
        [0x94],
        [5],
        [0xc4, 2, 1, 2],
      ),
      fc.integer({ min: 0, max: 9 }).map(annotated),
      fc.integer({ min: 0, max: 3 }).map(named),
      fc.integer({ min: 0, max: 3 }).map(pointer),
      fc.integer({ min: 0, max: 255 }).map((byte) => [byte]),
      fc.constantFrom<number[]>(
        [0xa5, ...Buffer.from('Error')],
        [0xac, ...Buffer.from('DOMException')],
        [0xc7, 5, 0x74, 7, 0, 0, 0, 0],
      ),
    )
    const decoder = decoderWithStructures()
    always(
      fc.property(
        fc.array(token, { maxLength: 40 }),
        (tokens) => void attempt(decoder, Uint8Array.from(tokens.flat()), [new ArrayBuffer(8)]),
      ),
      5_000,
    )
  })

  test('random definitions', () => {
    always(
      fc.property(
        fc.array(fc.constantFrom(0x90, 0x91, 0x92, 0x93, 0, 1, 2, 0xa1, 97, 98, 0xcd, 0xff, 0xc0, 0x40, 0x81), {
          maxLength: 30,
        }),
        (bytes) => {
          const decoder = createCodec().newDecoder()
          try {
            decoder.define(Uint8Array.from(bytes))
          } catch (error) {
            expect(error).toBeInstanceOf(Undecodable)
          }
        },
      ),
      5_000,
    )
  })
})

describe('particular attacks', () => {
  const million = 1_000_000
  const repeated = (unit: readonly number[], count = million): Uint8Array => {
    const bytes = new Uint8Array(unit.length * count)
    for (let index = 0; index < count; index++) bytes.set(unit, index * unit.length)
    return bytes
  }

  test.each<[string, Uint8Array]>([
    ['arrays', repeated([0x91])],
    ['arrays with a length in four bytes', repeated([0xdd, 0, 0, 0, 1])],
    ['maps', repeated([0x81, 0xa1, 97])],
    ['records', repeated([0x42, 1])],
    ['sets', repeated([0xd4, 0x73, 0, 0x91])],
    ['Maps', repeated([...annotated(1), 0x81, 1])],
    ['keys of Maps', repeated([...annotated(1), 0x81])],
    ['entries', repeated([...annotated(3), 0x92, 0xa1, 97])],
    ['errors', repeated([0xd4, 0x65, 0, 0x97, 0xa1, 97])],
    ['classes of errors', repeated([0xd4, 0x65, 0, 0x97])],
    ['views', repeated([...annotated(5), 0x94, 1])],
    ['registered types', repeated([...annotated(6), 0x92])],
    ['boxed values', repeated(annotated(7))],
    ['indexes of objects beside', repeated(annotated(4))],
    ['UTF-16 texts', repeated(annotated(2))],
    ['patterns', repeated([0xd4, 0x78, 0, 0x92])],
    ['marks', repeated([0xd6, 0x69, 0, 0, 0, 0])],
    ['names', repeated(named(1))],
    ['keys of maps', repeated([0x81])],
  ])('a million %s in each other', (_name, bytes) => {
    expect(() => decoderWithStructures().decode(bytes)).toThrow(
      /nested deeper than 1000 levels|has no|no value can have|not a string/,
    )
  })

  test.each<[string, Uint8Array]>([
    ['an array', bytesOf(0xdd, 0xff, 0xff, 0xff, 0xff)],
    ['a map', bytesOf(0xdf, 0xff, 0xff, 0xff, 0xff)],
    ['a string', bytesOf(0xdb, 0xff, 0xff, 0xff, 0xff)],
    ['binary data', bytesOf(0xc6, 0xff, 0xff, 0xff, 0xff)],
    ['a typed array', bytesOf(0xc9, 0xff, 0xff, 0xff, 0xff, 0x74, 1)],
    ['a bigint', bytesOf(0xc9, 0xff, 0xff, 0xff, 0xff, 0x42)],
    ['a Set', bytesOf(0xd4, 0x73, 0, 0xdd, 0xff, 0xff, 0xff, 0xff)],
    ['a Map', bytesOf(annotated(1), 0xdf, 0xff, 0xff, 0xff, 0xff)],
    ['entries', bytesOf(annotated(3), 0xdd, 0xff, 0xff, 0xff, 0xfe)],
    ['a view', bytesOf(annotated(5), 0x94, 1, annotated(4), 0, 0, 0xce, 0xff, 0xff, 0xff, 0xff)],
  ])('%s that claims four billion parts allocates nothing', (_name, bytes) => {
    const decoder = decoderWithStructures()
    const before = process.memoryUsage()
    expect(() => decoder.decode(bytes, [new ArrayBuffer(8)])).toThrow(Undecodable)
    const after = process.memoryUsage()
    expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(4_000_000)
  })

  test('many arrays that each claim the rest of the bytes allocate no more than the bytes', () => {
    // Fifty in each other: room for all that they claim would be 400 times the bytes, which a test can survive and notice.
    const bytes = new Uint8Array(million)
    for (let at = 0; at < 5 * 50; at += 5) bytes.set([0xdd, 0, 0x0f, 0, 0], at)
    const decoder = decoderWithStructures()
    const before = process.memoryUsage().heapUsed
    expect(() => decoder.decode(bytes)).toThrow('the bytes end before the value does')
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000)
  })

  test.each<[string, Uint8Array, string]>([
    ['bytes behind the value', bytesOf(1, 2), 'bytes follow the value'],
    ['a structure that was not defined', bytesOf(0x7e, 0), 'record structure 62 was not defined'],
    ['a structure far beyond', bytesOf(0x7f, 0xff), 'record structure 8223 was not defined'],
    ['a definition inside a message', bytesOf(0xd4, 0x72, 0x40, 0x91, 0xa1, 97, 1), 'no value has extension type 114'],
    ['a definition with two bytes', bytesOf(0xd5, 0x72, 0x60, 0, 0x91, 0xa1, 97, 1), 'no value begins with byte 213'],
    ['an extension of somebody else', bytesOf(0xd4, 0x20, 0), 'no value has extension type 32'],
    ['bundled strings', bytesOf(0xd6, 0x62, 0, 0, 0, 9, 0xa1, 97), 'no value of 4 bytes has extension type 98'],
    ['the byte that is never used', bytesOf(0xc1), 'no value begins with byte 193'],
    ['a pointer to nothing', bytesOf(0x91, pointer(1)), 'nothing before has name 1'],
    ['a pointer to what comes later', bytesOf(0x92, pointer(1), named(1), 0x90), 'nothing before has name 1'],
    ['a name for a number', bytesOf(0x91, named(1), 5), 'a name without an object'],
    ['two names', bytesOf(0x91, named(1), named(2), 0x90), 'a name that no value can have'],
    ['one name twice', bytesOf(0x92, named(1), 0x90, named(1), 0x90), 'a name that no value can have'],
    ['the mark in the middle', bytesOf(0x91, named(0), 0x90), 'a name that no value can have'],
    [
      'an object beside that is not there',
      bytesOf(annotated(4), 1),
      'an object that should have come beside the bytes did not',
    ],
    [
      'an object beside by a name',
      bytesOf(annotated(4), 0xa6, Buffer.from('length').toJSON().data),
      'an object that should have come beside the bytes did not',
    ],
    ['a view of a number', bytesOf(annotated(5), 0x94, 1, 7, 0, 0), 'a view without its buffer'],
    [
      'a view of an unknown kind',
      bytesOf(annotated(5), 0x94, 13, annotated(4), 0, 0, 0),
      'this platform has no view of kind 13',
    ],
    [
      'a view that does not fit',
      bytesOf(annotated(5), 0x94, 8, annotated(4), 0, 8, 2),
      'the bytes hold a value that cannot be made',
    ],
    [
      'a typed array that does not fit',
      bytesOf(0xc7, 4, 0x74, 8, 1, 2, 3),
      'the bytes hold a value that cannot be made',
    ],
    [
      'a pattern that is none',
      bytesOf(0xd4, 0x78, 0, 0x92, 0xa1, 40, 0xa0),
      'the bytes hold a value that cannot be made',
    ],
    ['a pattern without text', bytesOf(0xd4, 0x78, 0, 0x92, 1, 0xa0), 'no value has extension type 120'],
    ['a time of two bytes', bytesOf(0xc7, 2, 0xff, 0, 0), 'no value of 2 bytes has extension type 255'],
    [
      'a map with a key __proto__',
      bytesOf(0x81, 0xa9, [...Buffer.from('__proto__')], 0x80),
      'a key of a map is not a string that a key can be',
    ],
    ['a map with an object as key', bytesOf(0x81, 0x80, 1), 'a key of a map is not a string that a key can be'],
    ['a key without a value', bytesOf(annotated(3), 0x91, 0xa1, 97), 'a key without a value'],
    ['a boxed object', bytesOf(annotated(7), 0x80), 'a boxed value is not a primitive'],
    ['half a code unit', bytesOf(annotated(2), 0xc4, 1, 0), 'UTF-16 without its code units'],
    ['an unknown annotation', bytesOf(annotated(0x1f), 1), 'no extension has code 31'],
    ['a code that no extension has', bytesOf(annotated(0x3e), 1), 'no extension has code 62'],
    [
      'an error with parts missing',
      bytesOf(0xd4, 0x65, 0, 0x93, 0xa1, 97, 0xc0, 0xc0),
      'an array of an unexpected length',
    ],
    [
      'an error of a class that is a number',
      bytesOf(0xd4, 0x65, 0, 0x97, 1, 0xc0, 0xc0, 0xc0, 0xc0, 0x80, 0x80),
      'the name of a class is not a string',
    ],
    ['text that is not UTF-8', bytesOf(0xa2, 0xc3, 0x28), 'a string is not UTF-8'],
    ['text with an overlong form', bytesOf(0xa2, 0xc0, 0x80), 'a string is not UTF-8'],
    ['text with a surrogate', bytesOf(0xa3, 0xed, 0xa0, 0x80), 'a string is not UTF-8'],
    ['text that ends inside a character', bytesOf(0xa1, 0xe2), 'a string is not UTF-8'],
    [
      'long text that is not UTF-8',
      bytesOf(
        0xd9,
        70,
        Array.from({ length: 70 }, () => 0xff),
      ),
      'the bytes hold a value that cannot be made',
    ],
  ])('%s', (_name, bytes, message) => {
    expect(() => decoderWithStructures().decode(bytes, [new ArrayBuffer(8)])).toThrow(new Undecodable(message))
  })

  test('a hidden __proto__ key is a key of one object, and pollutes nothing', () => {
    const bytes = bytesOf(
      annotated(3),
      0x92,
      0xa9,
      [...Buffer.from('__proto__')],
      0x81,
      0xa8,
      [...Buffer.from('polluted')],
      1,
    )
    const decoded = createCodec().newDecoder().decode(bytes) as object
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('an error that names __proto__, constructor or a class that is none is an Error', () => {
    for (const className of ['__proto__', 'constructor', 'Object', 'Function', 'toString']) {
      const name = [0xa0 | className.length, ...Buffer.from(className)]
      const bytes = bytesOf(
        0xd4,
        0x65,
        0,
        0x97,
        name,
        0xa1,
        109,
        0xc0,
        name,
        0xc0,
        0x81,
        0xa9,
        [...Buffer.from('__proto__')],
        0x80,
        0x80,
      )
      const decoded = createCodec().newDecoder().decode(bytes) as Error
      expect(Object.getPrototypeOf(decoded)).toBe(Error.prototype)
      expect([decoded.message, Object.keys(decoded)]).toEqual(['m', ['__proto__']])
    }
  })

  test.each([
    [-1, 2],
    [0, 9],
    [3, 2],
    [Number.NaN, 2],
    [0, Number.NaN],
  ])('bytes from %s to %s of three', (start, end) => {
    expect(() => createCodec().newDecoder().decode(new Uint8Array(3), undefined, start, end)).toThrow(Undecodable)
  })

  test('a decoder that was given bad bytes decodes the next frame', () => {
    const { encoder, remote } = codecPair()
    expect(() => remote.decode(bytesOf(0x92, named(1), 0x91, named(2), 0x90))).toThrow(Undecodable)
    expect(remote.decode(encoder.encode([[1], [2]]).bytes)).toEqual([[1], [2]])
  })
})
