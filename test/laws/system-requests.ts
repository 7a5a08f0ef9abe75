import { expect } from 'vitest'
import { sys } from '@bulkhead/core'
import type { Pid } from '@bulkhead/core'
import { Clerk, Porter } from './fixtures/clerk.ts'
import { law } from './law.ts'
import type { Law } from './law.ts'
import { patienceMs } from './stage.ts'

export const systemLaws: readonly Law[] = [
  law(
    'a suspended server keeps its mail and answers system requests; resumed, it handles what came in order (SRV-047)',
    async ({ start }) => {
      const clerk = await start(Clerk, [])
      await sys.suspend(clerk)
      await sys.suspend(clerk)
      clerk.cast.add(1)
      const asked = clerk.call.add(2)
      clerk.cast.add(3)
      expect(await sys.getState(clerk)).toMatchObject({ entries: [] })
      expect(await sys.getStatus(clerk)).toMatchObject({ status: 'suspended' })
      await sys.resume(clerk)
      await sys.resume(clerk)
      expect(await asked).toBe(2)
      expect(await clerk.call.entries()).toEqual([1, 2, 3])
      expect(await sys.getStatus(clerk)).toMatchObject({ status: 'running' })
    },
  ),

  law('a system request stands in the mailbox behind what was sent before it', async ({ start }) => {
    const clerk = await start(Clerk, [])
    for (let i = 0; i < 50; i++) clerk.cast.add(i)
    const state = sys.getState(clerk)
    clerk.cast.add('later')
    expect(await state).toMatchObject({ entries: Array.from({ length: 50 }, (_, i) => i) })
  }),

  law(
    'getState gives a copy, and fails as a call does: noproc, timeout (SRV-048)',
    async ({ self, start, take, watch }) => {
      const clerk = await start(Clerk, [])
      const state = (await sys.getState(clerk)) as { entries: unknown[] }
      state.entries.push('mine')
      expect(await clerk.call.entries()).toEqual([])
      clerk.cast.busy()
      await expect(sys.getState(clerk.within(20))).rejects.toMatchObject({
        code: 'timeout',
        call: 'sys.getState',
      })
      self.send(clerk.pid, 'go on')
      expect(await clerk.call.entries()).toEqual([])
      await watch(clerk.pid)
      self.exit(clerk.pid, 'kill')
      await take(1)
      await expect(sys.getState(clerk)).rejects.toMatchObject({ code: 'noproc' })
    },
  ),

  law(
    'replaceState gives the new state; nothing is handled meanwhile; when its function fails all stays (SRV-049)',
    async ({ start }) => {
      const clerk = await start(Clerk, [])
      let asked: Promise<unknown> | undefined
      const next = await sys.replaceState(clerk, (state: { entries: unknown[] }) => {
        asked = clerk.call.add('after')
        return { ...state, entries: ['replaced'] }
      })
      expect(next.entries).toEqual(['replaced'])
      expect(await asked).toBe(2)
      expect(await clerk.call.entries()).toEqual(['replaced', 'after'])
      const failing = (): never => {
        throw new RangeError('no')
      }
      await expect(sys.replaceState(clerk, failing)).rejects.toMatchObject({
        code: 'callback_failed',
        cause: { message: 'no' },
      })
      expect(await clerk.call.entries()).toEqual(['replaced', 'after'])
    },
  ),

  law('one that ends while it replaces a state leaves the server free, with its state', async ({ self, start }) => {
    const clerk = await start(Clerk, [])
    const { promise: holds, resolve } = Promise.withResolvers<void>()
    const pid = await self.spawn((other) =>
      sys.replaceState(other.ref(Clerk, clerk.pid), () => {
        resolve()
        return new Promise(() => undefined)
      }),
    )
    await holds
    const [asked, looked] = [clerk.call.add(1), sys.getState(clerk)]
    self.exit(pid, 'kill')
    expect(await asked).toBe(1)
    expect(await looked).toMatchObject({ entries: [1] })
  }),

  law(
    'a suspended server obeys its parent’s exit: terminate runs when it traps (SRV-050)',
    async ({ self, here, take }) => {
      const { promise: started, resolve } = Promise.withResolvers<Pid>()
      const parent = await self.spawn(async (other) => {
        const ref = await other.startLink(Clerk, [self.pid], { isolation: here })
        resolve(ref.pid as Pid)
        await other.receive((on) => on.with('never', () => undefined))
      })
      const clerk = self.ref(Clerk, await started).within(patienceMs)
      await sys.suspend(clerk)
      clerk.cast.add('unread')
      self.exit(parent, 'shutdown')
      expect(await take(1)).toEqual([{ lastWord: 'shutdown', entries: [] }])
    },
  ),

  law(
    'a status says what an actor is and does, redacted by its behaviour (SRV-051, SRV-052)',
    async ({ self, start }) => {
      const clerk = await start(Clerk, [])
      await clerk.call.add('password')
      expect(await sys.getStatus(clerk)).toMatchObject({
        pid: clerk.pid,
        behaviour: 'Clerk',
        status: 'running',
        state: { entries: ['password'], secret: 'hidden' },
        lastMessage: ['add', 'hidden'],
        log: [],
      })
      expect((await sys.getStatus(clerk)).parent).not.toBe(self.pid)
    },
  ),

  law(
    'statistics, log and installed observers tell what it takes and answers, and can be switched off (SRV-051)',
    async ({ self, start, take }) => {
      const clerk = await start(Clerk, [])
      expect(await sys.getStatistics(clerk)).toBe('no_statistics')
      await sys.statistics(clerk, true)
      await sys.log(clerk, 3)
      await sys.install(clerk, self.pid)
      await clerk.call.add('password')
      clerk.cast.add(1)
      const seen = [
        { event: 'in', kind: 'call', from: self.pid, message: ['add', 'hidden'] },
        { event: 'out', kind: 'reply', to: self.pid, reply: 1, state: { entries: ['password'], secret: 'hidden' } },
        { event: 'in', kind: 'cast', from: self.pid, message: ['add', 1] },
        { event: 'noreply', state: { entries: ['password', 1], secret: 'hidden' } },
      ]
      expect(await take(4)).toEqual(seen)
      expect(await sys.getLog(clerk)).toEqual(seen.slice(1))
      expect(await sys.getStatistics(clerk)).toMatchObject({ messagesIn: 2, messagesOut: 1 })
      await sys.remove(clerk, self.pid)
      await sys.log(clerk, false)
      await sys.statistics(clerk, false)
      await clerk.call.add(2)
      expect(await sys.getLog(clerk)).toEqual([])
      expect(await sys.getStatistics(clerk)).toBe('no_statistics')
      await expect(
        self.receive((on) => on.with({ event: 'in' }, () => 'seen').after(0, () => 'nothing')),
      ).resolves.toBe('nothing')
    },
  ),

  law(
    'an actor of receive answers while it waits in one: suspended, it takes nothing and nothing runs out',
    async ({ self, start, take }) => {
      const porter = await start(Porter, [self.pid, patienceMs * 10])
      await sys.suspend(porter)
      self.send(porter.pid, { pass: 1 })
      expect(await sys.getStatus(porter)).toMatchObject({ behaviour: 'Porter', status: 'suspended' })
      await expect(sys.getState(porter)).rejects.toMatchObject({ code: 'no_state' })
      expect((await self.info(porter, ['messageQueueLen']))?.messageQueueLen).toBe(1)
      await sys.resume(porter)
      expect(await take(1)).toEqual([{ pass: 1 }])
      await sys.stop(porter, 'shutdown')
      expect(await self.isAlive(porter)).toBe(false)
    },
  ),

  law(
    'stop ends a server in order and waits until it is gone: terminate has run (SRV-045)',
    async ({ self, start, take }) => {
      for (const reason of ['normal', 'shutdown', { shutdown: { why: 'done' } }]) {
        const clerk = await start(Clerk, [self.pid])
        clerk.cast.add(1)
        await sys.stop(clerk, reason)
        expect(await take(1)).toEqual([{ lastWord: reason, entries: [1] }])
        expect(await self.isAlive(clerk)).toBe(false)
        await expect(sys.stop(clerk)).rejects.toMatchObject({ code: 'noproc' })
      }
    },
  ),

  law(
    'stop fails with the reason of another end, and with timeout when there is none in time; then it comes later (SRV-046)',
    async ({ self, start, take }) => {
      const [one, slow] = [await start(Clerk, [self.pid]), await start(Clerk, [self.pid])]
      one.cast.add('otherwise')
      await expect(sys.stop(one)).rejects.toMatchObject({ code: 'exited', reason: 'otherwise' })
      slow.cast.add('slow')
      await expect(sys.stop(slow, 'shutdown', 20)).rejects.toMatchObject({ code: 'timeout' })
      self.send(slow.pid, 'go on')
      expect(await take(1)).toMatchObject([{ lastWord: 'shutdown' }])
    },
  ),

  law('a full mailbox takes system requests all the same', async ({ start }) => {
    const clerk = await start(Clerk, [], { mailbox: { count: 1 } })
    await sys.suspend(clerk)
    clerk.cast.add(1)
    await expect(clerk.call.add(2)).rejects.toMatchObject({ code: 'overloaded' })
    expect(await sys.getState(clerk)).toMatchObject({ entries: [] })
    await sys.resume(clerk)
    expect(await clerk.call.entries()).toEqual([1])
  }),
]
