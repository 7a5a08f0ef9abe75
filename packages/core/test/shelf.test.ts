import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Shelf } from '../src/messaging/shelf.ts'

describe('what is kept from a segment that is used again', () => {
  test('is what lay there, whatever its length and whatever is kept afterwards', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9_000), fc.nat(40)), { maxLength: 60 }), (frames) => {
        const shelf = new Shelf()
        const segment = new Uint8Array(10_000)
        const kept = frames.map(([length, start], number) => {
          segment.fill(1 + (number % 200), start, start + length)
          const frame = shelf.keep(segment, start, start + length, undefined)
          segment.fill(0xff)
          return frame
        })
        expect(kept.map(({ bytes }) => [...bytes])).toEqual(
          frames.map(([length], number) => Array.from({ length }, () => 1 + (number % 200))),
        )
      }),
    )
  })

  test.each([100, 20_000])('lies in memory of its own, also if the segment is a Buffer: %i bytes', (length) => {
    const segment = Buffer.alloc(30_000, 1)
    const { bytes } = new Shelf().keep(segment, 10, 10 + length, undefined)
    segment.fill(0xff)
    expect([...new Set(bytes)]).toEqual([1])
    expect(bytes.buffer).not.toBe(segment.buffer)
  })

  test('holds no more memory than 8 KiB for one short frame', () => {
    const { segment } = new Shelf().keep(new Uint8Array(1_000_000), 10, 50, undefined)
    expect(segment.buffer.byteLength).toBeLessThanOrEqual(8 * 1_024)
  })

  test('takes along what travels beside it', () => {
    const beside = [new SharedArrayBuffer(8)]
    expect(new Shelf().keep(Uint8Array.of(1), 0, 1, beside).beside).toBe(beside)
  })
})
