import { expect } from 'vitest'
import { Down, Exit } from '@bulkhead/core'
import type { ActorSelf, CallFailed, ExitReason, Pid } from '@bulkhead/core'
import { Brief } from './fixtures/brief.ts'
import { law } from './law.ts'
import type { Law, Stage } from './law.ts'

const reasons: readonly (readonly [string, unknown])[] = [
  ['a word', 'boom'],
  ['shutdown', 'shutdown'],
  ['{ shutdown: … }', { shutdown: { why: ['maintenance', 1] } }],
  ['killed, which is ordinary', 'killed'],
  ['a number', 42],
  ['null', null],
  ['undefined', undefined],
  ['a compound value', { list: [1, 'two', { three: new Map([[3, new Set([3])]]) }], when: new Date(5), big: 10n }],
]

/** What `self` hears of an end by link and by monitor. */
async function endOf(
  { self, take, watch }: Stage,
  pid: Pid,
  end: () => unknown,
): Promise<{ exit: ExitReason; down: ExitReason }> {
  self.link(pid)
  const ref = await watch(pid)
  await end()
  const notices = await take(2)
  const exit = notices.find((each): each is Exit => each instanceof Exit)
  const down = notices.find((each): each is Down => each instanceof Down)
  expect(exit?.from).toBe(pid)
  expect(down).toMatchObject({ ref, target: pid })
  return { exit: exit?.reason, down: down?.reason }
}

const alive = (self: ActorSelf, pid: Pid): Promise<boolean> => self.isAlive(pid)

export const exitLaws: readonly Law[] = [
  ...reasons.map(([title, reason]) =>
    law(
      `an exit signal with ${title} ends an actor with that reason, for link and monitor (PROC-028, PROC-044)`,
      async (stage) => {
        const { pid } = await stage.puppet()
        expect(await endOf(stage, pid, () => stage.self.exit(pid, reason))).toEqual({ exit: reason, down: reason })
      },
    ),
  ),

  law('normal from another is ignored by one that does not trap (PROC-035)', async ({ self, puppet }) => {
    const { pid } = await puppet()
    self.exit(pid, 'normal')
    expect(await alive(self, pid)).toBe(true)
  }),

  law('normal from another is a message to one that traps (PROC-035, PROC-043)', async ({ self, puppet }) => {
    const { pid, heard } = await puppet({ trapExit: true })
    self.exit(pid, 'normal')
    expect(await heard(1)).toEqual([{ exit: 'normal', from: self.pid }])
  }),

  law('normal from itself ends one that does not trap (PROC-036)', async (stage) => {
    const { pid, ref } = await stage.puppet()
    expect(await endOf(stage, pid, () => ref.cast.do([['exit', pid, 'normal']]))).toEqual({
      exit: 'normal',
      down: 'normal',
    })
  }),

  law('normal from itself is a message to one that traps (PROC-036)', async ({ puppet }) => {
    const one = await puppet({ trapExit: true })
    await one.do(['exit', one.pid, 'normal'])
    expect(await one.heard(1)).toEqual([{ exit: 'normal', from: one.pid }])
  }),

  law('kill cannot be trapped; everybody hears killed (PROC-037, PROC-038)', async (stage) => {
    const { pid } = await stage.puppet({ trapExit: true })
    expect(await endOf(stage, pid, () => stage.self.exit(pid, 'kill'))).toEqual({ exit: 'killed', down: 'killed' })
  }),

  law('kill to itself ends it as killed (PROC-037)', async (stage) => {
    const { pid, ref } = await stage.puppet({ trapExit: true })
    expect(await endOf(stage, pid, () => ref.cast.do([['exit', pid, 'kill']]))).toEqual({
      exit: 'killed',
      down: 'killed',
    })
  }),

  law(
    'an actor that exits with kill ends as kill, which its links can trap (PROC-039)',
    async ({ self, here, take }) => {
      await self.tryStart(Brief, ['kill'], { isolation: here, link: true })
      expect(await take(1)).toMatchObject([{ reason: 'kill' }])
    },
  ),

  law('killed can be trapped (PROC-038)', async ({ self, puppet }) => {
    const { pid, heard } = await puppet({ trapExit: true })
    self.exit(pid, 'killed')
    expect(await heard(1)).toEqual([{ exit: 'killed', from: self.pid }])
  }),

  law('the first fatal signal decides (PROC-041)', async (stage) => {
    const { pid } = await stage.puppet()
    const ended = await endOf(stage, pid, () => [stage.self.exit(pid, 'first'), stage.self.exit(pid, 'second')])
    expect(ended).toEqual({ exit: 'first', down: 'first' })
  }),

  law('a signal to an actor that has ended is true and does nothing (PROC-041)', async ({ self, puppet }) => {
    const { pid } = await puppet()
    self.exit(pid, 'kill')
    expect(await alive(self, pid)).toBe(false)
    expect([self.exit(pid, 'again'), self.exit('nobody', 'boom')]).toEqual([true, true])
  }),

  law('trapping is judged when the signal arrives (PROC-042)', async (stage) => {
    const { pid, ref } = await stage.puppet({ trapExit: true })
    stage.self.exit(pid, 'trapped')
    await ref.call.trap(false)
    expect(await endOf(stage, pid, () => stage.self.exit(pid, 'fatal'))).toEqual({ exit: 'fatal', down: 'fatal' })
  }),

  law('unread mail does not hold a signal up', async (stage) => {
    const { pid, ref } = await stage.puppet()
    ref.cast.block(60_000)
    for (let i = 0; i < 100; i++) ref.cast.note(i)
    expect(await endOf(stage, pid, () => stage.self.exit(pid, 'now'))).toEqual({ exit: 'now', down: 'now' })
  }),

  law('a reason that cannot be sent is printed, never lost', async (stage) => {
    const { pid } = await stage.puppet()
    const { exit, down } = await endOf(stage, pid, () => stage.self.exit(pid, { callback: () => 1 }))
    expect([typeof exit, typeof down]).toEqual(['string', 'string'])
  }),

  law('a server that stops ends with exactly that; what it throws and is no error is a failure', async (stage) => {
    const { puppet, watch, take } = stage
    const ends = [
      ['stop', { why: ['stop'] }, { why: ['stop'] }],
      ['throwValue', { why: ['throw'] }, { nocatch: { why: ['throw'] } }],
      ['throwValue', 'normal', { nocatch: 'normal' }],
    ] as const
    for (const [name, given, reason] of ends) {
      const { pid, ref } = await puppet()
      await watch(pid)
      const failing = ref.call[name](given).catch((failure: CallFailed) => failure.reason)
      expect(await take(1)).toMatchObject([{ target: pid, reason }])
      expect(await failing).toEqual(reason)
    }
  }),
]
