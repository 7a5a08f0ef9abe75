import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OutputReader, OutputWriter } from '../../src/output/output-ring.ts'
import type { OutputStream } from '../../src/output/output-ring.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function collect(reader: OutputReader): [OutputStream, string][] {
  const taken: [OutputStream, string][] = []
  reader.drain((stream, text) => taken.push([stream, Buffer.from(text).toString()]))
  return taken
}

describe('a ring', () => {
  test('gives what was written, in order, with its stream', () => {
    const reader = new OutputReader()
    const writer = new OutputWriter(reader.memory, () => {})
    writer.write('stdout', bytes('one'))
    writer.write('stderr', bytes('two'))
    expect(collect(reader)).toEqual([
      ['stdout', 'one'],
      ['stderr', 'two'],
    ])
    expect(collect(reader)).toEqual([])
  })

  test('rings once until it was read', () => {
    let rings = 0
    const reader = new OutputReader()
    const writer = new OutputWriter(reader.memory, () => rings++)
    writer.write('stdout', bytes('one'))
    writer.write('stdout', bytes('two'))
    expect(rings).toBe(1)
    collect(reader)
    writer.write('stdout', bytes('three'))
    expect(rings).toBe(2)
  })

  test('wraps around without losing a byte', () => {
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 9_000 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(pieces, (all) => {
        const reader = new OutputReader()
        const writer = new OutputWriter(reader.memory, () => {})
        const read: Uint8Array[] = []
        for (const piece of all) {
          writer.write('stdout', piece)
          reader.drain((_stream, text) => read.push(text))
        }
        expect(Buffer.concat(read).equals(Buffer.concat(all))).toBe(true)
        expect(reader.lost).toBe(0)
      }),
      { numRuns: 50 },
    )
  })

  test('one that nobody reads costs the writer half a second a piece, and says what was lost', () => {
    const reader = new OutputReader()
    const writer = new OutputWriter(reader.memory, () => {})
    for (let i = 0; i < 4; i++) writer.write('stdout', new Uint8Array(15_000))
    expect(reader.lost).toBe(0)
    writer.write('stdout', new Uint8Array(15_000))
    expect(reader.lost).toBe(1)
  })
})
