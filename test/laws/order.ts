import { expect } from 'vitest'
import type { Down, Exit } from '@bulkhead/core'
import { Brief, Counter } from './fixtures/brief.ts'
import type { Step } from './fixtures/puppet.ts'
import { law } from './law.ts'
import type { Law } from './law.ts'

const count = 300

export const orderLaws: readonly Law[] = [
  law('messages of one sender arrive in the order sent', async ({ puppet, stranger }) => {
    const [one, other] = [await puppet(), await stranger()]
    await one.do(...Array.from({ length: count }, (_, i): Step => ['send', other.pid, i]))
    expect(await other.heardFrom(one)).toEqual(Array.from({ length: count }, (_, i) => ({ message: i })))
  }),

  law(
    'what two send at once comes in the order of each, in whatever order of both (PROC-013)',
    async ({ puppet, stranger }) => {
      const [one, other, receiver] = [await puppet(), await stranger(), await stranger()]
      const senders = [one, other]
      const numbers = Array.from({ length: count }, (_, i) => i)
      await Promise.all(
        senders.map(({ pid, do: uses }) => uses(...numbers.map((n): Step => ['send', receiver.pid, { pid, n }]))),
      )
      const heard = (await receiver.heard(2 * count)) as { message: { pid: string; n: number } }[]
      for (const { pid } of senders)
        expect(heard.filter(({ message }) => message.pid === pid).map(({ message }) => message.n)).toEqual(numbers)
    },
  ),

  law('calls, casts and messages of one sender are handled in the order sent (SRV-020)', async ({ self, puppet }) => {
    const { pid, ref, heard } = await puppet()
    const calls: Promise<unknown>[] = []
    for (let i = 0; i < count; i += 3) {
      calls.push(ref.call.note(i))
      ref.cast.note(i + 1)
      self.send(pid, i + 2)
    }
    await Promise.all(calls)
    const found = await heard(count)
    expect(found.map((each) => ('note' in each ? each.note : 'message' in each ? each.message : undefined))).toEqual(
      Array.from({ length: count }, (_, i) => i),
    )
  }),

  law('the order holds whatever address is used: pid, name, reference (PROC-014)', async ({ self, puppet }) => {
    const { pid, ref, heard } = await puppet({ name: 'ordered' })
    for (let i = 0; i < count; i++) self.send([pid, 'ordered', ref][i % 3] as typeof pid, i)
    expect(await heard(count)).toEqual(Array.from({ length: count }, (_, i) => ({ message: i })))
  }),

  law(
    'a trapping receiver hears message, exit signal, message in exactly that order (PROC-016)',
    async ({ puppet, stranger }) => {
      const [one, other] = [await puppet(), await stranger({ trapExit: true })]
      await one.do(['send', other.pid, 'before'], ['exit', other.pid, 'between'], ['send', other.pid, 'after'])
      expect(await other.heardFrom(one)).toEqual([
        { message: 'before' },
        { exit: 'between', from: one.pid },
        { message: 'after' },
      ])
    },
  ),

  law(
    'one that does not trap handles nothing that the same sender sent after the exit signal (PROC-016)',
    async ({ self, puppet, stranger, watch }) => {
      const [one, other] = [await puppet(), await stranger()]
      const ref = await watch(other.pid)
      const witness = await puppet()
      await one.do(['exit', other.pid, 'end'], ['send', other.pid, 'after'])
      const { failed } = (await one.ref.call.call(other.ref, 'note', ['after'])) as { failed?: unknown }
      expect(failed).toMatchObject({ reason: 'noproc' })
      expect(await witness.heard(0)).toEqual([])
      self.demonitor(ref, { flush: true })
    },
  ),

  law('everything sent before an end comes before EXIT and DOWN (PROC-015)', async ({ self, start, take, watch }) => {
    const counter = await start(Counter, [self.pid, 50])
    await watch(counter.pid)
    self.link(counter.pid)
    self.send(counter.pid, 'go')
    const found = await take(52)
    expect(found.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, i) => i))
    expect(found.slice(50).map((notice) => (notice as Exit | Down).reason)).toEqual(['counted', 'counted'])
  }),

  law(
    'link, unlink, monitor, demonitor, exit and messages of one pair keep their order (PROC-012)',
    async ({ puppet, stranger }) => {
      const [one, other] = [await puppet({ trapExit: true }), await stranger({ trapExit: true })]
      const [, , ref] = await one.do(
        ['link', other.pid],
        ['unlink', other.pid],
        ['monitor', other.pid],
        ['send', other.pid, 1],
        ['exit', other.pid, 'soft'],
        ['link', other.pid],
        ['send', other.pid, 2],
      )
      expect(await other.heardFrom(one)).toEqual([{ message: 1 }, { exit: 'soft', from: one.pid }, { message: 2 }])
      await one.do(['exit', other.pid, 'kill'])
      const found = await one.heard(2)
      expect(found).toHaveLength(2)
      expect(found).toContainEqual({ exit: 'killed', from: other.pid })
      expect(found).toContainEqual({ down: 'killed', ref, target: other.pid })
    },
  ),

  law('a question whether an actor is alive is answered in pair order (PROC-045)', async ({ puppet, stranger }) => {
    const [one, other] = [await puppet(), await stranger()]
    expect(await one.do(['isAlive', other.pid], ['exit', other.pid, 'kill'], ['isAlive', other.pid])).toEqual([
      true,
      true,
      false,
    ])
  }),

  law('a message to oneself is handled later, never in between (PROC-017)', async ({ puppet }) => {
    const one = await puppet()
    await one.do(['send', one.pid, 'first'], ['send', one.pid, 'second'])
    expect(await one.heard(2)).toEqual([{ message: 'first' }, { message: 'second' }])
  }),

  law(
    'an actor that ends at once is heard of after its start, with its own reason (PROC-004, PROC-005)',
    async ({ self, here, take }) => {
      for (const reason of ['at once', 'normal', { shutdown: 1 }]) {
        const outcome = await self.tryStart(Brief, [reason], { isolation: here, link: true, monitor: true })
        expect(outcome.kind).toBe('started')
        const notices = (await take(2)) as (Exit | Down)[]
        expect(notices.map((notice) => notice.reason)).toEqual([reason, reason])
      }
    },
  ),
]
