import assert from 'node:assert/strict'
import { digestOf, indexOf, makeFrame } from '../frames.ts'
import type { Law } from '../law.ts'
import type { SeenFrame } from '../observer.ts'

/** Lengths at which carriers tend to change their ways, with their neighbours. */
function lengthsAround(boundaries: readonly number[]): number[] {
  const powers = Array.from({ length: 13 }, (_, at) => 32 << at)
  const around = [...powers, ...boundaries].flatMap((at) => [-4, -1, 0, 1, 4].map((by) => at + by))
  const small = Array.from({ length: 40 }, (_, at) => at + 1)
  return [...new Set([...small, ...around])].filter((length) => length > 0)
}

function expected(frame: Uint8Array): SeenFrame {
  return {
    index: indexOf(frame, 0, frame.length),
    length: frame.length,
    digest: digestOf(frame, 0, frame.length),
  }
}

export const sizes: readonly Law[] = [
  {
    name: 'a frame of any length arrives with every byte',
    check: async (setting) => {
      const near = await setting.open('collect')
      const frames = lengthsAround(setting.subject.boundaries ?? []).map((length, index) => makeFrame(index, length))
      for (const frame of frames) near.connection.send(frame)
      const seen = await near.finish()
      assert.deepEqual(seen.frames, frames.map(expected))
    },
  },
  {
    name: 'a very large frame arrives whole, between its neighbours',
    check: async (setting) => {
      const near = await setting.open('collect')
      const lengths = [10, setting.subject.largeBytes ?? 64 * 1024 * 1024, 10]
      const frames = lengths.map((length, index) => makeFrame(index, length))
      for (const frame of frames) near.connection.send(frame)
      const seen = await near.finish()
      assert.deepEqual(seen.frames, frames.map(expected))
    },
  },
]
