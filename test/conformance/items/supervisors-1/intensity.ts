import { RestartIntensity } from '@bulkhead/supervisor'
import { child } from 'bulkhead'
import type { ChildSpec, RestartType, Strategy } from 'bulkhead'
import { Doomed } from '../../fixtures/supervisors-1-doomed.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage } from '../../stage.ts'
import * as observing from './observing.ts'

const { afterEnd, asRecorded, below, children, end, ended, inTurn, kill, lives, pidOf, trapping } = observing

/** Longer than anything here takes. */
const LONG_MS = 600_000
const STRATEGIES: readonly Strategy[] = ['one_for_one', 'one_for_all', 'rest_for_one']

export const intensity: readonly ItemTest[] = [
  // Children that end with their node, or with its OS process, are one charge together.
  differing(
    'SUP-030',
    { ...asRecorded('SUP-030'), of_one_node: ['restarted', 'restarted', 'gave_up'] },
    async (all) => {
      const counted = (rules: { strategy: Strategy; intensity: number }, stage: ConformanceStage): Promise<unknown> =>
        restartsUnder(rules, stage)
      return {
        alone: await inTurn(all, [0, 1, 3], (count, stage) =>
          counted({ strategy: 'one_for_one', intensity: count }, stage),
        ),
        groups: await inTurn(all, ['one_for_all', 'rest_for_one'] as const, (strategy, stage) =>
          counted({ strategy, intensity: 2 }, stage),
        ),
        two_at_once: (await inTurn(all, ['kill'], bothEnd))[0],
        of_one_node: await nodeEnds(all),
      }
    },
  ),

  item('SUP-031', (all) =>
    inTurn(all, STRATEGIES, async (strategy, stage) => {
      const ids = ['a', 'b', 'c']
      const overseer = await stage.supervise(
        { strategy, intensity: 0 },
        ids.map((id) => trapping(stage, id)),
      )
      await end(stage, overseer, 'b', 'boom')
      return {
        reason: await ended(stage, overseer),
        entries: await stage.scribe.call.entries(6),
        lives: await lives(stage, ids),
      }
    }),
  ),

  item('SUP-032', async (all) => {
    // What is to happen within a period must really have done so; on a machine that took longer the period becomes longer.
    for (let periodMs = 300; ; periodMs *= 4) {
      const [seen] = await inTurn(all, [periodMs], windowSlides)
      if (seen !== undefined) return seen
    }
  }),

  // Milliseconds, not whole seconds: what was more than a period ago does not count.
  differing(
    'SUP-033',
    { ...asRecorded('SUP-033'), periods_1_8: 'restarted', edge: [true, false], wall_clock_jumps: 'gave_up' },
    async (all) => {
      const periodMs = 50
      const later = async (periods: number): Promise<unknown> => {
        const [seen] = await inTurn(all, [periods], async (_, stage) => {
          const overseer = await stage.supervise({ intensity: 1, periodMs }, [stage.worker('a')])
          await kill(stage, overseer, 'a')
          await stage.self.sleep(periods * periodMs)
          return kill(stage, overseer, 'a')
        })
        return seen
      }
      let now = 0
      const window = new RestartIntensity({ intensity: 1, periodMs: 1_000 }, () => now)
      const edge = [0, 1_000].map((at) => {
        now = at
        return window.charge('a')
      })
      return {
        periods_1_8: await later(1.8),
        periods_2_2: await later(2.2),
        edge,
        wall_clock_jumps: await wallClockJumps(all),
      }
    },
  ),

  item('SUP-034', async (stage) => {
    const { supervise, worker } = stage
    const overseer = await supervise({ intensity: 1, periodMs: LONG_MS }, [worker('a')])
    const normal = [await end(stage, overseer, 'a', 'normal'), await end(stage, overseer, 'a', 'normal')]
    const reason = await ended(stage, overseer)
    const other = await supervise({ intensity: 0, periodMs: LONG_MS }, [
      worker('t', { restart: 'temporary' }),
      worker('u', { restart: 'temporary' }),
      worker('v', { restart: 'transient' }),
      worker('w', { restart: 'transient' }),
    ])
    const uncounted = [
      await end(stage, other, 't', 'boom'),
      await end(stage, other, 'u', 'normal'),
      await end(stage, other, 'v', 'normal'),
      await end(stage, other, 'w', 'shutdown'),
    ]
    return { normal, reason, uncounted, children: await children(other) }
  }),

  item('SUP-036', (all) =>
    inTurn(all, [1, 3], async (count, stage) => {
      const refusing = stage.worker('a', {}, { starts: ['ok', 'refuse'] })
      const overseer = await stage.supervise({ intensity: count, periodMs: LONG_MS }, [refusing])
      stage.self.exit(await pidOf(overseer, 'a'), 'kill')
      return { reason: await ended(stage, overseer), begun: await stage.scribe.call.begun('a') }
    }),
  ),

  item('SUP-041', async (all) => {
    const types: readonly RestartType[] = ['permanent', 'transient', 'temporary']
    const seen = await inTurn(all, types, innerGivesUp)
    return Object.fromEntries(types.map((type, i) => [type, seen[i]]))
  }),
]

