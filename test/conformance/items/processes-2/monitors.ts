import { defineActor, Down } from '@bulkhead/core'
import type { ActorInfo, ActorSelf, Isolation, Pid } from '@bulkhead/core'
import { definePlayer, next, nextOr, queued, startPuppet, until } from '../../fixtures/processes-2-player.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import { heardWords, outcome, words } from './words.ts'

const ends = {
  returns: () => undefined,
  normal: (self) => self.exit('normal'),
  shutdown: (self) => self.exit('shutdown'),
  boom: (self) => self.exit('boom'),
  crash: () => {
    throw new Error('crashed')
  },
  signal: (self) => self.exit(self.pid, 'signal'),
  kill: (self) => self.exit(self.pid, 'kill'),
} satisfies Readonly<Record<string, (self: ActorSelf) => unknown>>

/** Ends in one of the ways that there are, when it is told to. */
export const Mortal = defineActor(import.meta, 'Mortal', async (self, how: keyof typeof ends) => {
  await self.receive((on) => on.with('go', () => undefined))
  ends[how](self)
  // A signal to oneself acts before anything else is done.
  if (how === 'signal' || how === 'kill') await new Promise(() => undefined)
})

/** Kills it; what it told others is there, too. */
async function kill(self: ActorSelf, pid: Pid): Promise<void> {
  self.exit(pid, 'kill')
  await self.isAlive(pid)
}

const dead = async (self: ActorSelf, there: Isolation): Promise<Pid> => {
  const pid = await startPuppet(self, there)
  await kill(self, pid)
  return pid
}

