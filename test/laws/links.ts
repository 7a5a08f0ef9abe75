import { expect } from 'vitest'
import type { Exit } from '@bulkhead/core'
import { law } from './law.ts'
import type { Law } from './law.ts'

export const linkLaws: readonly Law[] = [
  law(
    'a link ends both, whichever ends first (PROC-025, PROC-028)',
    async ({ self, puppet, stranger, take, watch }) => {
      for (const first of [0, 1]) {
        const [one, two] = [await puppet(), await stranger()]
        await one.tie('link', two.pid)
        const [ender, other] = first === 0 ? [one, two] : [two, one]
        await watch(other.pid)
        self.exit(ender.pid, 'boom')
        expect(await take(1)).toMatchObject([{ target: other.pid, reason: 'boom' }])
      }
    },
  ),

  law(
    'linking twice, from both sides at once, is one link and one exit signal (PROC-025)',
    async ({ self, puppet, stranger }) => {
      const [one, other] = [await puppet({ trapExit: true }), await stranger({ trapExit: true })]
      await Promise.all([one.do(['link', other.pid], ['link', other.pid]), other.do(['link', one.pid])])
      await other.heardFrom(one)
      await one.heardFrom(other)
      self.exit(other.pid, 'kill')
      expect(await one.heard(1)).toEqual([{ exit: 'killed', from: other.pid }])
      expect(await self.isAlive(other.pid)).toBe(false)
      expect(await one.heard(0)).toHaveLength(1)
    },
  ),

  law('a normal end does not hurt a partner (PROC-027)', async ({ puppet, stranger, take, watch }) => {
    const [one, other] = [await puppet(), await stranger()]
    await one.tie('link', other.pid)
    await watch(other.pid)
    other.ref.cast.do([['exit', other.pid, 'normal']])
    await take(1)
    expect(await one.do(['isAlive', one.pid])).toEqual([true])
  }),

  law('either side can remove the link (PROC-026)', async ({ self, puppet, stranger, take, watch }) => {
    for (const remover of ['one', 'other'] as const) {
      const [one, other] = [await puppet(), await stranger()]
      await one.tie('link', other.pid)
      await (remover === 'one' ? one.do(['unlink', other.pid]) : other.do(['unlink', one.pid]))
      await (remover === 'one' ? other.heardFrom(one) : one.heardFrom(other))
      await watch(other.pid)
      self.exit(other.pid, 'boom')
      await take(1)
      expect(await self.isAlive(one.pid)).toBe(true)
    }
  }),

  law(
    'after unlink returned, the partner’s end does not reach the caller (PROC-031)',
    async ({ self, puppet, stranger, take, watch }) => {
      const [one, other] = [await puppet(), await stranger()]
      await one.tie('link', other.pid)
      await watch(other.pid)
      await one.do(['unlink', other.pid], ['exit', other.pid, 'boom'])
      await take(1)
      expect(await self.isAlive(one.pid)).toBe(true)
    },
  ),

  law(
    'unlink, the peer ends, link again: noproc, not the old reason (PROC-033)',
    async ({ self, puppet, stranger, take, watch }) => {
      const [one, other] = [await puppet({ trapExit: true }), await stranger()]
      await one.do(['link', other.pid], ['unlink', other.pid], ['isAlive', other.pid])
      await watch(other.pid)
      self.exit(other.pid, 'old reason')
      await take(1)
      await one.do(['link', other.pid])
      expect(await one.heard(1)).toEqual([{ exit: 'noproc', from: other.pid }])
    },
  ),

  law('unlink and link again at once is a link', async ({ self, puppet, stranger }) => {
    const [one, other] = [await puppet({ trapExit: true }), await stranger()]
    await one.do(['link', other.pid], ['unlink', other.pid], ['link', other.pid])
    await other.heardFrom(one)
    self.exit(other.pid, 'boom')
    expect(await one.heard(1)).toEqual([{ exit: 'boom', from: other.pid }])
  }),

  law(
    'linking to an actor that has ended: noproc, a message or the end (PROC-029, PROC-030)',
    async ({ self, puppet, stranger, take, watch }) => {
      const gone = await stranger()
      self.exit(gone.pid, 'kill')
      expect(await self.isAlive(gone.pid)).toBe(false)
      const trapping = await puppet({ trapExit: true })
      expect(await trapping.do(['link', gone.pid])).toEqual([true])
      expect(await trapping.heard(1)).toEqual([{ exit: 'noproc', from: gone.pid }])
      const plain = await puppet()
      await watch(plain.pid)
      plain.ref.cast.do([['link', gone.pid]])
      expect(await take(1)).toMatchObject([{ target: plain.pid, reason: 'noproc' }])
    },
  ),

  law('linking to a name that nobody holds: noproc, as of an actor that has ended', async ({ puppet, take, watch }) => {
    const trapping = await puppet({ trapExit: true })
    expect(await trapping.do(['link', 'nobody'])).toEqual([true])
    expect(await trapping.heard(1)).toMatchObject([{ exit: 'noproc' }])
    const plain = await puppet()
    await watch(plain.pid)
    plain.ref.cast.do([['link', 'nobody']])
    expect(await take(1)).toMatchObject([{ target: plain.pid, reason: 'noproc' }])
  }),

  law('an exit signal sent by a partner does not use the link up (PROC-034)', async ({ self, puppet, stranger }) => {
    const [one, other] = [await puppet({ trapExit: true }), await stranger()]
    await one.tie('link', other.pid)
    await other.do(['exit', one.pid, 'by hand'])
    expect(await one.heard(1)).toEqual([{ exit: 'by hand', from: other.pid }])
    self.exit(other.pid, 'by link')
    expect(await one.heard(2)).toEqual([
      { exit: 'by hand', from: other.pid },
      { exit: 'by link', from: other.pid },
    ])
  }),

  law('a chain of links takes the first reason to its end (PROC-028)', async ({ self, puppet, stranger, take }) => {
    const chain = []
    for (let i = 0; i < 8; i++) chain.push(i % 2 === 0 ? await puppet() : await stranger())
    for (let i = 1; i < chain.length; i++) await chain[i]!.tie('link', chain[i - 1]!.pid)
    const last = chain.at(-1)!
    self.link(last.pid)
    await self.isAlive(last.pid)
    self.exit(chain[0]!.pid, { first: 'reason' })
    const [exit] = (await take(1)) as Exit[]
    expect(exit).toMatchObject({ from: last.pid, reason: { first: 'reason' } })
  }),
]
