import assert from 'node:assert/strict'
import { makeFrame } from '../frames.ts'
import type { Law } from '../law.ts'
import { Observer } from '../observer.ts'
import type { Observation } from '../observer.ts'
import type { Setting } from '../setting.ts'
import { someTurns, turns } from '../turns.ts'

/** Echoes frames while the near side closes; returns what both sides saw, a while after the far side's ending. */
async function closeAmidEchoes(setting: Setting): Promise<{ near: Observation; far: Observation }> {
  const near = await setting.open('echo')
  const observer = near.observe()
  for (let index = 0; index < 300; index += 1) near.connection.send(makeFrame(index, 64))
  const far = await near.finish()
  await turns(someTurns)
  return { near: observer.seen, far }
}

export const endings: readonly Law[] = [
  {
    name: 'close lets through what was sent in the same turn',
    check: async (setting) => {
      const near = await setting.open('collect')
      near.observe()
      for (let index = 0; index < 100; index += 1) near.connection.send(makeFrame(index, 64))
      near.connection.close()
      const { frames } = await near.observation()
      assert.equal(frames.length, 100)
    },
  },
  {
    name: 'close lets through what the other side answers before it sees the close',
    check: async (setting) => {
      const near = await setting.open('echo')
      const observer = near.observe()
      for (let index = 0; index < 1_000; index += 1) near.connection.send(makeFrame(index, 64))
      await turns()
      near.connection.close()
      await setting.untilTrue(() => observer.seen.frames.length >= 1_000, 'the echo of every frame')
    },
  },
  {
    name: 'after close both sides see closed',
    check: async (setting) => {
      const near = await setting.open('collect')
      const observer = near.observe()
      const far = await near.finish()
      await setting.until(observer.ended, 'the ending of the side that closed')
      assert.deepEqual([observer.seen.endings[0], far.endings[0]], ['closed', 'closed'])
    },
  },
  {
    name: 'both sides may close at once',
    check: async (setting) => {
      const near = await setting.open('close')
      const observer = near.observe()
      near.connection.close()
      const far = await near.observation()
      await setting.until(observer.ended, 'the ending of the near side')
      assert.deepEqual([observer.seen.endings[0], far.endings[0]], ['closed', 'closed'])
    },
  },
  {
    name: 'a connection ends once',
    check: async (setting) => {
      const { near, far } = await closeAmidEchoes(setting)
      assert.ok(near.endings.length <= 1, `${near.endings.length} endings at the side that closed`)
      assert.ok(far.endings.length <= 1, `${far.endings.length} endings at the other side`)
    },
  },
  {
    name: 'no frame follows the ending',
    check: async (setting) => {
      const { near, far } = await closeAmidEchoes(setting)
      assert.deepEqual([near.framesAfterEnding, far.framesAfterEnding], [0, 0])
    },
  },
  {
    name: 'send returns false and does nothing once the connection is closing or has ended',
    check: async (setting) => {
      const near = await setting.open('collect')
      const observer = near.observe()
      near.connection.send(makeFrame(1, 64))
      near.connection.close()
      const whileClosing = near.connection.send(makeFrame(2, 64))
      const { frames } = await near.observation()
      await setting.untilTrue(() => observer.seen.endings.length > 0, 'the ending')
      const afterwards = near.connection.send(makeFrame(3, 64))
      near.connection.close()
      near.connection.cut()
      await turns(someTurns)
      assert.deepEqual([whileClosing, afterwards, frames.length], [false, false, 1])
      assert.deepEqual(observer.seen.endings, ['closed'])
    },
  },
  {
    name: 'after cut this side sees cut and nothing more',
    check: async (setting) => {
      const near = await setting.open('flood 3000 200')
      const observer: Observer = new Observer(() => observer.seen.frames.length === 100 && near.connection.cut())
      near.observe(observer)
      await setting.until(observer.ended, 'the ending of the side that cut')
      await near.observation()
      assert.equal(observer.seen.frames.length, 100)
      assert.deepEqual(observer.seen.endings, ['cut'])
    },
  },
  {
    name: 'after cut the other side sees the end too',
    check: async (setting) => {
      const near = await setting.open('collect')
      near.observe()
      near.connection.send(makeFrame(0, 64))
      await turns()
      near.connection.cut()
      const { endings: seen } = await near.observation()
      assert.ok(seen[0] === 'lost' || seen[0] === 'closed', `the other side saw ${seen[0]}`)
    },
  },
]
