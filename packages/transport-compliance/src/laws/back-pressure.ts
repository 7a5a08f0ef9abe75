import assert from 'node:assert/strict'
import { makeFrame } from '../frames.ts'
import type { Law } from '../law.ts'
import { Observer } from '../observer.ts'
import type { Near, Setting } from '../setting.ts'

const frameBytes = 32 * 1024
const carrierBytesMaxDefault = 1024 * 1024

/** The most that may be sent before `send` says that it is too much. */
function enough(setting: Setting): number {
  return setting.highWaterBytes + (setting.subject.carrierBytesMax ?? carrierBytesMaxDefault) + 2 * frameBytes
}

/** Sends until `send` returns false, or until it is clear that it never will. Returns the bytes sent, and what the last `send` returned. */
function sendUntilFalse(near: Near, setting: Setting): { bytes: number; hasRoom: boolean } {
  let bytes = 0
  let hasRoom = true
  while (hasRoom && bytes <= enough(setting)) {
    hasRoom = near.connection.send(makeFrame(0, frameBytes))
    bytes += frameBytes
  }
  return { bytes, hasRoom }
}

export const backPressure: readonly Law[] = [
  {
    name: 'send returns true while there is room',
    check: async (setting) => {
      const near = await setting.open('echo')
      const observer = near.observe()
      for (let index = 0; index < 20; index += 1) {
        assert.equal(near.connection.send(makeFrame(index, 16)), true)
        await setting.untilTrue(() => observer.seen.frames.length > index, 'an echo')
      }
    },
  },
  {
    name: 'send returns false before much more than the high-water mark waits for a side that does not read',
    check: async (setting) => {
      const near = await setting.open('late')
      const { bytes, hasRoom } = sendUntilFalse(near, setting)
      assert.equal(hasRoom, false, `send took ${bytes} bytes that nobody reads`)
    },
  },
  {
    name: 'pendingBytes says how much waits, and falls to 0 when it has gone',
    check: async (setting) => {
      const near = await setting.open('late')
      assert.equal(near.connection.pendingBytes, 0)
      for (let bytes = 0; bytes < enough(setting); bytes += frameBytes) near.connection.send(makeFrame(0, frameBytes))
      assert.ok(near.connection.pendingBytes > setting.highWaterBytes, 'pendingBytes is too small')
      near.observe()
      near.opened.say('go')
      await setting.untilTrue(() => near.connection.pendingBytes === 0, 'pendingBytes to fall to 0')
    },
  },
  {
    name: 'drained follows a send that returned false, once there is room',
    check: async (setting) => {
      const near = await setting.open('late')
      const { hasRoom } = sendUntilFalse(near, setting)
      if (hasRoom) return
      let pendingThen = Number.POSITIVE_INFINITY
      const observer = near.observe(
        new Observer(undefined, () => {
          pendingThen = near.connection.pendingBytes
        }),
      )
      assert.equal(observer.seen.drained, 0)
      near.opened.say('go')
      await setting.untilTrue(() => observer.seen.drained > 0, 'drained')
      assert.ok(pendingThen < setting.highWaterBytes, `drained came while ${pendingThen} bytes were waiting`)
      await near.finish()
      assert.equal(observer.seen.drained, 1)
    },
  },
  {
    name: 'drained never comes unless send returned false',
    check: async (setting) => {
      const near = await setting.open('echo')
      const observer = near.observe()
      for (let index = 0; index < 200; index += 1) near.connection.send(makeFrame(index, 16))
      await setting.untilTrue(() => observer.seen.frames.length >= 200, 'all echoes')
      await near.finish()
      assert.equal(observer.seen.drained, 0)
    },
  },
  {
    name: 'a sender that ignores false loses nothing',
    check: async (setting) => {
      const near = await setting.open('late')
      const count = Math.ceil((enough(setting) * 3) / frameBytes)
      for (let index = 0; index < count; index += 1) near.connection.send(makeFrame(index, frameBytes))
      near.opened.say('go')
      const { frames } = await near.finish()
      assert.deepEqual(
        frames.map(({ index }) => index),
        Array.from({ length: count }, (_, index) => index),
      )
    },
  },
  {
    name: 'two sides that flood each other do not stand still',
    check: async (setting) => {
      const count = Math.ceil((enough(setting) * 3) / 4096)
      const near = await setting.open(`flood ${count} 4096`)
      let sent = 0
      const sendOn = () => {
        while (sent < count) if (!near.connection.send(makeFrame(sent++, 4096))) break
      }
      const observer = near.observe(new Observer(undefined, sendOn))
      sendOn()
      await setting.untilTrue(() => sent === count && observer.seen.frames.length >= count, 'both floods to pass')
      assert.equal(await near.report(), 'flooded')
      assert.equal((await near.finish()).frames.length, count)
    },
  },
]
