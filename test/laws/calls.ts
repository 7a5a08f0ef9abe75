import { expect } from 'vitest'
import { CallFailed } from '@bulkhead/core'
import type { ExitReason } from '@bulkhead/core'
import { Unreadable } from './fixtures/marked.ts'
import { law } from './law.ts'
import type { Law } from './law.ts'
import { Puppet, Starter } from './fixtures/puppet.ts'

/** Why a call failed. */
async function reasonOf(call: Promise<unknown>): Promise<ExitReason> {
  try {
    await call
  } catch (error) {
    expect(error).toBeInstanceOf(CallFailed)
    return (error as CallFailed).reason
  }
  throw new Error('it was answered')
}

export const callLaws: readonly Law[] = [
  law('what a handler returns is the reply, whatever it is (SRV-011)', async ({ puppet }) => {
    const { ref } = await puppet()
    for (const value of [undefined, null, 0, '', false, -0, 10n, 'text', [1, [2]], { a: { b: 1 } }]) {
      expect(await ref.call.echo(value)).toEqual(value)
    }
  }),

  law('an actor calls another directly, from node to node', async ({ puppet, stranger }) => {
    const [one, other] = [await puppet(), await stranger()]
    expect(await one.ref.call.call(other.ref, 'self', [])).toEqual({ reply: other.pid })
    expect(await other.ref.call.call(one.ref, 'echo', [{ deep: [1] }])).toEqual({ reply: { deep: [1] } })
  }),

  law('a reply given later answers the call (SRV-016)', async ({ puppet }) => {
    const { ref } = await puppet()
    const call = ref.call.keep()
    await ref.call.answerKept('later')
    expect(await call).toBe('later')
  }),

  law('a reply given by another actor, on another node, answers it (SRV-016)', async ({ puppet, stranger }) => {
    const [one, other] = [await puppet(), await stranger()]
    const call = one.ref.call.delegate(other.pid)
    const [{ message: from } = { message: undefined }] = (await other.heard(1)) as { message: unknown }[]
    // The right to reply travels on: whoever holds it answers.
    await other.do(['send', one.pid, { answer: from }])
    expect(await call).toBe('answered by message')
  }),

  law('a refusal fails the caller only (SRV-014)', async ({ puppet }) => {
    const { ref } = await puppet()
    await expect(ref.call.refuse('registered')).rejects.toMatchObject({ name: 'Overdrawn', missing: 5 })
    expect(await ref.call.echo('lives on')).toBe('lives on')
  }),

  law(
    'a server that ends without a reply: its exit reason is the caller’s (SRV-013, SRV-019)',
    async ({ puppet, stranger }) => {
      for (const reason of ['normal', 'shutdown', 'boom', { why: 1 }]) {
        const { ref } = await puppet()
        expect(await reasonOf(ref.call.stop(reason))).toEqual(reason)
      }
      const [one, other] = [await puppet(), await stranger()]
      const { failed } = (await one.ref.call.call(other.ref, 'stop', [{ far: 'reason' }])) as { failed: CallFailed }
      expect(failed).toBeInstanceOf(CallFailed)
      expect(failed.reason).toEqual({ far: 'reason' })
    },
  ),

  law(
    'a server that is killed: all who wait hear killed, also while their call lies in its mailbox (SRV-013)',
    async ({ self, puppet }) => {
      const { pid, ref } = await puppet()
      const calls = [ref.call.keep(), ref.call.keep()]
      ref.cast.block(60_000)
      calls.push(ref.call.keep())
      const reasons = Promise.all(calls.map(reasonOf))
      self.exit(pid, 'kill')
      expect(await reasons).toEqual(['killed', 'killed', 'killed'])
    },
  ),

  law('the last reply is sent, whatever the reason (SRV-018)', async ({ puppet, take, watch }) => {
    const { pid, ref } = await puppet()
    await watch(pid)
    expect(await ref.call.stopWith({ why: 'done' }, 'bye')).toBe('bye')
    expect(await take(1)).toMatchObject([{ reason: { why: 'done' } }])
  }),

  law(
    'time runs out for the caller only, and a late reply is nobody’s (SRV-014, SRV-015)',
    async ({ puppet, stranger }) => {
      const [one, other] = [await puppet(), await stranger()]
      expect(await reasonOf(other.ref.within(20).call.keep())).toBe('timeout')
      await other.ref.call.answerKept('late')
      expect(await other.ref.call.echo('lives on')).toBe('lives on')
      expect(await one.heardFrom(other)).toEqual([])
    },
  ),

  law(
    'an actor that has ended, and a name that nobody holds, are noproc at once (SRV-012)',
    async ({ self, puppet }) => {
      const { pid, ref } = await puppet()
      self.exit(pid, 'kill')
      expect(await self.isAlive(pid)).toBe(false)
      expect(await reasonOf(ref.call.echo(1))).toBe('noproc')
      expect(await reasonOf(self.named(Starter, 'nobody-at-all').call.how())).toBe('noproc')
    },
  ),

  law('calling oneself is calling_self (SRV-012)', async ({ puppet }) => {
    const one = await puppet({ name: 'itself' })
    const { failed } = (await one.ref.call.call(one.ref, 'self', [])) as { failed: CallFailed }
    expect(failed.reason).toBe('calling_self')
  }),

  law('a call that the server has not is undefined_call; it lives on', async ({ puppet }) => {
    const { ref } = await puppet()
    const unknown = ref.call as unknown as Record<string, () => Promise<unknown>>
    expect(await reasonOf(unknown['missing']!())).toBe('undefined_call')
    expect(await ref.call.echo(1)).toBe(1)
  }),

  law('arguments that do not decode are undecodable for the caller; the server lives on', async ({ puppet }) => {
    const { ref } = await puppet()
    expect(await reasonOf(ref.call.echo(new Unreadable()))).toBe('undecodable')
    expect(await ref.call.echo(1)).toBe(1)
  }),

  law('arguments and replies that cannot be sent are an error where they were made', async ({ puppet }) => {
    const { ref } = await puppet()
    await expect(ref.call.echo({ job: [() => 1] })).rejects.toMatchObject({
      code: 'not_sendable',
      path: 'arguments[0].job[0]',
    })
    expect(await ref.call.echo(1)).toBe(1)
    expect(await reasonOf(ref.call.badReply())).toMatchObject({ code: 'not_sendable' })
  }),

  law('a reference by name survives a restart', async ({ self, puppet, take, watch }) => {
    const first = await puppet({ name: 'phoenix' })
    const { pid } = first
    const named = self.named(Puppet, 'phoenix')
    expect(await named.call.self()).toBe(pid)
    await watch(pid)
    self.exit(pid, 'kill')
    await take(1)
    const second = await puppet({ name: 'phoenix' })
    expect(await named.call.self()).toBe(second.pid)
  }),
]
