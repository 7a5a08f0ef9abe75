import { sys } from '@bulkhead/core'
import { vi } from 'vitest'
import { patienceMs } from '../../../laws/stage.ts'
import { Clerk, Parent } from '../../fixtures/servers-2-clerk.ts'
import type { Order, Plan, Returns } from '../../fixtures/servers-2-clerk.ts'
import { inErlang } from '../../in-erlang.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage } from '../../stage.ts'
import { by, clerk, ended, failure, family, lodger, mailbox, told, toldUntilDown } from './clerks.ts'
import type { ClerkRef } from './clerks.ts'

const LATE = { shutdown: 'late' }

/** What terminate hears and what a monitor hears. */
async function end(stage: ConformanceStage, make: (ref: ClerkRef) => unknown, plan?: Plan): Promise<unknown> {
  const { told: last, reason } = await ended(stage, await clerk(stage, plan), make)
  return inErlang([last, reason])
}

/** What a clerk tells, and its end, when its parent signals it or ends. */
async function orphaned(
  stage: ConformanceStage,
  plan: Plan,
  how: 'signal' | 'end',
  reason: unknown,
): Promise<unknown[]> {
  const { parent, clerk: ref } = await family(stage, plan)
  await stage.watch(ref.pid)
  if (how === 'signal') parent.cast.signal(ref.pid, reason)
  else parent.cast.end(reason)
  return toldUntilDown(stage)
}

const each = async <T, R>(list: readonly T[], make: (part: T) => Promise<R>): Promise<R[]> => {
  const all: R[] = []
  for (const part of list) all.push(await make(part))
  return all
}

