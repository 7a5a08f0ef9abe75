import { expect } from 'vitest'
import { nodeOf, sys } from '@bulkhead/core'
import { Clerk } from './fixtures/clerk.ts'
import { law } from './law.ts'
import type { Law } from './law.ts'

export const infoLaws: readonly Law[] = [
  law('info tells what an actor is: its sets are the current ones (PROC-072)', async ({ self, puppet, stranger }) => {
    const [one, other] = [await puppet({ name: 'looked-at', trapExit: true }), await stranger()]
    await one.tie('link', other.pid)
    await one.tie('monitor', other.pid)
    await other.tie('monitor', one.pid)
    const [beside] = (await other.do(['info', one.pid])) as [object]
    const found = (await self.info(one.pid))!
    expect(found).toMatchObject({
      behaviour: 'Puppet',
      registeredName: 'looked-at',
      status: 'waiting',
      trapExit: true,
      monitors: [other.pid],
      monitoredBy: [other.pid],
      messageQueueLen: 0,
      node: nodeOf(one.pid),
    })
    expect(found.links).toContain(other.pid)
    expect(found).not.toHaveProperty('messages')
    expect(beside).toEqual(found)
    await one.do(['unlink', other.pid], ['unregister', 'looked-at'])
    const { links, ...rest } = (await self.info(one.pid, ['links', 'registeredName']))!
    expect(links).not.toContain(other.pid)
    expect(rest).toEqual({ registeredName: undefined })
  }),

  law(
    'it is told while the actor is busy, with what waits in its mailbox (PROC-072)',
    async ({ self, start, take }) => {
      const clerk = await start(Clerk, [])
      clerk.cast.busy(self.pid)
      await take(1)
      clerk.cast.add({ n: 1 })
      self.send(clerk.pid, 'text')
      expect(await self.info(clerk, ['status', 'messages', 'messageQueueLen'])).toMatchObject({
        messages: [['add', { n: 1 }], 'text'],
        messageQueueLen: 2,
      })
      self.send(clerk.pid, 'go on')
      expect(await clerk.call.entries()).toEqual([{ n: 1 }, 'text'])
    },
  ),

  law(
    'of an actor that has ended, and of a name that nobody holds, it is undefined (PROC-072)',
    async ({ self, start }) => {
      const clerk = await start(Clerk, [])
      await sys.stop(clerk)
      expect(await self.info(clerk)).toBeUndefined()
      expect(await self.info('nobody-at-all')).toBeUndefined()
      await expect(self.info(clerk, ['age' as never])).rejects.toMatchObject({ field: 'items' })
    },
  ),
]
