import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest'
import { aliasLaws } from './aliases.ts'
import { callLaws } from './calls.ts'
import { errorLaws } from './errors.ts'
import { exitLaws } from './exits.ts'
import { infoLaws } from './info.ts'
import type { Law, Placement } from './law.ts'
import { linkLaws } from './links.ts'
import { mailboxLaws } from './mailboxes.ts'
import { monitorLaws } from './monitors.ts'
import { nameLaws } from './names.ts'
import { orderLaws } from './order.ts'
import { receiveLaws } from './receive.ts'
import { requestLaws } from './requests.ts'
import { startLaws } from './starts.ts'
import { systemLaws } from './system-requests.ts'
import { timerLaws } from './timers.ts'
import { valueLaws } from './values.ts'
import { worldFor } from './worlds.ts'
import type { World } from './worlds.ts'

/** All laws, by what they are about. */
export const allLaws: Readonly<Record<string, readonly Law[]>> = {
  order: orderLaws,
  exits: exitLaws,
  links: linkLaws,
  monitors: monitorLaws,
  starts: startLaws,
  calls: callLaws,
  requests: requestLaws,
  aliases: aliasLaws,
  info: infoLaws,
  system: systemLaws,
  names: nameLaws,
  timers: timerLaws,
  receive: receiveLaws,
  values: valueLaws,
  errors: errorLaws,
  mailboxes: mailboxLaws,
}

/** Tries every law on actors of one placement. */
export function laws(placement: Placement): void {
  let world: World
  let opened: Awaited<ReturnType<World['open']>>
  beforeAll(async () => {
    world = await worldFor(placement)
  })
  afterAll(() => world.close())
  beforeEach(async () => {
    opened = await world.open()
  })
  afterEach(() => opened.close())
  for (const [about, list] of Object.entries(allLaws)) {
    describe(about, () => {
      test.each(list)('$title', ({ run }) => run(opened.stage))
    })
  }
}
