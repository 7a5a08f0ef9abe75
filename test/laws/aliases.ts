import { expect } from 'vitest'
import { sys } from '@bulkhead/core'
import type { Alias, Down } from '@bulkhead/core'
import { law } from './law.ts'
import type { Law } from './law.ts'

export const aliasLaws: readonly Law[] = [
  law(
    'an alias delivers as the pid does, in the same order; after unalias nothing comes through it (PROC-014, PROC-056, PROC-057)',
    async ({ puppet, stranger }) => {
      const [one, other] = [await puppet(), await stranger()]
      const [alias] = (await one.do(['alias'])) as [Alias]
      await other.do(['send', one.pid, 1], ['send', alias, 2], ['send', one.pid, 3], ['send', alias, 4])
      const four = [1, 2, 3, 4].map((message) => ({ message }))
      expect(await one.heardFrom(other)).toEqual(four)
      expect(await other.do(['unalias', alias])).toEqual([false])
      expect(await one.do(['unalias', alias], ['unalias', alias])).toEqual([true, false])
      await other.do(['send', alias, 'dropped'], ['send', one.pid, 5])
      expect(await one.heardFrom(other)).toEqual([...four, { message: 5 }])
    },
  ),

  law('an alias for one reply is gone with the first message through it (PROC-058)', async ({ puppet, stranger }) => {
    const [one, other] = [await puppet(), await stranger()]
    const [alias] = (await one.do(['alias', { reply: true }])) as [Alias]
    await other.do(['send', alias, 'first'], ['send', alias, 'second'])
    expect(await one.heardFrom(other)).toEqual([{ message: 'first' }])
    expect(await one.do(['unalias', alias])).toEqual([false])
  }),

  law(
    'with a monitor: explicit_unalias outlives it, demonitor goes with it, by demonitor and by DOWN (PROC-059)',
    async ({ self, puppet, stranger }) => {
      for (const by of ['demonitor', 'DOWN']) {
        const [one, other, sender] = [await puppet(), await puppet(), await stranger()]
        const [stays, goes] = (await one.do(
          ['monitor', other.pid, { alias: 'explicit_unalias' }],
          ['monitor', other.pid, { alias: 'demonitor' }],
        )) as { ref: number; alias: Alias }[]
        if (by === 'demonitor') await one.do(['demonitor', stays!.ref], ['demonitor', goes!.ref])
        else {
          self.exit(other.pid, 'kill')
          await one.heard(2)
        }
        await sender.do(['send', goes!.alias, 'dropped'], ['send', stays!.alias, 'delivered'])
        const messages = (await one.heardFrom(sender)).filter((heard) => 'message' in heard)
        expect(messages).toEqual([{ message: 'delivered' }])
      }
    },
  ),

  law(
    'reply_demonitor: the first message takes the monitor along, unalias does not, DOWN ends the alias (PROC-060)',
    async ({ self, puppet, stranger }) => {
      const [one, other, sender] = [await puppet(), await puppet(), await stranger()]
      const set = async () =>
        (await one.do(['monitor', other.pid, { alias: 'reply_demonitor' }]))[0] as { ref: number; alias: Alias }
      const answered = await set()
      await sender.do(['send', answered.alias, 'answer'], ['send', answered.alias, 'another'])
      expect(await one.heardFrom(sender)).toEqual([{ message: 'answer' }])
      expect(await one.do(['demonitor', answered.ref, { info: true }])).toEqual([false])
      const taken = await set()
      await one.do(['unalias', taken.alias])
      const ended = await set()
      self.exit(other.pid, 'boom')
      const downs = (await one.heard(3)).filter((heard) => 'down' in heard)
      expect(downs).toHaveLength(2)
      expect(downs).toContainEqual({ down: 'boom', ref: taken.ref, target: other.pid })
      // A monitor of the dead is over at once, and so is its alias.
      const late = await set()
      const [nobody] = (await one.do(['monitor', 'nobody-at-all', { alias: 'reply_demonitor' }])) as { alias: Alias }[]
      await one.heard(5)
      for (const gone of [ended, late, nobody!]) await sender.do(['send', gone.alias, 'dropped'])
      expect(await one.heardFrom(sender)).toHaveLength(5)
    },
  ),

  law('a full mailbox takes the reply for which an alias was made, and nothing else', async ({ puppet, stranger }) => {
    const [one, other, target] = [await puppet({ mailbox: { count: 1 } }), await stranger(), await puppet()]
    const [plain, reply] = (await one.do(['alias'], ['alias', { reply: true }])) as Alias[]
    const [{ alias }] = (await one.do(['monitor', target.pid, { alias: 'reply_demonitor' }])) as [{ alias: Alias }]
    await sys.suspend(one.ref)
    await other.do(
      ['send', one.pid, 'fills it'],
      ['send', plain!, 'dropped'],
      ['send', reply!, 'reply'],
      ['send', alias, { long: 'x'.repeat(1_000) }],
      ['isAlive', one.pid],
    )
    await sys.resume(one.ref)
    expect(await one.heard(3)).toMatchObject([
      { message: 'fills it' },
      { message: 'reply' },
      { message: { long: 'x'.repeat(1_000) } },
    ])
  }),

  law('an alias takes messages only, and is no name', async ({ self }) => {
    const alias = self.alias()
    for (const use of [() => self.monitor(alias), () => self.link(alias), () => self.exit(alias, 'x')])
      expect(use).toThrow('alias, which takes messages only')
    await expect(self.register(alias)).rejects.toMatchObject({ code: 'invalid_option' })
    self.unalias(alias)
  }),

  law('a DOWN carries the tag that its monitor was given, as noproc too (PROC-054)', async ({ self, puppet, take }) => {
    const { pid } = await puppet()
    self.monitor(pid, { tag: { why: 'mine' } })
    await self.isAlive(pid)
    self.exit(pid, 'boom')
    expect(await take(1)).toMatchObject([{ reason: 'boom', tag: { why: 'mine' } } satisfies Partial<Down>])
    self.monitor(pid, { tag: 'gone' })
    self.monitor(pid)
    expect(await take(2)).toMatchObject([
      { reason: 'noproc', tag: 'gone' },
      { reason: 'noproc', tag: 'DOWN' },
    ])
  }),
]
