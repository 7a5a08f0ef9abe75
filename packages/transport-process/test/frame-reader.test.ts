import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import { FrameReader } from '../src/frame-reader.ts'
import { FrameWriter } from '../src/frame-writer.ts'

const limit = 1_000
const nothing = new Uint8Array(0)

/** The stream of these frames, and a reader that collects what it finds. */
function streamOf(frames: readonly Uint8Array[]): Uint8Array {
  const writer = new FrameWriter()
  for (const frame of frames) writer.write(frame, nothing, 0, 0, false)
  return Buffer.concat(writer.take())
}

function collecting(frameBytesMax = limit) {
  const found: { segment: Uint8Array; text: string }[] = []
  const reader = new FrameReader(frameBytesMax, (segment, start, end) => {
    found.push({ segment, text: Buffer.from(segment.subarray(start, end)).toString('latin1') })
    return true
  })
  return { reader, found }
}

const texts = ['', 'a', 'bc', 'x'.repeat(300), '', 'last']
const frames = texts.map((text) => Buffer.from(text))

describe('a frame reader', () => {
  test('finds the same frames wherever the stream is cut', () => {
    const stream = streamOf(frames)
    for (let size = 1; size <= stream.length; size += 1) {
      const { reader, found } = collecting()
      for (let at = 0; at < stream.length; at += size)
        assert.equal(reader.read(stream.subarray(at, at + size)), 'going')
      assert.deepEqual(
        found.map(({ text }) => text),
        texts,
      )
      assert.equal(reader.isInsideFrame, false)
    }
  })

  test('delivers a frame that lies in one chunk where it lies', () => {
    const { reader, found } = collecting()
    const stream = streamOf(frames)
    reader.read(stream)
    assert.ok(found.every(({ segment }) => segment === stream))
  })

  test('a copy of a frame that came in pieces is not written over by the next one', () => {
    const kept: Uint8Array[] = []
    const reader = new FrameReader(1_000, (segment, start, end) => {
      kept.push(segment.slice(start, end))
      return true
    })
    for (const byte of [1, 2, 3]) {
      const frame = Buffer.concat([Buffer.of(100, 0, 0, 0), Buffer.alloc(100, byte)])
      reader.read(frame.subarray(0, 50))
      reader.read(frame.subarray(50))
    }
    assert.deepEqual(
      kept.map((each) => [...new Set(each)]),
      [[1], [2], [3]],
    )
  })

  test('a frame that is the receiver’s to keep lies alone and is not written over by the next ones', () => {
    const kept: { segment: Uint8Array; frame: Uint8Array; byte: number }[] = []
    let byte = 0
    const reader = new FrameReader(4_000_000, (segment, start, end, isYours) => {
      if (isYours) kept.push({ segment, frame: segment.subarray(start, end), byte })
      return true
    })
    const longEnough = [8_188, 20_000, 140_000, 3_000_000]
    for (const length of [100, ...longEnough, 300, ...longEnough, 8_000]) {
      byte += 1
      const stream = streamOf([Buffer.alloc(length, byte)])
      for (let at = 0; at < length + 4; at += 65_536) {
        reader.read(stream.subarray(at, Math.min(at + 65_536, length - 10)))
      }
      reader.read(stream.subarray(length - 10))
    }
    assert.deepEqual(
      kept.map(({ frame }) => frame.length),
      [...longEnough, ...longEnough],
    )
    assert.equal(new Set(kept.map(({ segment }) => segment.buffer)).size, kept.length)
    assert.ok(kept.every((each) => each.segment.buffer.byteLength === each.frame.length + 4))
    assert.ok(kept.every((each) => each.frame.every((at) => at === each.byte)))
  })

  test('knows that a stream which ends here ends inside a frame', () => {
    const { reader } = collecting()
    const stream = streamOf([Buffer.from('whole')])
    reader.read(stream.subarray(0, 3))
    assert.equal(reader.isInsideFrame, true)
    reader.read(stream.subarray(3, 6))
    assert.equal(reader.isInsideFrame, true)
  })

  test.each([1, 2, 3, 4, 5, 9])('calls a length over the limit corrupt, in chunks of %i', (size) => {
    const { reader, found } = collecting()
    const stream = streamOf([Buffer.from('ok'), new Uint8Array(limit + 1)])
    let reading = 'going'
    for (let at = 0; reading === 'going' && at < stream.length; at += size)
      reading = reader.read(stream.subarray(at, at + size))
    assert.equal(reading, 'corrupt')
    assert.deepEqual(
      found.map(({ text }) => text),
      ['ok'],
    )
  })

  test('does not set memory aside for what is only announced', () => {
    const oneGiB = Uint8Array.of(0, 0, 0, 0x40)
    const before = process.memoryUsage().arrayBuffers
    const readers = Array.from({ length: 5 }, () => collecting(2 ** 31).reader)
    for (const reader of readers) {
      reader.read(oneGiB)
      reader.read(new Uint8Array(300_000))
    }
    assert.ok(process.memoryUsage().arrayBuffers - before < 64 * 1024 * 1024)
  })

  test('finds the closing mark behind the last frame', () => {
    const writer = new FrameWriter()
    writer.write(Buffer.from('head '), Buffer.from('and body'), 0, 8, false)
    writer.writeClosing()
    const stream = Buffer.concat(writer.take())
    for (const size of [1, 3, stream.length]) {
      const { reader, found } = collecting()
      let reading = 'going'
      for (let at = 0; at < stream.length; at += size) reading = reader.read(stream.subarray(at, at + size))
      assert.equal(reading, 'closing')
      assert.deepEqual(
        found.map(({ text }) => text),
        ['head and body'],
      )
    }
  })
})
