import assert from 'node:assert/strict'
import { makeFrame } from '../frames.ts'
import type { Law } from '../law.ts'
import type { Observer } from '../observer.ts'
import type { Setting } from '../setting.ts'

type Item = SharedArrayBuffer | ArrayBuffer

/** Sends frames with something beside them to a side that echoes both, and returns what came back. */
async function echoBeside(setting: Setting, besides: readonly (readonly Item[] | undefined)[]): Promise<Observer> {
  const near = await setting.open('echo')
  const observer = near.observe()
  for (const [index, beside] of besides.entries()) near.connection.send(makeFrame(index, 20), undefined, 0, 0, beside)
  await setting.untilTrue(() => observer.seen.frames.length >= besides.length, 'what travelled beside the frames')
  return observer
}

/** The laws of connections whose two ends share memory. */
export const besideLaws: readonly Law[] = [
  {
    name: 'a SharedArrayBuffer beside a frame stays shared',
    check: async (setting) => {
      const shared = new SharedArrayBuffer(8)
      const { beside } = await echoBeside(setting, [[shared]])
      const back = beside[0]?.[0]
      assert.ok(back instanceof SharedArrayBuffer)
      new Uint8Array(shared)[3] = 42
      assert.equal(new Uint8Array(back)[3], 42)
    },
  },
  {
    name: 'an ArrayBuffer beside a frame moves: it is detached here and whole there',
    check: async (setting) => {
      const moved = makeFrame(9, 100_000).buffer
      const { beside } = await echoBeside(setting, [[moved]])
      assert.equal(moved.byteLength, 0)
      const back = beside[0]?.[0]
      assert.ok(back instanceof ArrayBuffer)
      assert.deepEqual(new Uint8Array(back), makeFrame(9, 100_000))
    },
  },
  {
    name: 'a frame with something beside it keeps its place',
    check: async (setting) => {
      const besides = Array.from({ length: 60 }, (_, at) =>
        at % 3 === 1 ? [new SharedArrayBuffer(at + 1)] : undefined,
      )
      const { seen, beside } = await echoBeside(setting, besides)
      assert.deepEqual(
        seen.frames.map(({ index }, at) => [index, beside[at]?.[0]?.byteLength]),
        besides.map((items, at) => [at, items?.[0]?.byteLength]),
      )
    },
  },
]

/** The law of connections whose two ends share nothing. */
export const noBesideLaws: readonly Law[] = [
  {
    name: 'a connection that does not share refuses what would travel beside, and goes on',
    check: async (setting) => {
      const near = await setting.open('collect')
      assert.equal(near.connection.shares, false)
      for (const item of [new SharedArrayBuffer(8), new ArrayBuffer(8)]) {
        assert.throws(() => near.connection.send(makeFrame(1, 20), undefined, 0, 0, [item]), TypeError)
      }
      near.connection.send(makeFrame(2, 20))
      const { frames } = await near.finish()
      assert.deepEqual(
        frames.map(({ index }) => index),
        [2],
      )
    },
  },
]
