import { deepStrictEqual } from 'node:assert/strict'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { registerError, Undecodable } from '../src/messaging/codec.ts'
import {
  always,
  anySendable,
  anyString,
  anyTree,
  codecPair,
  difference,
  largeReader,
  oneOfEach,
  Overdrawn,
} from './codec-samples.ts'

registerError(Overdrawn)

const runs = 1_000

describe('large messages before msgpackr is loaded', () => {
  test('are what was sent', () => {
    const { both } = codecPair()
    always(
      fc.property(fc.jsonValue(), anyString, (json, text) => {
        const message = { json, filler: 'ä'.repeat(2_000), text }
        expect(difference(message, both(message).local)).toBeUndefined()
      }),
      runs / 4,
    )
  })
})

describe('every sendable value arrives as it was', () => {
  beforeAll(largeReader)

  test('any value, with shared parts and cycles, here and on the other side', () => {
    const { both } = codecPair()
    always(
      fc.property(anySendable, (value) => {
        const { local, remote } = both(value)
        expect(difference(value, local)).toBeUndefined()
        expect(difference(value, remote)).toBeUndefined()
      }),
      runs,
    )
  })

  test('any value without cycles, as the assertions of Node.js see it', () => {
    const { both } = codecPair()
    always(
      fc.property(anyTree, (value) => deepStrictEqual(both(value).remote, value)),
      runs,
    )
  })

  test('any value in a large message, which another reader takes', () => {
    const { both } = codecPair()
    always(
      fc.property(fc.array(anySendable, { minLength: 1, maxLength: 3 }), (values) => {
        const message = {
          filler: 'f'.repeat(2_000),
          values,
          more: '\uFEFFa text with a mark and enough characters to be called a long one, é',
        }
        const { local, remote, bytes } = both(message)
        expect(bytes.length).toBeGreaterThan(2_000)
        expect(difference(message, local)).toBeUndefined()
        expect(difference(message, remote)).toBeUndefined()
      }),
      runs / 4,
    )
  })

  test('plain data in large messages', () => {
    const { both } = codecPair()
    always(
      fc.property(fc.jsonValue(), anyString, fc.double(), fc.uint8Array(), (json, text, number, bytes) => {
        const message = { json, filler: 'ä'.repeat(2_000), text, items: [number, undefined, 2n ** 63n, -1n], bytes }
        const { local, remote } = both(message)
        expect(difference(message, local)).toBeUndefined()
        expect(difference(message, remote)).toBeUndefined()
      }),
      runs / 4,
    )
  })

  test('rich messages of every size around that from which messages are large', () => {
    const { both } = codecPair()
    const shared = new Map([['k', { inner: 1 }]])
    for (let length = 900; length < 1_100; length++) {
      const message = { text: 'x'.repeat(length), parts: [shared, shared, shared] }
      const { local, remote } = both(message)
      expect([difference(message, local), difference(message, remote)]).toEqual([undefined, undefined])
    }
  })

  test('whatever was sent before', () => {
    const { both } = codecPair()
    for (const before of oneOfEach())
      for (const value of oneOfEach()) {
        both(before)
        expect(difference(value, both(value).remote)).toBeUndefined()
      }
  })

  test.each(oneOfEach().map((value, index) => [index, value]))('one of each: %i', (_index, value) => {
    const { local, remote } = codecPair().both(value)
    expect(difference(value, local)).toBeUndefined()
    expect(difference(value, remote)).toBeUndefined()
  })
})

