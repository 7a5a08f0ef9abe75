import type { Down } from '@bulkhead/core'
import type { Strings } from '../../../laws/law.ts'
import { inErlang } from '../../in-erlang.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage } from '../../stage.ts'
import { alive, down, gone, labelled, links, told } from './telling.ts'

/** A trapper links to one that has ended: what the link returns, and what it hears. */
async function trapped(stage: ConformanceStage): Promise<unknown[]> {
  const pid = await gone(stage)
  const trapper = await stage.puppet({ trapExit: true })
  const [returned] = await trapper.do(['link', pid])
  return [['returned', returned], (await trapper.heard(1)).map((each) => told(each, labelled({ gone: pid })))]
}

/** What one ends with that does not trap and links to one that has ended. */
async function untrapped(stage: ConformanceStage): Promise<unknown> {
  const pid = await gone(stage)
  const plain = await stage.puppet()
  await stage.watch(plain.pid)
  plain.ref.cast.do([['link', pid]])
  return inErlang(((await stage.take(1)) as [Down])[0].reason)
}

export const linking: readonly ItemTest[] = [
  item('PROC-025', async ({ self, puppet, stranger }) => {
    const [a, b] = [await puppet({ trapExit: true }), await stranger({ trapExit: true })]
    const [itself] = await a.do(['link', a.pid])
    const alone = await links(self, a)
    await a.do(['link', b.pid], ['link', b.pid])
    await b.do(['link', a.pid])
    await b.heardFrom(a)
    await a.heardFrom(b)
    const linked = [await links(self, a), await links(self, b)]
    self.exit(b.pid, 'kill')
    const exits = (await a.heard(1)).map((each) => told(each, labelled({ b })))
    const [c, d] = [await puppet(), await stranger({ trapExit: true })]
    await c.tie('link', d.pid)
    self.exit(c.pid, 'other_way')
    const back = (await d.heard(1)).map((each) => told(each, labelled({ c })))
    // Asked of the dead: its answer is the last that comes from it.
    await a.do(['isAlive', b.pid])
    const more = (await a.heard(0)).length - 1
    return { self: itself, 'links to itself': alone, links: linked, exits, back, more }
  }),

  item('PROC-026', async ({ self, puppet, stranger, take, watch }) => {
    const removed = async (remover: 'a' | 'b'): Promise<unknown> => {
      const [a, b] = [await puppet(), await stranger()]
      await a.tie('link', b.pid)
      const [who, of] = remover === 'a' ? [a, b] : [b, a]
      const [said] = await who.do(['unlink', of.pid])
      await of.heardFrom(who)
      const left = [await links(self, a), await links(self, b)]
      await watch(b.pid)
      self.exit(b.pid, 'boom')
      await take(1)
      await a.do(['isAlive', b.pid])
      return { said, links: left, partner: await alive(self, a) }
    }
    const [c, d] = [await puppet(), await stranger()]
    return { a: await removed('a'), b: await removed('b'), stranger: (await c.do(['unlink', d.pid]))[0] }
  }),

  item('PROC-027', async ({ self, puppet, stranger }) => {
    const [a, b, trapper] = [await puppet(), await stranger(), await puppet({ trapExit: true })]
    await a.tie('link', b.pid)
    await a.tie('link', trapper.pid)
    await b.tie('link', trapper.pid)
    const before = await links(self, a)
    b.ref.cast.do([['exit', 'normal']])
    const heard = (await trapper.heard(1)).map((each) => told(each, labelled({ b })))
    await a.do(['isAlive', b.pid])
    return { before, partner: await alive(self, a), 'links then': await links(self, a), trapper: heard }
  }),

  item('PROC-028', async ({ puppet, stranger, take, watch }) => {
    const reasonsOf = async (reason: unknown): Promise<unknown[]> => {
      const chain: Strings[] = []
      for (let i = 0; i < 5; i++) chain.push(i % 2 === 0 ? await puppet() : await stranger())
      for (let i = 1; i < chain.length; i++) await chain[i]!.tie('link', chain[i - 1]!.pid)
      for (const { pid } of chain) await watch(pid)
      chain[0]!.ref.cast.do([['exit', reason]])
      const downs = (await take(5)) as Down[]
      if (new Set(downs.map(({ target }) => target)).size !== 5) throw new Error('not one for each')
      return downs.map((each) => inErlang(each.reason))
    }
    return {
      boom: await reasonsOf('boom'),
      shutdown: await reasonsOf('shutdown'),
      compound: await reasonsOf(['some', [1, 'reason']]),
    }
  }),

  // The remote form everywhere: an exit signal, which ends one that does not trap; nothing is raised.
  differing(
    'PROC-029',
    { trapper: [['returned', true], [['EXIT', 'gone', 'noproc']]], plain: 'noproc' },
    async (stage) => ({ trapper: await trapped(stage), plain: await untrapped(stage) }),
  ),

  item('PROC-030', async (stage) => ({ trapper: await trapped(stage), plain: await untrapped(stage) })),

  item('PROC-031', async ({ self, puppet, stranger }) => {
    const [plain, trapper, peer] = [await puppet(), await puppet({ trapExit: true }), await stranger()]
    for (const each of [plain, trapper]) await each.tie('link', peer.pid)
    await plain.do(['unlink', peer.pid])
    await trapper.do(['unlink', peer.pid], ['exit', peer.pid, 'boom'], ['isAlive', peer.pid])
    await plain.do(['isAlive', peer.pid])
    return { plain: await alive(self, plain), trapper: await trapper.heard(0) }
  }),

  item('PROC-032', async ({ puppet, stranger }) => {
    const [trapper, peer] = [await puppet({ trapExit: true }), await stranger()]
    // All in one handler, so nothing is taken from the mailbox; the answer comes after the EXIT.
    const [, , dead, unlinked] = await trapper.do(
      ['link', peer.pid],
      ['exit', peer.pid, 'boom'],
      ['isAlive', peer.pid],
      ['unlink', peer.pid],
    )
    if (dead !== false) throw new Error('the peer lives')
    return { unlink: unlinked, mailbox: (await trapper.heard(1)).map((each) => told(each, labelled({ peer }))) }
  }),

  item('PROC-033', async (stage) => {
    const { self, puppet, stranger } = stage
    const [trapper, peer] = [await puppet({ trapExit: true }), await stranger()]
    await trapper.do(['link', peer.pid], ['unlink', peer.pid], ['isAlive', peer.pid])
    self.exit(peer.pid, 'old_reason')
    await down(stage, peer.pid)
    const [linked] = await trapper.do(['link', peer.pid], ['isAlive', peer.pid])
    return { link: linked, heard: (await trapper.heard(1)).map((each) => told(each, labelled({ peer }))) }
  }),

  item('PROC-034', async ({ self, puppet, stranger }) => {
    const [trapper, peer] = [await puppet({ trapExit: true }), await stranger()]
    await trapper.tie('link', peer.pid)
    await peer.do(['exit', trapper.pid, 'by_hand'])
    const first = (await trapper.heard(1)).length
    self.exit(peer.pid, 'by_link')
    return { first, heard: (await trapper.heard(2)).map((each) => told(each, labelled({ peer }))) }
  }),
]
