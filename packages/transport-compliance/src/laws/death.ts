import assert from 'node:assert/strict'
import { makeFrame } from '../frames.ts'
import type { Law } from '../law.ts'
import type { Observation, Observer } from '../observer.ts'
import type { Near, Setting } from '../setting.ts'
import { someTurns, turns } from '../turns.ts'

/** Lets the far side die while it floods; returns what was seen, up to the ending if there was one. */
async function dieAmidFlood(setting: Setting, death: string): Promise<Observation> {
  const near = await setting.open('flood 1000000000 200')
  const observer = near.observe()
  await setting.untilTrue(() => observer.seen.frames.length >= 2_000, 'the flood')
  await near.opened.kill(death)
  await ending(setting, observer)
  return observer.seen
}

/** Lets the far side die some turns after it sent 100 frames; `meanwhile` happens before the near side begins to receive. */
async function dieAfterSending(setting: Setting, death: string, meanwhile: (near: Near) => Promise<void>) {
  const near = await setting.open('send 100 20')
  assert.equal(await near.report(), 'sent')
  await near.opened.kill(death)
  await meanwhile(near)
  const observer = near.observe()
  await ending(setting, observer)
  return observer.seen.frames.map(({ index }) => index)
}

/** Waits for the ending; that there is one is another law. */
async function ending(setting: Setting, observer: Observer): Promise<void> {
  await setting.until(observer.ended, 'the ending').catch(() => {})
  await turns(someTurns)
}

const allHundred = Array.from({ length: 100 }, (_, index) => index)

/** The laws about one way in which the far side can die. */
export function deathLaws(death: string): readonly Law[] {
  return [
    {
      name: `sudden death (${death}): what arrives is a prefix of what was sent`,
      check: async (setting) => {
        const { frames } = await dieAmidFlood(setting, death)
        const wrong = frames.findIndex(({ index }, at) => index !== at)
        assert.equal(wrong, -1, `frame ${frames[wrong]?.index} at place ${wrong}`)
      },
    },
    {
      name: `sudden death (${death}): the connection ends as lost, once, behind the last frame`,
      check: async (setting) => {
        const { endings, framesAfterEnding } = await dieAmidFlood(setting, death)
        assert.deepEqual([endings, framesAfterEnding], [['lost'], 0])
      },
    },
    {
      name: `sudden death (${death}): what was sent in an earlier turn arrives, also at a side that did not receive yet`,
      check: async (setting) => {
        assert.deepEqual(await dieAfterSending(setting, death, async () => {}), allHundred)
      },
    },
    {
      name: `sudden death (${death}): sending to the dead costs nothing of what it had sent`,
      check: async (setting) => {
        const sendInVain = async (near: Near) => {
          for (let i = 0; i < 10; i += 1) {
            near.connection.send(makeFrame(i, 20))
            await turns()
          }
        }
        assert.deepEqual(await dieAfterSending(setting, death, sendInVain), allHundred)
      },
    },
  ]
}
