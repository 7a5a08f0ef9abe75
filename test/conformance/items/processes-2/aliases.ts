import type { Alias, Isolation } from '@bulkhead/core'
import { Down } from '@bulkhead/core'
import { definePlayer, have, next, nextOr, queued, startPuppet, takeNext } from '../../fixtures/processes-2-player.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'

const play = definePlayer(import.meta, {
  alias: async (self, there: Isolation) => {
    const sender = await startPuppet(self, there)
    const alias = self.alias()
    await have(self, sender, ['send', alias, 'one'], ['send', self.pid, 'two'], ['send', alias, 'three'])
    const delivered = await takeNext(self, 3)
    await have(self, sender, ['send', alias, 'queued'])
    await queued(self, 1)
    const unaliased = self.unalias(alias)
    await have(self, sender, ['send', alias, 'late'], ['send', self.pid, 'the_end'])
    return { delivered, unaliased, then: await takeNext(self, 2), more: await nextOr(self, 'quiet') }
  },

  unalias: async (self, there: Isolation) => {
    const other = await startPuppet(self, there)
    const alias = self.alias()
    const [foreign] = await have(self, other, ['unalias', alias])
    await have(self, other, ['send', alias, 'still_active'])
    const heard = await takeNext(self, 1)
    const own = [self.unalias(alias), self.unalias(alias)]
    const unknown = self.unalias(`${self.pid.slice(0, -1)}#987654321>` as Alias)
    return { foreign, heard, own, unknown }
  },

  once: async (self, there: Isolation) => {
    const sender = await startPuppet(self, there)
    const alias = self.alias({ reply: true })
    const [before, end] = [
      ['send', self.pid, 'before'],
      ['send', self.pid, 'the_end'],
    ] as const
    await have(self, sender, before, ['send', alias, 'reply'], ['send', alias, 'again'], end)
    const heard = await takeNext(self, 3)
    return { heard, more: await nextOr(self, 'quiet'), unaliased: self.unalias(alias) }
  },

  ofMonitors: async (self, there: Isolation, how: 'demonitor' | 'down') => {
    const [victim, sender] = [await startPuppet(self, there), await startPuppet(self, there)]
    const stays = self.monitor(victim, { alias: 'explicit_unalias' })
    const goes = self.monitor(victim, { alias: 'demonitor' })
    await have(self, sender, ['send', stays.alias, 'stays'], ['send', goes.alias, 'goes'])
    const before = await takeNext(self, 2)
    if (how === 'demonitor') for (const { ref } of [stays, goes]) self.demonitor(ref)
    else {
      self.exit(victim, 'kill')
      await takeNext(self, 2)
    }
    const end = ['send', self.pid, 'the_end'] as const
    await have(self, sender, ['send', goes.alias, 'goes'], ['send', stays.alias, 'stays'], end)
    return {
      before,
      after: await takeNext(self, 2),
      more: await nextOr(self, 'quiet'),
      unaliased: [self.unalias(stays.alias), self.unalias(goes.alias)],
    }
  },

  replyDemonitor: async (self, there: Isolation) => {
    const [victim, sender] = [await startPuppet(self, there), await startPuppet(self, there)]
    const set = () => self.monitor(victim, { alias: 'reply_demonitor' })
    const monitors = async (): Promise<number> => (await self.info(victim, ['monitoredBy']))!.monitoredBy.length
    const end = ['send', self.pid, 'the_end'] as const

    const answered = set()
    const watched = await monitors()
    await have(self, sender, ['send', answered.alias, 'answer'], ['send', answered.alias, 'another'], end)
    const heard = await takeNext(self, 2)
    const unwatched = [await monitors(), self.demonitor(answered.ref, { info: true })]

    const unaliased = set()
    self.unalias(unaliased.alias)
    const ended = set()
    self.exit(victim, 'boom')
    const told = new Set<unknown>()
    for (const down of await takeNext(self, 2)) if (down instanceof Down && down.reason === 'boom') told.add(down.ref)
    await have(self, sender, ['send', ended.alias, 'late'], ['send', unaliased.alias, 'late'], end)
    return {
      reply: { heard, monitors: [watched, ...unwatched] },
      down: {
        told: told.size === 2 && told.has(unaliased.ref) && told.has(ended.ref),
        heard: [await next(self)],
        unaliased: self.unalias(ended.alias),
      },
      more: await nextOr(self, 'quiet'),
    }
  },
})

export const aliases: readonly ItemTest[] = [
  item('PROC-056', (stage) => play(stage, 'alias', stage.there)),
  item('PROC-057', (stage) => play(stage, 'unalias', stage.there)),
  item('PROC-058', (stage) => play(stage, 'once', stage.there)),
  item('PROC-059', async (stage) => ({
    demonitor: await play(stage, 'ofMonitors', stage.there, 'demonitor'),
    down: await play(stage, 'ofMonitors', stage.there, 'down'),
  })),
  item('PROC-060', (stage) => play(stage, 'replyDemonitor', stage.there)),
]
