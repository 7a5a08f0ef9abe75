import { InvalidOption, P } from '@bulkhead/core'
import type { Down, Pid, StartFailed } from '@bulkhead/core'
import { expect } from 'vitest'
import { Brief } from '../../../laws/fixtures/brief.ts'
import { Body, Diary } from '../../fixtures/processes-1-bodies.ts'
import { inErlang } from '../../in-erlang.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage } from '../../stage.ts'
import { alive, childOf, down, labelled, notices, sorted, told, withReply } from './telling.ts'

/** The same for a child on the node of its parent and for one on another: both must be equal. */
async function everywhere<T>(
  { here, there }: ConformanceStage,
  observe: (place: typeof here) => Promise<T>,
): Promise<T> {
  const [near, far] = [await observe(here), await observe(there)]
  expect(far).toEqual(near)
  return near
}

/** The reasons of children that end as soon as they run, as their parent hears them. */
const atOnce = ({ puppet, ...stage }: ConformanceStage, tie: { link?: boolean; monitor?: boolean }): Promise<unknown> =>
  everywhere({ puppet, ...stage }, async (isolation) => {
    const parent = await puppet({ trapExit: true })
    for (let n = 1; n <= 10; n++) await childOf(parent, Brief, [['at_once', n]], { isolation, ...tie })
    return (await parent.heard(10)).map((each) => (told(each) as unknown[]).at(-1))
  })

