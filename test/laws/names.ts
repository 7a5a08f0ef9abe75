import { expect } from 'vitest'
import { NameError } from '@bulkhead/core'
import { Starter } from './fixtures/puppet.ts'
import type { Step } from './fixtures/puppet.ts'
import { law } from './law.ts'
import type { Law, Strings } from './law.ts'

const found = async (name: string, ...seekers: readonly Strings[]): Promise<unknown[]> => {
  const pids: unknown[] = []
  for (const seeker of seekers) pids.push(...(await seeker.do(['whereis', name])))
  return pids
}

/** The code of the `NameError` with which a registration by a puppet fails. */
const refusal = async (puppet: Strings, ...step: Step): Promise<string> => {
  const { ref } = puppet
  const error = await ref.call.do([step]).then(
    () => undefined,
    (failure: { reason?: unknown }) => failure.reason ?? failure,
  )
  expect(error).toBeInstanceOf(NameError)
  return (error as NameError).code
}

export const nameLaws: readonly Law[] = [
  law(
    'a name that was registered is found on the actor’s own node at once, and soon everywhere',
    async ({ self, puppet, stranger }) => {
      const [one, other] = [await puppet(), await stranger()]
      const [, own] = await one.do(['register', 'known'], ['whereis', 'known'])
      expect(own).toBe(one.pid)
      expect(await other.do(['available', 'known'], ['whereis', 'known'])).toEqual([one.pid, one.pid])
      expect(self.whereis('known')).toBe(one.pid)
    },
  ),

  law('a taken name is refused everywhere (PROC-070)', async ({ self, puppet, stranger }) => {
    await puppet({ name: 'taken' })
    expect(await refusal(await stranger(), 'register', 'taken')).toBe('name_taken')
    expect(await refusal(await puppet(), 'register', 'taken')).toBe('name_taken')
    await expect(self.register('taken')).rejects.toMatchObject({ code: 'name_taken' })
  }),

  law('an actor has one name (PROC-070)', async ({ puppet }) => {
    expect(await refusal(await puppet({ name: 'first-name' }), 'register', 'second-name')).toBe('already_named')
  }),

  law(
    'whoever hears of the end of its owner finds a name free, and can register it (PROC-055)',
    async ({ self, puppet, stranger }) => {
      const [near, far] = [await puppet(), await stranger()]
      for (const watcher of [near, far]) {
        const owner = await puppet({ name: 'inherited' })
        await watcher.tie('monitor', owner.pid)
        self.exit(owner.pid, 'boom')
        await watcher.heard(1)
        expect(
          await watcher.do(['whereis', 'inherited'], ['register', 'inherited'], ['unregister', 'inherited']),
        ).toEqual([undefined, undefined, undefined])
      }
    },
  ),

  law('unregister frees a name; an unknown one is refused (PROC-071)', async ({ self, puppet, stranger }) => {
    const [one, other] = [await puppet({ name: 'freed' }), await stranger()]
    await one.do(['unregister', 'freed'])
    await other.do(['register', 'freed'])
    expect(self.whereis('freed')).toBe(other.pid)
    expect(await refusal(await puppet(), 'unregister', 'never-registered')).toBe('not_registered')
  }),

  law(
    'an actor of another node can be named; one that has ended cannot (PROC-070)',
    async ({ self, puppet, stranger, take, watch }) => {
      const [one, other] = [await puppet(), await stranger()]
      await one.do(['register', 'godchild', other.pid])
      expect(await found('godchild', one, other)).toEqual([other.pid, other.pid])
      await watch(other.pid)
      self.exit(other.pid, 'kill')
      await take(1)
      expect(await refusal(one, 'register', 'ghost', other.pid)).toBe('noproc')
      expect(self.whereis('ghost')).toBeUndefined()
    },
  ),

  law('of many that register one name at once, one gets it', async ({ puppet, stranger }) => {
    const rivals = [await puppet(), await stranger(), await puppet(), await stranger()]
    const outcomes = await Promise.allSettled(rivals.map((rival) => rival.do(['register', 'prize'])))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  }),

  law('a named start that fails leaves its name free (SRV-003, SRV-008)', async ({ self, here, puppet }) => {
    expect(await self.tryStart(Starter, ['throw'], { isolation: here, name: 'stillborn' })).toMatchObject({
      kind: 'failed',
    })
    expect(self.whereis('stillborn')).toBeUndefined()
    const { pid } = await puppet({ name: 'stillborn' })
    expect(await self.tryStart(Starter, ['ok'], { isolation: here, name: 'stillborn' })).toEqual({
      kind: 'failed',
      reason: { already_started: pid },
    })
  }),
]