export const ends: readonly ItemTest[] = [
  item('SRV-039', async (stage) => {
    const ways = (returns: Returns) => {
      const order: Order = { returns }
      return each([by.call(order), by.cast(order), by.info(stage, order)], (make) => end(stage, make))
    }
    return {
      stop: await ways(['stop', 'why']),
      last: await end(stage, by.call({ returns: ['stop', { shutdown: ['why', 1] }, 'last'] })),
      exit: await ways(['exit', ['gone', 1]]),
      error: await ways(['crash', 'odd']),
      continue: await each<Returns, unknown>(
        [
          ['stop', 'why'],
          ['exit', 'gone'],
          ['crash', 'odd'],
        ],
        (returns) => end(stage, by.cast({ returns: ['continue', { returns }] })),
      ),
    }
  }),

  item('SRV-040', async (stage) => {
    const last = (returns: Returns, first: Returns) => end(stage, by.cast({ returns: first }), { last: { returns } })
    return {
      exit: await last(['exit', 'other'], ['stop', 'why']),
      error: await last(['crash', 'odd'], ['stop', 'why']),
      after_error: await last(['exit', 'other'], ['crash', 'odd']),
      normal: await last(['exit', 'normal'], ['stop', 'why']),
    }
  }),

  item('SRV-041', async (stage) => {
    const when = (how: 'signal' | 'end') => (reason: unknown) => orphaned(stage, { traps: true }, how, reason)
    const reasons = ['shutdown', 'normal', LATE, 'other']
    return { signal: await each(reasons, when('signal')), end: await each([...reasons, 'kill'], when('end')) }
  }),

  item('SRV-042', async (stage) => {
    const when = (how: 'signal' | 'end') => (reason: unknown) => orphaned(stage, {}, how, reason)
    const reasons = ['shutdown', LATE, 'other']
    return { signal: await each(reasons, when('signal')), end: await each(reasons, when('end')) }
  }),

  item('SRV-043', async (stage) => {
    const { start, place, self } = stage
    const { clerk: ref } = await family(stage, { traps: true })
    const heard = async (
      reason: string,
      index: number,
      make: (other: Awaited<ReturnType<typeof parent>>, reason: string) => unknown,
    ) => {
      const other = await parent(index)
      await make(other, reason)
      const [[word, exit]] = (await told(stage, 1, new Map([[other.pid, 'other']]))) as [[string, unknown]]
      if (word !== 'info') throw new Error(`it told ${word}`)
      return exit
    }
    const parent = (index: number) => start(Parent, [], { isolation: place(index) })
    const signals: unknown[] = []
    const links: unknown[] = []
    for (const [i, reason] of ['shutdown', 'normal', 'other'].entries()) {
      signals.push(await heard(reason, i, (other) => other.cast.signal(ref.pid, reason)))
      links.push(
        await heard(reason, i, async (other) => {
          await other.call.link(ref.pid)
          other.cast.end(reason)
        }),
      )
    }
    await ref.call.do({})
    return { signals, links, alive: await self.isAlive(ref.pid), mailbox: await mailbox(stage) }
  }),

  item('SRV-044', async (stage) => {
    const reasons = ['normal', 'shutdown', LATE, 'other', 'killed', 'noproc', 'kill']
    const pids = await each(reasons, async (reason) => {
      const ref = await clerk(stage)
      await ended(stage, ref, by.cast({ returns: ['stop', reason] }))
      return ref.pid
    })
    const errorsOf = (pid: string) => stage.log.filter((line) => line.level === 'error' && line.pid === pid).length
    // The lines of one node come in order: when the last is there, none of the others is missing.
    await vi.waitFor(
      () => {
        if (errorsOf(pids.at(-1)!) === 0) throw new Error('the last report did not come')
      },
      { timeout: patienceMs },
    )
    return reasons.map((reason, i) => [inErlang(reason), errorsOf(pids[i]!)])
  }),

  item('SRV-045', async (stage) => {
    const { self } = stage
    const stopped = async (plan: Plan, stop: (ref: ClerkRef) => Promise<void>) => {
      const ref = await clerk(stage, plan)
      ref.cast.do({ tell: 'before' })
      await stop(ref)
      const alive = await self.isAlive(ref.pid)
      return ['ok', await told(stage, 2), alive]
    }
    const gone = await clerk(stage)
    await sys.stop(gone)
    await stage.take(1)
    // It waits as long as it takes, also when calls would not.
    const slow = await clerk(stage, { last: { hold: true } })
    let hasStopped = false
    const stopping = sys.stop(slow.within(10)).then(() => (hasStopped = true))
    const holds = await told(stage, 2)
    await self.sleep(30)
    const waits = !hasStopped
    self.send(slow.pid, 'go on')
    await stopping
    return {
      plain: await stopped({}, (ref) => sys.stop(ref)),
      trapping: await stopped({ traps: true }, (ref) => sys.stop(ref)),
      other: await stopped({}, (ref) => sys.stop(ref, LATE)),
      slow: [holds, waits ? 'ok' : 'did not wait'],
      dead: await failure(sys.stop(gone)),
      unknown: await failure(sys.stop(self.named(Clerk, 'nobody_at_all'))),
    }
  }),

  // Where OTP has nodedown: noproc of a node that is gone, and how it went of one that goes meanwhile.
  differing(
    'SRV-046',
    {
      other: 'other',
      crashed: ['odd', 'stack'],
      told: [
        ['terminate', 'normal'],
        ['terminate', 'normal'],
      ],
      late: [
        'timeout',
        true,
        [
          ['terminate', 'shutdown'],
          ['terminate', 'holds'],
        ],
        'shutdown',
      ],
      lost: ['noconnection', { exited: { code: 3 } }, 'noproc'],
    },
    async (stage) => {
      const { self, watch, take } = stage
      const [one, two] = [
        await clerk(stage, { last: { returns: ['exit', 'other'] } }),
        await clerk(stage, { last: { returns: ['crash', 'odd'] } }),
      ]
      const other = await failure(sys.stop(one))
      const crashed = inErlang(await failure(sys.stop(two)))
      const heard = await told(stage, 2)
      const slow = await clerk(stage, { last: { hold: true } })
      const late = await failure(sys.stop(slow, 'shutdown', 50))
      const alive = await self.isAlive(slow.pid)
      const holds = await told(stage, 2)
      await watch(slow.pid)
      self.send(slow.pid, 'go on')
      const [[, reason]] = (await toldUntilDown({ ...stage, take })) as [[string, unknown]]
      return { other, crashed, told: heard, late: [late, alive, holds, reason], lost: await lost(stage) }
    },
  ),
]

/** How stopping an actor fails whose node another one takes down, one that takes its node down itself, and one whose node has gone. */
async function lost(stage: ConformanceStage): Promise<unknown[]> {
  const culprit = await lodger(stage, { last: { vanish: true } })
  const beside = await clerk(stage, { last: { hold: true } }, { isolation: { coordination: { with: culprit } } })
  const bystander = failure(sys.stop(beside))
  await told(stage, 2)
  const guilty = failure(sys.stop(culprit))
  return [await bystander, await guilty, await failure(sys.stop(culprit))]
}
