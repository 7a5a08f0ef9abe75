import assert from 'node:assert/strict'
import { digestOf, handOver, makeFrame } from '../frames.ts'
import type { Law } from '../law.ts'
import { Observer } from '../observer.ts'

const lengths = [4, 5, 108, 8_191, 9_000, 70_000, 1_200_000]

/** Laws of frames whose memory goes along: the sender gives it away, or the receiver may keep it. */
export const handingOver: readonly Law[] = [
  {
    name: 'a body that is handed over arrives behind its head',
    check: async (setting) => {
      const near = await setting.open('collect')
      for (const length of lengths)
        for (const room of [0, 64]) handOver(near.connection, makeFrame(length, length), room)
      const { frames } = await near.finish()
      assert.deepEqual(
        frames,
        lengths
          .flatMap((length) => [length, length])
          .map((length) => ({ index: length, length, digest: digestOf(makeFrame(length, length), 0, length) })),
      )
    },
  },
  {
    name: 'a frame that is the receiver’s to keep lies alone, and nothing is written over it',
    check: async (setting) => {
      for (const length of [108, 9_000, 70_000]) {
        const near = await setting.open(`hand 40 ${length}`)
        const keeper = new Keeper()
        near.observe(keeper)
        await setting.untilTrue(() => keeper.seen.frames.length >= 40, 'all frames that were handed over')
        keeper.check()
      }
    },
  },
]

/** Keeps what is its to keep. */
class Keeper extends Observer {
  readonly #kept: { readonly segment: Uint8Array; readonly start: number; readonly end: number; digest: number }[] = []

  override frame(...args: Parameters<Observer['frame']>): void {
    super.frame(...args)
    const [segment, start, end, , isYours] = args
    if (isYours) this.#kept.push({ segment, start, end, digest: digestOf(segment, start, end) })
  }

  check(): void {
    assert.equal(new Set(this.#kept.map(({ segment }) => segment.buffer)).size, this.#kept.length)
    for (const { segment, start, end, digest } of this.#kept) {
      assert.ok(segment.buffer instanceof ArrayBuffer, 'nobody else sees it')
      assert.equal(digestOf(segment, start, end), digest)
    }
  }
}