/** How often the first of three is restarted when it is killed again and again, and how the supervisor ends then. */
async function restartsUnder(rules: object, stage: ConformanceStage): Promise<unknown> {
  const specs = ['a', 'b', 'c'].map((id) => stage.worker(id))
  const overseer = await stage.supervise({ ...rules, periodMs: LONG_MS }, specs)
  return [await observing.restarts(stage, overseer, 'a'), await ended(stage, overseer)]
}

/** Two children end at the same time, each for itself. */
async function bothEnd(reason: string, stage: ConformanceStage): Promise<unknown> {
  const { self, supervise, worker } = stage
  const overseer = await supervise({ intensity: 1, periodMs: LONG_MS }, [worker('a'), worker('b')])
  const pids = [await pidOf(overseer, 'a'), await pidOf(overseer, 'b')]
  for (const pid of pids) self.exit(pid, reason)
  return ended(stage, overseer)
}

/** The node ends on which both children live; then one of them ends. */
async function nodeEnds(stage: ConformanceStage): Promise<unknown> {
  const spec = (id: string): ChildSpec =>
    child(Doomed, [], { id, adapt: false, isolation: { compartment: `doomed-${stage.spot}` } })
  const overseer = await stage.supervise({ intensity: 1, periodMs: LONG_MS }, [spec('a'), spec('b')])
  const [a, b] = [await pidOf(overseer, 'a'), await pidOf(overseer, 'b')]
  stage.self.ref(Doomed, a).cast.leave()
  const once = [await afterEnd(overseer, 'a', a), await afterEnd(overseer, 'b', b)]
  return [...once, await kill(stage, overseer, 'b')]
}

/** Four restarts, of which two are allowed within a period. Undefined when the last three took longer than one. */
async function windowSlides(periodMs: number, stage: ConformanceStage): Promise<unknown> {
  const { self } = stage
  const overseer = await stage.supervise({ intensity: 2, periodMs }, [stage.worker('a')])
  const one = await kill(stage, overseer, 'a')
  const atOne = self.now()
  await self.sleep(periodMs * 0.7)
  const before = self.now()
  const two = await kill(stage, overseer, 'a')
  await self.sleep(Math.max(0, atOne + periodMs + 5 - self.now()))
  const three = await kill(stage, overseer, 'a')
  if (three !== 'restarted') return { one, two, three }
  const four = await kill(stage, overseer, 'a')
  if (self.now() - before > periodMs) return undefined
  return { one, two, three, four, reason: await ended(stage, overseer) }
}

/** Two restarts between which an hour has passed, if one believes `Date` on the root. */
async function wallClockJumps(stage: ConformanceStage): Promise<unknown> {
  const overseer = await stage.supervise({ intensity: 1, periodMs: LONG_MS }, [stage.worker('x')])
  await kill(stage, overseer, 'x')
  const { now } = Date
  Date.now = () => now() + 3_600_000
  try {
    return await kill(stage, overseer, 'x')
  } finally {
    Date.now = now
  }
}

/** A supervisor that gives up below another. */
async function innerGivesUp(restart: RestartType, stage: ConformanceStage): Promise<unknown> {
  const { supervise, supervisor, worker } = stage
  const overseer = await supervise({ intensity: 1, periodMs: LONG_MS }, [
    supervisor('inner', { intensity: 0 }, [worker('x')], { restart }),
    worker('b'),
  ])
  const inner = await below(stage, overseer, 'inner')
  const reason = observing.down(stage, inner.pid, async () => {
    stage.self.exit(await pidOf(inner, 'x'), 'kill')
  })
  const seen = {
    reason: await reason,
    inner: await afterEnd(overseer, 'inner', inner.pid),
    children: await children(overseer),
  }
  if (seen.inner !== 'restarted')
    return { ...seen, again: await kill(stage, overseer, 'b'), lives: await lives(stage, ['x', 'b']) }
  const next = await below(stage, overseer, 'inner')
  stage.self.exit(await pidOf(next, 'x'), 'kill')
  const again = [await afterEnd(overseer, 'inner', next.pid), await ended(stage, overseer)]
  return { ...seen, again, lives: await lives(stage, ['x', 'b']) }
}
