import assert from 'node:assert/strict'
import { makeFrame } from '../frames.ts'
import type { Law } from '../law.ts'

const count = 10_000

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
  {
    name: 'frames are delivered where they lie, many in one segment',
    check: async (setting) => {
      const near = await setting.open('collect')
      for (let index = 0; index < count; index += 1) near.connection.send(makeFrame(index, 32))
      const { frames, segments } = await near.finish()
      assert.ok(segments <= frames.length / 20, `${segments} segments for ${frames.length} frames`)
    },
  },
]
