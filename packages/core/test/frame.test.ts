import fc from 'fast-check'
import { Unpackr } from 'msgpackr'
import { describe, expect, test } from 'vitest'
import { head, KINDS, readHead, writeHead } from '../src/messaging/frame.ts'

const biggest = Number.MAX_SAFE_INTEGER

/** Whole numbers of every width on the wire, and both sides of each border. */
const numbers = fc.oneof(
  fc.nat(0x80),
  fc.integer({ min: 0x7e, max: 0x101 }),
  fc.integer({ min: 0xffff - 2, max: 0x1_0000 + 2 }),
  fc.integer({ min: 0xffff_ffff - 2, max: 0x1_0000_0000 + 2 }),
  fc.maxSafeNat(),
  fc.integer({ min: biggest - 2, max: biggest }),
)
const heads = fc.tuple(fc.constantFrom(...KINDS), numbers, numbers, numbers, numbers)

const written = ([kind, frameNumber, to, from, ref]: readonly [
  (typeof KINDS)[number],
  number,
  number,
  number,
  number,
]): Uint8Array => writeHead(kind, frameNumber, to, from, ref).slice()

describe('a head', () => {
  test('reads back as it was written, up to 2^53-1, wherever it lies in its segment', () => {
    fc.assert(
      fc.property(heads, fc.nat(9), fc.uint8Array({ maxLength: 9 }), (parts, before, body) => {
        const bytes = written(parts)
        const segment = new Uint8Array(before + bytes.length + body.length).fill(0xc1)
        segment.set(bytes, before)
        segment.set(body, before + bytes.length)
        expect(readHead(segment, before, segment.length)).toBe(true)
        const [kind, frameNumber, to, from, ref] = parts
        expect({ ...head }).toEqual({ kind, frameNumber, to, from, ref, bodyStart: before + bytes.length })
      }),
      { numRuns: 1_000 },
    )
  })

  test('is a plain sequence of msgpack integers: kind, number, receiver, sender, ref', () => {
    fc.assert(
      fc.property(heads, (parts) => {
        const values = new Unpackr({ int64AsType: 'number' }).unpackMultiple(written(parts))
        expect(values).toEqual([KINDS.indexOf(parts[0]), ...parts.slice(1)])
      }),
    )
  })

  test('a frame captured with its body decodes with msgpack alone', () => {
    const bytes = new Uint8Array([...writeHead('message', 7, 1, 300, 0), 0x81, 0xa1, 0x61, 0x01])
    expect(new Unpackr({ mapsAsObjects: true }).unpackMultiple(bytes as Buffer)).toEqual([0, 7, 1, 300, 0, { a: 1 }])
  })

  test('takes five bytes when its numbers are small', () => {
    expect(writeHead('cast', 1, 2, 3, 0).length).toBe(5)
  })
})

describe('bytes that are no head are refused, and never more is read than there is', () => {
  test('every truncation', () => {
    const bytes = written(['call', biggest, biggest, biggest, biggest])
    for (let end = 0; end < bytes.length; end++) expect(readHead(bytes, 0, end)).toBe(false)
    expect(readHead(bytes, 0, bytes.length)).toBe(true)
  })

  test('an empty frame in the middle of a full segment', () => {
    const bytes = written(['call', 1, 2, 3, 4])
    expect(readHead(bytes, 1, 1)).toBe(false)
    expect(readHead(bytes, bytes.length, bytes.length)).toBe(false)
  })

  test('a kind that there is not', () => {
    for (let kind = KINDS.length; kind < 256; kind++)
      expect(readHead(Uint8Array.of(kind, 0, 0, 0, 0), 0, 5)).toBe(false)
  })

  test.each([
    ['a negative number', [0xff]],
    ['a signed one', [0xd0, 0x01]],
    ['a fraction', [0xcb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]],
    ['nil', [0xc0]],
    ['a string', [0xa1, 0x31]],
    ['an array', [0x91, 0x01]],
    ['2^53', [0xcf, 0x00, 0x20, 0, 0, 0, 0, 0, 0]],
    ['2^64-1', [0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ])('%s, in any of the four places', (_, bad) => {
    for (let place = 0; place < 4; place++) {
      const parts: number[][] = [[1], [1], [1], [1]]
      parts[place] = bad
      const bytes = Uint8Array.from([0, ...parts.flat()])
      expect(readHead(bytes, 0, bytes.length)).toBe(false)
    }
  })

  test('random bytes give a head within their bounds, or none; nothing is thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), fc.nat(60), (bytes, one, other) => {
        const [start, end] = [Math.min(one, other), Math.min(Math.max(one, other), bytes.length)]
        if (!readHead(bytes, start, end)) return
        expect(head.bodyStart).toBeGreaterThanOrEqual(start + 5)
        expect(head.bodyStart).toBeLessThanOrEqual(end)
        for (const number of [head.frameNumber, head.to, head.from, head.ref]) {
          expect(Number.isSafeInteger(number) && number >= 0).toBe(true)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
