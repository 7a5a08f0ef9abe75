import { expect } from 'vitest'
import { nodeOf, ROOT } from '@bulkhead/core'
import type { Down, Pid, StartFailed } from '@bulkhead/core'
import { Brief, Careful } from './fixtures/brief.ts'
import { Puppet, Starter } from './fixtures/puppet.ts'
import { law } from './law.ts'
import type { Law } from './law.ts'

export const startLaws: readonly Law[] = [
  law('an actor knows where it is and who started it', async ({ self, here }) => {
    const ref = await self.start(Puppet, [false], { isolation: here, id: 'child' })
    expect(await ref.call.where()).toEqual({
      node: nodeOf(ref.pid as Pid),
      path: `${self.path}/child`,
      parent: self.pid,
    })
    self.exit(ref.pid as Pid, 'kill')
  }),

  law('actors live where they were placed: on one node, or on two', async ({ self, here, there, puppet, stranger }) => {
    const nodes = [self, await puppet(), await stranger()].map(({ pid }) => nodeOf(pid))
    const placed = here === 'inline' && there === 'inline' ? [nodes[0], nodes[0], nodes[0]] : [ROOT, nodes[1], nodes[2]]
    expect(nodes).toEqual(placed)
    expect(new Set(nodes).size).toBe(here === 'inline' ? 1 : 3)
  }),

  law(
    'a child that ends at once is never noproc, for link and monitor (PROC-004, PROC-005, PROC-006)',
    async ({ self, here, there, take }) => {
      for (const isolation of [here, there]) {
        for (let i = 0; i < 20; i++) {
          const outcome = await self.tryStart(Brief, [{ n: i }], { isolation, link: true, monitor: true })
          if (outcome.kind !== 'started') throw new Error(outcome.kind)
          const notices = await take(2)
          expect(notices).toContainEqual(expect.objectContaining({ from: outcome.pid, reason: { n: i } }))
          expect(notices).toContainEqual(
            expect.objectContaining({ ref: outcome.monitor, target: outcome.pid, reason: { n: i } }),
          )
        }
      }
    },
  ),

  law(
    'a start that fails is a rejection with the reason, then nothing (SRV-002, SRV-005, PROC-076)',
    async ({ self, here, puppet }) => {
      const options = { isolation: here, link: true, monitor: true }
      const thrown = await self.tryStart(Starter, ['throw'], options)
      expect(thrown).toMatchObject({ kind: 'failed', reason: { message: 'coded', code: 'E_CODED' } })
      for (const how of ['stop', 'exit'] as const) {
        expect(await self.tryStart(Starter, [how, { why: how }], options)).toEqual({
          kind: 'failed',
          reason: { why: how },
        })
      }
      await expect(self.startLink(Starter, ['stop', 'no'], { isolation: here })).rejects.toMatchObject({
        code: 'start_failed',
        reason: 'no',
      } satisfies Partial<StartFailed>)
      // Whatever else of them was on its way would be here by now.
      const { ref } = await puppet()
      await ref.call.echo('and then')
      await expect(
        self.receive((on) =>
          on.with({ reason: expect.anything() as never }, (found) => found).after(0, () => 'nothing'),
        ),
      ).resolves.toBe('nothing')
    },
  ),

  law(
    'the start of an actor that acknowledges is over when it says so; an end before that is the reason (PROC-074, PROC-075)',
    async ({ self, here, take }) => {
      const options = { isolation: here, link: true, monitor: true }
      const started = await self.tryStart(Careful, ['start', self.pid], options)
      expect(await take(1)).toEqual(['nothing'])
      if (started.kind !== 'started') throw new Error(started.kind)
      self.send(started.pid, 'end')
      expect(await take(2)).toMatchObject([{ reason: 'normal' }, { reason: 'normal' }])
      expect(await self.tryStart(Careful, ['end', self.pid], options)).toEqual({ kind: 'failed', reason: 'normal' })
      expect(await self.tryStart(Careful, ['crash', self.pid], options)).toMatchObject({
        reason: { message: 'not yet' },
      })
      expect(await self.tryStart(Careful, ['hang', self.pid], { ...options, timeoutMs: 100 })).toEqual({
        kind: 'failed',
        reason: 'timeout',
      })
      // Acknowledged is started, whatever comes next: then there is an EXIT and a DOWN of it, and of no other.
      expect(await self.tryStart(Careful, ['start and end', self.pid], options)).toMatchObject({ kind: 'started' })
      expect(await take(3)).toMatchObject(['nothing', { reason: 'boom' }, { reason: 'boom' }])
    },
  ),

  law(
    'a start that init refuses fails with that, and hurts nobody (SRV-004)',
    async ({ self, here, puppet, watch, take }) => {
      expect(await self.tryStart(Starter, ['refuse', { why: 1 }], { isolation: here })).toEqual({
        kind: 'failed',
        reason: { why: 1 },
      })
      const parent = await puppet()
      await watch(parent.pid)
      const [outcome] = await parent.do(['tryStart', Starter, ['refuse', 'no'], { isolation: here, link: true }])
      expect(outcome).toEqual({ kind: 'failed', reason: 'no' })
      self.exit(parent.pid, 'end')
      expect(await take(1)).toMatchObject([{ reason: 'end' }])
    },
  ),

  law(
    'startMonitor gives the actor and its monitor; when it fails, the plain reason and no DOWN (SRV-010)',
    async ({ self, here, take }) => {
      const { ref, monitor } = await self.startMonitor(Puppet, [false], { isolation: here })
      await expect(self.startMonitor(Starter, ['stop', 'no'], { isolation: here })).rejects.toMatchObject({
        code: 'start_failed',
        reason: 'no',
      } satisfies Partial<StartFailed>)
      self.exit(ref.pid as Pid, 'boom')
      expect(await take(1)).toMatchObject([{ ref: monitor, target: ref.pid, reason: 'boom' }])
    },
  ),

  law('a start that takes too long is killed, and nothing of it stays (SRV-009, PROC-075)', async ({ self, here }) => {
    const outcome = await self.tryStart(Starter, ['hang'], {
      isolation: here,
      link: true,
      monitor: true,
      name: 'too-slow',
      timeoutMs: 100,
    })
    expect(outcome).toEqual({ kind: 'failed', reason: 'timeout' })
    await self.register('too-slow')
    await self.unregister('too-slow')
  }),

  law('a starter that ends takes a linked child along, and no other', async ({ self, here, puppet, take, watch }) => {
    for (const method of ['startLink', 'start'] as const) {
      const parent = await puppet()
      await parent.do([method, Puppet, [false], { isolation: here, name: `child-of-${method}` }])
      const child = (await parent.do(['whereis', `child-of-${method}`]))[0] as Pid
      await watch(child)
      self.exit(parent.pid, 'boom')
      if (method === 'startLink') expect(await take(1)).toMatchObject([{ target: child, reason: 'boom' }])
      else {
        expect(await self.isAlive(child)).toBe(true)
        self.exit(child, 'kill')
        expect(((await take(1)) as Down[])[0]?.target).toBe(child)
      }
    }
  }),

  law('an actor starts another on another node, and is its parent', async ({ there, puppet }) => {
    const one = await puppet()
    const [outcome] = (await one.do(['tryStart', Starter, ['ok'], { isolation: there, link: true }])) as [
      { kind: string; pid: Pid },
    ]
    expect(outcome.kind).toBe('started')
    const { failed, reply } = (await one.ref.call.call(
      (await one.do(['ref', Starter, outcome.pid]))[0] as never,
      'how',
      [],
    )) as { failed?: unknown; reply?: unknown }
    expect([failed, reply]).toEqual([undefined, 'ok'])
  }),

  law('starts in any number at once have one outcome each (PROC-007)', async ({ self, here, there, take }) => {
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        self.tryStart(Starter, [i % 2 === 0 ? 'ok' : 'stop', i], { isolation: i % 4 < 2 ? here : there, link: true }),
      ),
    )
    expect(outcomes.map(({ kind }) => kind)).toEqual(
      Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 'started' : 'failed')),
    )
    const pids = outcomes.flatMap((outcome) => (outcome.kind === 'started' ? [outcome.pid] : []))
    expect(new Set(pids).size).toBe(20)
    for (const pid of pids) self.exit(pid, 'shutdown')
    const exits = (await take(20)) as { from: Pid }[]
    expect(new Set(exits.map(({ from }) => from))).toEqual(new Set(pids))
  }),
]