export const creation: readonly ItemTest[] = [
  item('PROC-001', async (stage) => {
    const { self, puppet, there, take } = stage
    const spawner = await puppet({ trapExit: true })
    const gated = await childOf(spawner, Body, ['gated', self.pid], { isolation: there })
    self.send(gated.pid, 'go')
    const [ran] = await take(1)
    const spawns: string[] = []
    for (const what of ['error', 'exit', 'throw', 'undef'] as const) {
      const child = await childOf(spawner, Body, [what], { isolation: there })
      spawns.push('returned')
      await down(stage, child.pid)
      // The answer is the last that comes from there.
      await spawner.do(['isAlive', child.pid])
    }
    const heard = await spawner.heard(0)
    return {
      body: ran === 'ran' ? 'ran after the spawn was over' : ran,
      spawns,
      mailbox: heard.length === 0 ? 'nothing' : heard,
    }
  }),

  item('PROC-002', (stage) =>
    everywhere(stage, async (place) => ({
      nothing: await notices(stage, place, Body, ['nothing']),
      value: await notices(stage, place, Body, ['value']),
    })),
  ),

  item('PROC-003', async (stage) => {
    const { supervise, worker } = stage
    const failed = await supervise({}, [worker('a', {}, { starts: ['crash'] })]).catch((error: StartFailed) => error)
    const [, supervisor] = inErlang((failed as StartFailed).reason) as [string, unknown]
    return everywhere(stage, async (place) => {
      const of = (what: Parameters<typeof notices<[string], unknown>>[3][0]): Promise<unknown> =>
        notices(stage, place, Body, [what as 'error'])
      return {
        error: await of('error'),
        exit: await of('exit'),
        throw: await of('throw'),
        'throw normal': await of('throw normal'),
        undef: await of('undef'),
        supervisor,
      }
    })
  }),

  item('PROC-004', (stage) => atOnce(stage, { link: true })),

  item('PROC-005', (stage) => atOnce(stage, { monitor: true })),

  item('PROC-006', (stage) =>
    everywhere(stage, async (isolation) => {
      const parent = await stage.puppet({ trapExit: true })
      const child = await childOf(parent, Brief, ['boom'], { isolation, link: true, monitor: true })
      await parent.heard(2)
      await parent.do(['isAlive', child.pid])
      const heard = await parent.heard(0)
      const labels = labelled({ child })
      const notice = (each: (typeof heard)[number]): unknown => {
        const words = told(each, labels) as unknown[]
        return 'ref' in each && each.ref === child.monitor ? words.with(1, 'its ref') : words
      }
      return { notices: sorted(heard.slice(0, 2).map(notice)), more: heard.length === 2 ? 'quiet' : heard.slice(2) }
    }),
  ),

  item('PROC-007', async ({ self, there, here }) => {
    const request = self.tryStart(Body, ['sends and ends', self.pid, 'pid'], { isolation: there, monitor: true })
    const { log, outcome } = await withReply(self, request, 2)
    const { pid, monitor } = outcome as { pid: Pid; monitor: number }
    const labels = labelled({ child: pid })
    const [first, ...rest] = log.map((each) => inErlang(each, labels)) as unknown[][]
    if ((log[2] as { ref?: number }).ref === monitor) rest[1]![1] = 'its ref'

    // Who wants the reply looks at the promise; it is no message for anybody else.
    const quick = { isolation: here }
    const tag = await self.tryStart(Body, ['nothing'], quick).then(() => 'mine')
    const replies = []
    const unread: Promise<unknown>[] = []
    for (const wanted of [true, false, true, false]) {
      const each = self.tryStart(Body, ['nothing'], quick)
      replies.push(wanted ? await each.then(({ kind }) => (kind === 'started' ? 'reply' : kind)) : 'nothing')
      unread.push(each)
    }
    // What raises here would reject this item.
    const bad = self.tryStart(Body, ['nothing'], { isolation: here, monitor: true, noSuch: 1 } as never)
    const error = await bad.then(
      ({ kind }) => kind,
      (why: unknown) => ['error', why instanceof InvalidOption ? 'badopt' : why],
    )
    await Promise.all(unread)
    const { monitors } = (await self.info(self.pid, ['monitors']))!
    const more = await self.receive((on) => on.with(P._, (message) => message).after(0, () => 'quiet'))
    return { ref: request instanceof Promise, first, rest, tag, replies, error, monitor: monitors.length > 0, more }
  }),

  item('PROC-008', async (stage) => {
    const { self, start, stranger, take } = stage
    const target = await stranger({ trapExit: true })
    const caller = await start(Body, ['catches', self.pid, target.pid])
    const [{ caught, signal }] = (await take(1)) as [{ caught: unknown; signal: unknown }]
    const heard = (await target.heard(1)).map((each) => told(each, labelled({ caller })))
    const uncaught = await notices(stage, stage.there, Body, ['exit', 'mine'])
    return { caught, signal, target: heard, caller: await alive(self, caller), uncaught }
  }),

  // What awaits a foreign promise goes on as a leftover; it can do nothing with its self, and the outcome is the same.
  differing(
    'PROC-009',
    {
      signal: { reason: 'boom', ran: [] },
      own: { reason: 'mine', ran: ['finally'] },
      'in a foreign await': { reason: 'boom', ran: [], 'when that settles': ['finally', 'actor_exited'] },
    },
    (stage) =>
      everywhere(stage, async (isolation) => {
        const { self, take, watch } = stage
        const diary = await stage.start(Diary, [], { isolation })
        const token = (what: string): string => `${diary.pid} ${what}`
        const signalled = async (foreign: boolean): Promise<{ reason: unknown; ran: string[] }> => {
          const name = token(foreign ? 'foreign' : 'own')
          const { pid } = await stage.start(Body, ['waits', self.pid, name, foreign], { isolation })
          await take(1)
          await watch(pid)
          self.exit(pid, 'boom')
          const [{ reason }] = (await take(1)) as [Down]
          return { reason, ran: await diary.call.read(name) }
        }
        return {
          signal: await signalled(false),
          own: {
            reason: (await notices(stage, isolation, Body, ['exits with finally', token('exit')])).link,
            ran: await diary.call.read(token('exit')),
          },
          'in a foreign await': {
            ...(await signalled(true)),
            'when that settles': await diary.call.open(token('foreign')).then(() => diary.call.read(token('foreign'))),
          },
        }
      }),
  ),
]