const play = definePlayer(import.meta, {
  ends: async (self, there: Isolation) => {
    const seen: [string, unknown][] = []
    for (const how of Object.keys(ends) as (keyof typeof ends)[]) {
      const { pid } = await self.start(Mortal, [how], { isolation: there })
      self.monitor(pid!)
      self.send(pid!, 'go')
      const down = await next(self)
      await self.isAlive(pid!)
      seen.push([how, [words(down, new Map([[pid, 'victim']])), await nextOr(self, 'quiet')]])
    }
    return Object.fromEntries(seen)
  },

  several: async (self, there: Isolation) => {
    const victim = await startPuppet(self, there)
    const refs = [1, 2, 3].map(() => self.monitor(victim))
    self.exit(victim, 'boom')
    const told = new Set<unknown>()
    for (const _ of refs) {
      const down = (await next(self)) as Down
      if (down.target === victim && down.reason === 'boom') told.add(down.ref)
    }
    await self.isAlive(victim)
    return { refs: new Set(refs).size, told: refs.every((ref) => told.has(ref)), more: await nextOr(self, 'quiet') }
  },

  dead: async (self, there: Isolation) => {
    const pid = await dead(self, there)
    const ref = self.monitor(pid)
    const down = (await next(self)) as Down
    return {
      returned: typeof ref === 'number' ? 'ref' : ref,
      down: words(down, new Map([[pid, 'dead']])),
      same: down.ref === ref,
    }
  },

  named: async (self, there: Isolation) => {
    const watched = await startPuppet(self, there, 'proc_049')
    self.monitor('proc_049')
    self.monitor('proc_049_nobody')
    const nobody = await next(self)
    self.exit(watched, 'boom')
    return [words(nobody), words(await next(self))]
  },

  resolvedOnce: async (self, there: Isolation) => {
    const [first, other] = [await startPuppet(self, there, 'proc_050'), await startPuppet(self, there)]
    self.monitor('proc_050')
    await self.unregister('proc_050')
    await self.register('proc_050', other)
    self.exit(other, 'not_me')
    await self.isAlive(other)
    const early = await nextOr(self, 'quiet')
    self.exit(first, 'me')
    return { early, down: words(await next(self)) }
  },

  removed: async (self, there: Isolation) => {
    const [removed, kept, flushed] = [
      await startPuppet(self, there),
      await startPuppet(self, there),
      await startPuppet(self, there),
    ]
    self.demonitor(self.monitor(removed))
    await kill(self, removed)
    const none = await nextOr(self, 'nothing')
    const two = self.monitor(kept)
    await kill(self, kept)
    await queued(self, 1)
    self.demonitor(two)
    const stayed = await nextOr(self, 'nothing')
    const three = self.monitor(flushed)
    await kill(self, flushed)
    await queued(self, 1)
    self.demonitor(three, { flush: true })
    return {
      removed: none,
      queued: words(stayed, new Map([[kept, 'victim']])),
      flushed: words(await nextOr(self, 'nothing')),
    }
  },

  answers: async (self, there: Isolation) => {
    const [alive, gone] = [await startPuppet(self, there), await dead(self, there)]
    const refs = async (): Promise<Record<string, number>> => {
      const [active, removed, fired] = [self.monitor(alive), self.monitor(alive), self.monitor(gone)]
      self.demonitor(removed)
      await next(self)
      return { active, removed, fired, unknown: 987_654_321 }
    }
    const each = async (options?: { readonly info: boolean }): Promise<unknown> =>
      Object.fromEntries(Object.entries(await refs()).map(([how, ref]) => [how, self.demonitor(ref, options)]))
    const [plain, info] = [await each(), await each({ info: true })]
    const fired = self.monitor(gone)
    await queued(self, 1)
    const both = { info: true, flush: true }
    return {
      plain,
      info,
      info_and_flush: [
        self.demonitor(fired, both),
        await nextOr(self, 'nothing'),
        self.demonitor(self.monitor(alive), both),
      ],
      not_a_ref: outcome(() => self.demonitor('not_a_ref' as never)),
      bad_option: outcome(() => self.demonitor(self.monitor(alive), { flus: true } as never)),
    }
  },

  tagged: async (self, there: Isolation) => {
    const victim = await startPuppet(self, there)
    const seen: unknown[] = []
    const hear = async (): Promise<void> => {
      seen.push(words(await next(self), new Map([[victim, 'victim']])))
    }
    self.monitor(victim, { tag: 'mine' })
    self.exit(victim, 'boom')
    await hear()
    self.monitor(victim, { tag: ['mine', 2] })
    await hear()
    self.monitor('proc_054_nobody', { tag: 'nobody' })
    await hear()
    return seen
  },

  inherits: async (self, there: Isolation) => {
    self.trapExit = true
    const seen: unknown[] = []
    for (const tie of ['monitor', 'link'] as const) {
      const owner = await startPuppet(self, there, 'proc_055')
      self[tie](owner)
      self.exit(owner, 'kill')
      const notice = await next(self)
      const found = self.whereis('proc_055') ?? null
      const registered = await self.register('proc_055').then(
        () => true,
        (error: unknown) => error,
      )
      if (registered === true) await self.unregister('proc_055')
      seen.push([notice instanceof Down ? 'DOWN' : 'EXIT', found, registered])
    }
    return seen
  },
})

export const monitors: readonly ItemTest[] = [
  item('PROC-046', (stage) => play(stage, 'ends', stage.there)),
  item('PROC-047', (stage) => play(stage, 'several', stage.there)),
  item('PROC-048', (stage) => play(stage, 'dead', stage.there)),
  item('PROC-049', (stage) => play(stage, 'named', stage.there)),
  item('PROC-050', (stage) => play(stage, 'resolvedOnce', stage.there)),
  item('PROC-051', (stage) => play(stage, 'removed', stage.there)),
  item('PROC-052', (stage) => play(stage, 'answers', stage.there)),

  item('PROC-053', async ({ self, puppet, stranger }) => {
    const [watcher, watched] = [await puppet(), await stranger({ trapExit: true })]
    const watchers = async (): Promise<readonly Pid[]> =>
      ((await self.info(watched.pid, ['monitoredBy'])) as ActorInfo).monitoredBy
    await watcher.tie('monitor', watched.pid)
    const before = (await watchers()).map((pid) => (pid === watcher.pid ? 'watcher' : pid))
    self.exit(watcher.pid, 'kill')
    await until(self, async () => (await watchers()).length, 0)
    return {
      before,
      after: await watchers(),
      heard: heardWords(await watched.heard(0)),
      alive: await self.isAlive(watched.pid),
    }
  }),

  item('PROC-054', (stage) => play(stage, 'tagged', stage.there)),
  item('PROC-055', (stage) => play(stage, 'inherits', stage.there)),
]
