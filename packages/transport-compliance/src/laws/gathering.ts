import assert from 'node:assert/strict'
import { makeFrame } from '../frames.ts'
import type { Law } from '../law.ts'

const count = 10_000

/** About transports that tell how often they hand bytes to their carrier. */
export const gathering: readonly Law[] = [
  {
    name: 'the frames of one turn leave together',
    check: async (setting) => {
      const { carrierWrites } = setting.subject
      assert.ok(carrierWrites, 'this law needs `carrierWrites`')
      const near = await setting.open('collect')
      const before = carrierWrites()
      for (let index = 0; index < count; index += 1) near.connection.send(makeFrame(index, 32))
      await near.finish()
      const writes = carrierWrites() - before
      assert.ok(writes <= count / 50, `${writes} writes for ${count} frames`)
    },
  },
]

export const segments: readonly Law[] = [
  {
    name: 'frames are delivered where they lie, many in one segment',
    check: async (setting) => {
      const near = await setting.open('collect')
      for (let index = 0; index < count; index += 1) near.connection.send(makeFrame(index, 32))
      const { frames, segments: segmentCount } = await near.finish()
      assert.ok(segmentCount <= frames.length / 20, `${segmentCount} segments for ${frames.length} frames`)
    },
  },
]
