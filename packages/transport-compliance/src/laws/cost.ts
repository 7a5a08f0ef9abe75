import assert from 'node:assert/strict'
import { makeFrame } from '../frames.ts'
import type { Law } from '../law.ts'
import { census } from '../programs.ts'
import type { Census } from '../programs.ts'
import type { Setting } from '../setting.ts'
import { someTurns, turns } from '../turns.ts'

const timers = () =>
  process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate').length

/** So many that those of the program that runs the suite, which come and go, cannot hide a timer of each. */
const connections = 20

/** Turns that those get to go away. */
const patienceTurns = 10_000

async function openAndClose(setting: Setting, cycles: number): Promise<void> {
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const near = await setting.open('collect')
    const observer = near.observe()
    near.connection.send(makeFrame(cycle, 100))
    near.connection.close()
    await near.report()
    await setting.untilTrue(() => observer.seen.endings.length > 0, 'the ending')
  }
}

/** What both sides hold, once they have come to rest. */
async function censusOfBoth(setting: Setting): Promise<[near: Census, far: Census]> {
  const near = await setting.open('census')
  near.observe()
  const far = (await near.report()) as Census
  const result: [Census, Census] = [census(), far]
  near.connection.close()
  await near.report()
  await turns(someTurns)
  return result
}

export const cost: readonly Law[] = [
  {
    name: 'an idle connection holds no timer',
    check: async (setting) => {
      const before = timers()
      for (let opened = 0; opened < connections; opened += 1) {
        const near = await setting.open('echo')
        const observer = near.observe()
        near.connection.send(makeFrame(opened, 100))
        await setting.untilTrue(() => observer.seen.frames.length === 1, 'an echo')
      }
      await turns(someTurns)
      for (let left = patienceTurns; left > 0 && timers() > before; left -= 1) await turns()
      assert.ok(timers() <= before, `${timers() - before} timers of ${connections} idle connections`)
    },
  },
  {
    name: 'opening and closing leaves nothing behind',
    check: async (setting) => {
      await openAndClose(setting, 5)
      const before = await censusOfBoth(setting)
      await openAndClose(setting, 200)
      const after = await censusOfBoth(setting)
      const grown = after.flatMap(({ active, descriptors }, side) => [
        active - before[side]!.active,
        descriptors - before[side]!.descriptors,
      ])
      assert.ok(
        grown.every((count) => count < 20),
        `grown by (active and descriptors, near and far): ${grown.join(', ')}`,
      )
    },
  },
]
