import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OutputReader, OutputWriter } from '../../src/output/output-ring.ts'
import type { OutputStream } from '../../src/output/output-ring.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const silent = { doorbell: () => {} }

function collect(reader: OutputReader): [OutputStream, string][] {
  const taken: [OutputStream, string][] = []
  reader.drain((stream, text) => taken.push([stream, Buffer.from(text).toString()]) > 0)
  return taken
}

describe('a ring', () => {
  test('gives what was written, in order, with its stream', () => {
    const reader = new OutputReader()
    const writer = new OutputWriter(reader.memory, silent)
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
    const writer = new OutputWriter(reader.memory, { doorbell: () => rings++ })
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
        const writer = new OutputWriter(reader.memory, silent)
        const read: Uint8Array[] = []
        for (const piece of all) {
          writer.write('stdout', piece)
          reader.drain((_stream, text) => read.push(text) > 0)
        }
        expect(Buffer.concat(read).equals(Buffer.concat(all))).toBe(true)
        expect(reader.takeLost('stdout')).toBe(0)
      }),
      { numRuns: 50 },
    )
  })

  test('says on whose behalf each piece was written', () => {
    const reader = new OutputReader()
    const writer = new OutputWriter(reader.memory, silent)
    const speakers = ['/a', '/a', undefined, '/b', '/größer', undefined]
    for (const speaker of speakers) writer.write('stdout', bytes('text'), speaker)
    const heard: (string | undefined)[] = []
    reader.drain((_stream, _text, speaker) => heard.push(speaker) > 0)
    expect(heard).toEqual(speakers)
  })

  test('gives as much as is wanted, and what was there when it was asked', () => {
    const reader = new OutputReader()
    const writer = new OutputWriter(reader.memory, silent)
    writer.write('stdout', bytes('one'))
    writer.write('stdout', bytes('two'))
    expect(reader.drain(() => false)).toBe(true)
    const again = (_stream: OutputStream, text: Uint8Array): boolean => {
      writer.write('stdout', text)
      return true
    }
    expect(reader.drain(again)).toBe(true)
    expect(collect(reader)).toEqual([['stdout', 'two']])
  })

  test('one that nobody reads costs the writer one wait; how many lines were lost is told, and it goes on when it was read', () => {
    const reader = new OutputReader()
    let waits = 0
    const writer = new OutputWriter(reader.memory, {
      doorbell: () => {},
      wait: (until) => {
        waits++
        return until()
      },
    })
    for (let i = 0; i < 4; i++) writer.write('stdout', new Uint8Array(15_000))
    expect(waits).toBe(0)
    for (let i = 0; i < 3; i++) writer.write('stdout', bytes('x\n'.repeat(5_000)))
    writer.write('stderr', new Uint8Array(15_000))
    expect(waits).toBe(1)
    expect([reader.takeLost('stdout'), reader.takeLost('stderr')]).toEqual([15_000, 1])
    expect(collect(reader)).toHaveLength(4)
    writer.write('stdout', bytes('again'))
    expect(collect(reader)).toEqual([['stdout', 'again']])
    expect([reader.takeLost('stdout'), reader.takeLost('stderr')]).toEqual([0, 0])
  })
})
