import assert from 'node:assert/strict'
import type { Ending } from '@bulkhead/core/transport'
import { digestOf, makeFrame } from '../frames.ts'
import type { Law } from '../law.ts'
import { Observer } from '../observer.ts'
import type { Observation } from '../observer.ts'
import type { Setting } from '../setting.ts'
import { turns } from '../turns.ts'

const count = 3_000

/** Sends numbered frames of many lengths, over several turns, and returns what the far side saw. */
async function sendMany(setting: Setting): Promise<Observation> {
  const near = await setting.open('collect')
  for (let index = 0; index < count; index += 1) {
    near.connection.send(makeFrame(index, 4 + ((index * 37) % 600)))
    if (index % 500 === 499) await turns()
  }
  return await near.finish()
}

export const delivery: readonly Law[] = [
  {
    name: 'frames arrive in the order in which they were sent',
    check: async (setting) => {
      const { frames } = await sendMany(setting)
      const outOfOrder = frames.findIndex(({ index }, at) => at > 0 && index < frames[at - 1]!.index)
      assert.equal(outOfOrder, -1, `the frame at place ${outOfOrder} arrived behind one that was sent after it`)
    },
  },
  {
    name: 'no frame is lost',
    check: async (setting) => {
      const { frames } = await sendMany(setting)
      const arrived = new Set(frames.map(({ index }) => index))
      const lost = Array.from({ length: count }, (_, index) => index).filter((index) => !arrived.has(index))
      assert.deepEqual(lost, [])
    },
  },
  {
    name: 'no frame arrives twice',
    check: async (setting) => {
      const { frames } = await sendMany(setting)
      const arrived = new Set<number>()
      const repeated = frames.filter(({ index }) => arrived.size === arrived.add(index).size)
      assert.deepEqual(repeated, [])
    },
  },
  {
    name: 'an empty frame is a frame',
    check: async (setting) => {
      const near = await setting.open('collect')
      near.connection.send(new Uint8Array(0))
      near.connection.send(new Uint8Array(0), new Uint8Array(0))
      const { frames } = await near.finish()
      assert.deepEqual(
        frames.map(({ length }) => length),
        [0, 0],
      )
    },
  },
  {
    name: 'head and body arrive as one frame, the head first',
    check: async (setting) => {
      const near = await setting.open('collect')
      const whole = makeFrame(7, 100)
      for (const at of [0, 1, 50, 99, 100]) near.connection.send(whole.slice(0, at), whole.slice(at))
      const { frames } = await near.finish()
      assert.deepEqual(frames, Array(5).fill(frames[4]))
      assert.equal(frames[4]?.index, 7)
    },
  },
  {
    name: 'of a segment only the bytes from start to end are sent',
    check: async (setting) => {
      const near = await setting.open('collect')
      const segment = makeFrame(0, 200)
      segment.set(makeFrame(7, 96), 4)
      near.connection.send(makeFrame(8, 4), segment, 4, 100)
      near.connection.send(new Uint8Array(0), segment, 4, 100)
      near.connection.send(makeFrame(9, 4), segment, 60, 60)
      near.connection.send(new Uint8Array(0), segment.subarray(2, 150), 2, 98)
      const { frames } = await near.finish()
      assert.deepEqual(
        frames.map(({ index, length }) => [index, length]),
        [
          [8, 100],
          [7, 96],
          [9, 4],
          [7, 96],
        ],
      )
      assert.deepEqual(frames[1], frames[3])
      assert.equal(frames[1]?.digest, digestOf(makeFrame(7, 96), 0, 96))
    },
  },
  {
    name: 'what is done to the bytes after send changes nothing',
    check: async (setting) => {
      const near = await setting.open('collect')
      const head = makeFrame(1, 5_050)
      const body = makeFrame(2, 70_000)
      near.connection.send(head)
      near.connection.send(body)
      near.connection.send(head, body)
      head.fill(0xff)
      body.fill(0xff)
      const { frames } = await near.finish()
      assert.deepEqual(
        frames.map(({ index }) => index),
        [1, 2, 1],
      )
    },
  },
  {
    name: 'frames that arrive before receive was called wait for it',
    check: async (setting) => {
      const near = await setting.open(`send ${count} 40`)
      await near.report()
      await turns(3)
      const observer = near.observe()
      await setting.untilTrue(() => observer.seen.frames.length >= count, 'all frames that were sent before receive')
      assert.deepEqual(
        observer.seen.frames.map(({ index }) => index),
        Array.from({ length: count }, (_, index) => index),
      )
    },
  },
  {
    name: 'nothing is called back from inside a call',
    check: async (setting) => {
      const near = await setting.open('send 10 40')
      await near.report()
      await turns(3)
      const observer = new Watchful()
      observer.during(() => near.observe(observer))
      await turns(3)
      observer.during(() => near.connection.send(new Uint8Array(setting.highWaterBytes * 2)))
      observer.during(() => near.connection.close())
      observer.during(() => near.connection.cut())
      assert.deepEqual(observer.calledInside, [])
    },
  },
]

/** Notes what is called back while a call is under way. */
class Watchful extends Observer {
  readonly calledInside: string[] = []
  #isInside = false

  during(call: () => unknown): void {
    this.#isInside = true
    call()
    this.#isInside = false
  }

  override frame(...args: Parameters<Observer['frame']>): void {
    this.#note('frame')
    super.frame(...args)
  }

  override drained(): void {
    this.#note('drained')
    super.drained()
  }

  override closed(ending: Ending): void {
    this.#note('closed')
    super.closed(ending)
  }

  #note(name: string): void {
    if (this.#isInside) this.calledInside.push(name)
  }
}
