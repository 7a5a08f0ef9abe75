import { isDeepStrictEqual } from 'node:util'
import { Down, Exit, P } from '@bulkhead/core'
import type { ActorInfo, ActorSelf, Isolation } from '@bulkhead/core'
import { Brief } from '../../../laws/fixtures/brief.ts'
import { Puppet } from '../../../laws/fixtures/puppet.ts'
import { definePlayer } from '../../fixtures/processes-2-player.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import { heardWords } from './words.ts'

const reasons: Readonly<Record<string, unknown>> = {
  word: 'boom',
  number: 42,
  float: 1.5,
  text: 'a text',
  empty: [],
  compound: { list: [1, 'two', ['three', new Map([['four', 5]])]], big: 1n << 80n },
  large: Array.from({ length: 100_000 }, (_, i) => i + 1),
  deep: Array.from({ length: 500 }).reduce((inner) => [inner], 'bottom'),
}

const play = definePlayer(import.meta, {
  /** By exit/1 and by exit/2: whether the link tells the very reason, and whether the monitor does. */
  unchanged: async (self, there: Isolation) => {
    self.trapExit = true
    const options = { isolation: there, link: true, monitor: true }
    const ends: [string, object][] = []
    for (const [name, reason] of Object.entries(reasons)) {
      await self.tryStart(Brief, [reason], options)
      const byItself = await told(self, reason)
      const victim = await self.tryStart(Puppet, [false], options)
      if (victim.kind !== 'started') throw new Error(victim.kind)
      self.exit(victim.pid, reason)
      ends.push([name, { by_itself: byItself, by_signal: await told(self, reason) }])
    }
    return Object.fromEntries(ends)
  },
})

async function told(self: ActorSelf, reason: unknown): Promise<boolean[]> {
  const exit = await self.receive((on) => on.with(P.instanceOf(Exit), (notice) => notice.reason))
  const down = await self.receive((on) => on.with(P.instanceOf(Down), (notice) => notice.reason))
  return [isDeepStrictEqual(exit, reason), isDeepStrictEqual(down, reason)]
}

export const exitSignals: readonly ItemTest[] = [
  item('PROC-041', async ({ puppet, stranger }) => {
    const [sender, { pid }] = [await puppet(), await stranger()]
    const [, ...returned] = await sender.do(
      ['monitor', pid],
      ['exit', pid, 'normal'],
      ['exit', pid, 'first'],
      ['exit', pid, 'second'],
    )
    const [down] = heardWords(await sender.heard(1)) as unknown[][]
    const [dead] = await sender.do(['exit', pid, 'again'])
    return { returned, reason: down?.at(-1), dead }
  }),

  item('PROC-042', async ({ puppet, stranger }) => {
    const [sender, victim] = [await puppet(), await stranger()]
    // The flag is a property: what OTP's process_flag returns is read before it is set.
    const flag = async (trapExit: boolean): Promise<boolean> => {
      const [info] = (await victim.do(['info', victim.pid, ['trapExit']])) as [ActorInfo]
      await victim.ref.call.trap(trapExit)
      return info.trapExit
    }
    const flags = [await flag(true), await flag(true)]
    await sender.do(['exit', victim.pid, 'one'])
    const trapped = heardWords(await victim.heardFrom(sender), new Map([[sender.pid, 'sender']]))
    flags.push(await flag(false))
    await sender.do(['monitor', victim.pid], ['exit', victim.pid, 'two'])
    const [down] = heardWords(await sender.heard(1)) as unknown[][]
    return { flags, trapped, reason: down?.at(-1) }
  }),

  item('PROC-043', async ({ puppet, stranger }) => {
    const [sender, partner, trapper] = [await puppet(), await puppet(), await stranger({ trapExit: true })]
    await trapper.tie('link', partner.pid)
    await sender.do(['exit', trapper.pid, 'hello'])
    await trapper.heard(1)
    await sender.do(['exit', partner.pid, 'bye'])
    return heardWords(
      await trapper.heard(2),
      new Map([
        [sender.pid, 'sender'],
        [partner.pid, 'partner'],
      ]),
    )
  }),

  item('PROC-044', (stage) => play(stage, 'unchanged', stage.there)),

  item('PROC-045', async ({ puppet, stranger }) => {
    const sender = await puppet()
    const victims = [(await stranger()).pid, (await stranger({ trapExit: true })).pid]
    const before = await sender.do(...victims.map((pid) => ['isAlive', pid] as const))
    const after: unknown[] = []
    for (const pid of victims) after.push((await sender.do(['exit', pid, 'kill'], ['isAlive', pid]))[1])
    return { before, after }
  }),
]
