import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { World } from '../laws/worlds.ts'
import { differentIn27 } from './releases.ts'
import { items as list } from './ids.ts'
import { conformanceStage, worldOf } from './open-stage.ts'
import { items } from './items/index.ts'
import { recorded } from './recorded.ts'
import type { ConformanceStage, Spot } from './stage.ts'

const titles = new Map(list.map(({ id, title }) => [id, title]))

/** Tries every item with actors that live there. */
export function conformance(spot: Spot): void {
  describe(spot, () => {
    let world: World
    let opened: Awaited<ReturnType<World['open']>>
    let stage: ConformanceStage
    beforeAll(async () => {
      world = await worldOf(spot)
    })
    afterAll(() => world.close())
    beforeEach(async () => {
      opened = await world.open()
      stage = await conformanceStage(opened.stage, spot, world.log)
    })
    afterEach(() => opened.close())
    for (const { id, run, instead } of items) {
      test(`${id} ${titles.get(id)}`, async () => {
        const seen = await run(stage)
        if (instead !== undefined) expect(seen).toEqual(instead)
        else if (recorded.has(id)) expect(seen).toEqual(referenceOf(id))
        else expect(seen).toBeUndefined()
      })
    }
  })
}

/** What real Erlang did. */
export function referenceOf(id: string): unknown {
  const newer = differentIn27.get(id)
  return newer === undefined ? recorded.get(id) : newer.value
}