describe('numbers', () => {
  test('minus zero stays minus zero', () => {
    const { local, remote } = codecPair().both([-0, 0, { zero: -0 }])
    expect(local).toEqual([-0, 0, { zero: -0 }])
    expect(Object.is((remote as number[])[0], -0)).toBe(true)
    expect(Object.is((remote as number[])[1], 0)).toBe(true)
  })

  test('integers at every power of two, on both sides of it, with either sign', () => {
    const { both } = codecPair()
    for (let power = 0; power <= 1023; power++)
      for (const number of [
        2 ** power - 1,
        2 ** power,
        2 ** power + 1,
        -(2 ** power),
        -(2 ** power) - 1,
        -(2 ** power) + 1,
      ])
        expect(both(number).remote).toBe(number)
  })

  test('bigints at every power of two, on both sides of it, with either sign', () => {
    const { both } = codecPair()
    for (let power = 0n; power <= 600n; power++)
      for (const number of [
        2n ** power - 1n,
        2n ** power,
        2n ** power + 1n,
        -(2n ** power),
        -(2n ** power) - 1n,
        -(2n ** power) + 1n,
      ])
        expect(both(number)).toMatchObject({ local: number, remote: number })
  })

  test('a bigint of a hundred thousand digits', () => {
    const number = -(7n ** 120_000n)
    expect(codecPair().both(number).remote === number).toBe(true)
  })
})

describe('strings', () => {
  test('of every length around the limits of their heads', () => {
    const { both } = codecPair()
    for (const character of ['a', 'é', '語', '😀'])
      for (const length of [
        0, 1, 4, 7, 8, 10, 11, 15, 16, 31, 32, 33, 49, 50, 63, 64, 99, 100, 127, 128, 255, 256, 16_383, 32_768, 65_535,
        65_536,
      ])
        expect(both(character.repeat(length)).remote === character.repeat(length)).toBe(true)
  })

  test('lone surrogates survive, in values and in keys', () => {
    const value = { text: 'a\ud800', '\udfff': ['\udc00\ud800'] }
    expect(difference(value, codecPair().both(value).remote)).toBeUndefined()
  })
})

describe('short strings, which are remembered', () => {
  test('are themselves, whichever were read before', () => {
    const { both } = codecPair()
    const strings = Array.from(
      { length: 3_000 },
      (_, i) => `${i % 7}${String.fromCharCode(97 + (i % 26)).repeat(i % 13)}`,
    )
    for (const text of [
      ...strings,
      ...strings.toReversed(),
      '',
      'é',
      'e\u0301',
      '\u00e9a',
      '日本',
      'a'.repeat(16),
      'b'.repeat(17),
    ])
      expect(both([text, { text }]).remote).toEqual([text, { text }])
  })

  test('are not taken for bytes that are no UTF-8, though those are the codes of their characters', () => {
    const { both, remote } = codecPair()
    for (let first = 0x80; first < 0x100; first++)
      for (let second = 0x61; second < 0x100; second++) {
        both(String.fromCharCode(first, second))
        const bytes = new Uint8Array([0xa2, first, second])
        const isUtf8 = first >= 0xc2 && first <= 0xdf && second >= 0x80 && second <= 0xbf
        if (!isUtf8) expect(() => remote.decode(bytes)).toThrow(Undecodable)
      }
  })
})

