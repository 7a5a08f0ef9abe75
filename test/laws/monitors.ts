import { expect } from 'vitest'
import { law } from './law.ts'
import type { Law } from './law.ts'

export const monitorLaws: readonly Law[] = [
  law('each of several monitors reports the end once (PROC-046, PROC-047)', async ({ self, puppet, stranger }) => {
    const [one, other] = [await puppet(), await stranger()]
    const refs = (await one.do(
      ['monitor', other.pid],
      ['monitor', other.pid],
      ['monitor', other.pid],
      ['isAlive', other.pid],
    )) as number[]
    self.exit(other.pid, 'boom')
    const found = await one.heard(3)
    expect(found).toHaveLength(3)
    for (const ref of refs.slice(0, 3)) expect(found).toContainEqual({ down: 'boom', ref, target: other.pid })
  }),

  law(
    'an actor that has ended is noproc, and so is a name that nobody holds (PROC-048, PROC-049)',
    async ({ self, puppet, stranger }) => {
      const [one, other] = [await puppet(), await stranger()]
      self.exit(other.pid, 'kill')
      expect(await self.isAlive(other.pid)).toBe(false)
      const [gone, nobody] = (await one.do(['monitor', other.pid], ['monitor', 'nobody-at-all'])) as number[]
      const found = await one.heard(2)
      expect(found).toContainEqual({ down: 'noproc', ref: gone, target: other.pid })
      expect(found).toContainEqual({ down: 'noproc', ref: nobody, target: 'nobody-at-all' })
    },
  ),

  law(
    'by name it reports the name, and stays with the actor that had it (PROC-049, PROC-050)',
    async ({ self, puppet, stranger }) => {
      const [one, other, next] = [await puppet(), await stranger({ name: 'watched' }), await puppet()]
      const ref = await one.tie('monitor', 'watched')
      await other.do(['unregister', 'watched'])
      await next.do(['register', 'watched'])
      self.exit(next.pid, 'not me')
      expect(await self.isAlive(next.pid)).toBe(false)
      self.exit(other.pid, 'me')
      expect(await one.heard(1)).toEqual([{ down: 'me', ref, target: 'watched' }])
    },
  ),

  law(
    'after demonitor no DOWN comes; with info it says whether the monitor was active (PROC-051, PROC-052)',
    async ({ self, puppet, stranger, take, watch }) => {
      const [one, other] = [await puppet(), await stranger()]
      const [ref] = (await one.do(['monitor', other.pid])) as [number]
      const info = { info: true }
      expect(await one.do(['demonitor', ref, info], ['demonitor', ref, info], ['demonitor', ref])).toEqual([
        true,
        false,
        true,
      ])
      await watch(other.pid)
      self.exit(other.pid, 'boom')
      await take(1)
      expect(await one.heard(0)).toEqual([])
    },
  ),

  law(
    'it is one-way: the watched hears nothing of the watcher’s end (PROC-053)',
    async ({ self, puppet, stranger, take, watch }) => {
      const [one, other] = [await puppet(), await stranger({ trapExit: true })]
      await one.tie('monitor', other.pid)
      await watch(one.pid)
      self.exit(one.pid, 'boom')
      await take(1)
      expect(await other.heardFrom(await puppet())).toEqual([])
    },
  ),

  law('watchers on several nodes all hear the same reason', async ({ self, puppet, stranger, take, watch }) => {
    const [victim, near, far] = [await puppet(), await puppet(), await stranger()]
    const reason = { parts: ['same', new Map([['for', 'all']])] }
    await near.tie('monitor', victim.pid)
    await far.tie('monitor', victim.pid)
    await watch(victim.pid)
    self.exit(victim.pid, reason)
    expect(await near.heard(1)).toMatchObject([{ down: reason }])
    expect(await far.heard(1)).toMatchObject([{ down: reason }])
    expect(await take(1)).toMatchObject([{ reason }])
  }),
]