describe('objects', () => {
  test('an own __proto__ key is a key, and pollutes nothing', () => {
    const value = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}}}') as object
    for (const decoded of Object.values(codecPair().both(value)).slice(0, 2)) {
      expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype)
      expect(Object.keys(decoded as object)).toEqual(['__proto__', 'constructor'])
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('without a prototype arrive as plain objects', () => {
    const value = Object.assign(Object.create(null) as object, { a: 1, b: [2] })
    expect(codecPair().both(value).remote).toStrictEqual({ a: 1, b: [2] })
  })

  test('of a class that is not registered arrive as plain objects of their own fields', () => {
    class Point {
      readonly x = 1
      readonly #y = 2
      get sum(): number {
        return this.x + this.#y
      }
    }
    expect(codecPair().both({ point: new Point() }).remote).toStrictEqual({ point: { x: 1 } })
  })

  test('symbol keys and properties that are not enumerable stay behind', () => {
    const value = Object.defineProperty({ a: 1, [Symbol('s')]: 2 }, 'hidden', { value: 3 })
    expect(codecPair().both(value).remote).toStrictEqual({ a: 1 })
  })

  test('getters are read, toJSON is a field like any other or is inherited and ignored', () => {
    class Money {
      readonly cents = 5
      toJSON(): string {
        return '5 cents'
      }
    }
    const value = {
      get now() {
        return 7
      },
      money: new Money(),
      toJSON: 'a field',
    }
    expect(codecPair().both(value).remote).toStrictEqual({ now: 7, money: { cents: 5 }, toJSON: 'a field' })
  })

  test('enumerable properties that somebody added to Object.prototype are in no message', () => {
    const { both } = codecPair()
    const prototype = Object.prototype as { added?: number }
    Object.defineProperty(prototype, 'added', { value: 1, enumerable: true, configurable: true, writable: true })
    try {
      const { remote, local } = both({ a: { b: 1 }, list: [{}] })
      expect([Object.keys(remote as object), Object.keys((local as { a: object }).a)]).toEqual([['a', 'list'], ['b']])
    } finally {
      delete prototype.added
    }
  })

  test('with many keys', () => {
    const value = Object.fromEntries(Array.from({ length: 70_000 }, (_, index) => [`key ${index}`, index]))
    expect(difference(value, codecPair().both(value).remote)).toBeUndefined()
  })
})

describe('arrays', () => {
  test('holes arrive as undefined', () => {
    const { remote } = codecPair().both(Object.assign([1], { 3: 4 }))
    expect(remote).toStrictEqual([1, undefined, undefined, 4])
  })

  test('have nothing but their elements', () => {
    const { remote } = codecPair().both(Object.assign([1, 2], { total: 3 }))
    expect(remote).toStrictEqual([1, 2])
  })

  test('of any length', () => {
    const { both } = codecPair()
    for (const length of [15, 16, 65_535, 65_536]) {
      const array = Array.from({ length }, (_, index) => index % 100)
      expect(difference(array, both(array).remote)).toBeUndefined()
    }
  })
})

describe('binary data', () => {
  test('a resizable buffer arrives with the length that it has, fixed', () => {
    const { remote } = codecPair().both(new ArrayBuffer(4, { maxByteLength: 8 }))
    expect(remote).toMatchObject({ byteLength: 4, resizable: false })
  })

  test('a view of a part carries only that part', () => {
    const { remote, bytes } = codecPair().both(new Uint8Array(new ArrayBuffer(9_000), 100, 3))
    expect(remote).toStrictEqual(new Uint8Array(3))
    expect((remote as Uint8Array).buffer.byteLength).toBe(3)
    expect(bytes.length).toBeLessThan(10)
  })

  test('views that cover their buffer share it with each other and with the buffer itself, in any order', () => {
    const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer
    const value = { first: new Float64Array(buffer), buffer, second: new Uint8Array(buffer), again: buffer }
    for (const message of [value, { ...value, first: buffer, buffer: new DataView(buffer) }]) {
      const decoded = codecPair().both(message).remote as Record<string, ArrayBuffer | Uint8Array>
      expect(difference(message, decoded)).toBeUndefined()
      const buffers = Object.values(decoded).map((part) => (part instanceof ArrayBuffer ? part : part.buffer))
      expect(new Set(buffers).size).toBe(1)
    }
  })

  test('what was decoded does not lie in the bytes it came from', () => {
    const { encoder, local, remote } = codecPair()
    const bytes = Uint8Array.from(encoder.encode([new Uint8Array([1, 2]), 'text', new Float32Array([1])]).bytes)
    for (const decoder of [local, remote]) {
      const decoded = decoder.decode(bytes)
      const before = structuredClone(decoded)
      bytes.fill(0xff)
      expect(difference(before, decoded)).toBeUndefined()
      bytes.set(encoder.encode([new Uint8Array([1, 2]), 'text', new Float32Array([1])]).bytes)
    }
  })

  test('a Buffer arrives as a Uint8Array', () => {
    expect(difference(new Uint8Array([104, 105]), codecPair().both(Buffer.from('hi')).remote)).toBeUndefined()
  })
})
