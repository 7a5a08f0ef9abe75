import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage } from '../../stage.ts'
import { doings, endLife, endOf, exitOf, pidOf, statusOf, stops, TRAPS, until } from './tools.ts'

type Restart = 'transient' | 'temporary'

const significant = ({ worker }: ConformanceStage, id: string, restart: Restart) =>
  worker(id, { restart, significant: true })

/** Which ends of children end their supervisor. */
export const significantEnds: readonly ItemTest[] = [
  item('SUP-058', async (stage) => ({
    any: {
      transient: await shutDownBy(stage, 'transient', ['normal', 'shutdown', { shutdown: 'done' }]),
      temporary: await shutDownBy(stage, 'temporary', ['normal', 'boom', 'kill']),
    },
    all: await lastOfAll(stage),
  })),

  item('SUP-059', async (stage) => {
    const outcomes = []
    let told = 0
    for (const strategy of ['one_for_all', 'rest_for_one'])
      for (const autoShutdown of ['any_significant', 'all_significant']) {
        const children = [
          stage.worker('a'),
          significant(stage, 's', 'transient'),
          significant(stage, 't', 'temporary'),
          significant(stage, 'u', 'transient'),
        ]
        const overseer = await stage.supervise({ strategy, autoShutdown, intensity: 5 }, children)
        await overseer.ref.call.terminateChild('u')
        await endLife(stage, 'a', 'boom')
        // The end of a, and the start of a, s and u; then the end of s, and the start of a, unless it stays, of s and of u.
        await stage.scribe.call.entries(told + 8)
        await endLife(stage, 's', 'boom')
        told += strategy === 'one_for_all' ? 12 : 11
        await stage.scribe.call.entries(told)
        outcomes.push({ strategy, children: await doings(overseer) })
      }
    return outcomes
  }),

  item('SUP-060', async (stage) => {
    const outcomes = []
    let told = 0
    for (const restart of ['transient', 'temporary'] as const) {
      const within = [stage.worker('b', {}, TRAPS), significant(stage, 'x', 'transient')]
      const rules = { autoShutdown: 'any_significant' }
      const inner = stage.supervisor('inner', rules, within, { restart, significant: true })
      const outer = await stage.supervise(rules, [stage.worker('a', {}, TRAPS), inner])
      const ref = await stage.watch(await pidOf(outer, 'inner'))
      await endLife(stage, 'x', 'normal')
      const reason = await exitOf(stage, outer.pid)
      const entries = (await stage.scribe.call.entries(told + 6)).slice(told)
      told += entries.length
      outcomes.push({ inner: await endOf(stage, ref), outer: reason, told: stops(entries, 'x') })
    }
    return outcomes
  }),
]

/** What the others heard, and how the supervisor ended, for each of these ends of a significant child. */
async function shutDownBy(stage: ConformanceStage, restart: Restart, reasons: readonly unknown[]): Promise<unknown[]> {
  const outcomes = []
  for (const reason of reasons) {
    const told = (await stage.scribe.call.entries(0)).length
    const children = [stage.worker('a', {}, TRAPS), significant(stage, 's', restart), stage.worker('b', {}, TRAPS)]
    const { pid } = await stage.supervise({ autoShutdown: 'any_significant' }, children)
    await endLife(stage, 's', reason)
    const supervisor = await exitOf(stage, pid)
    outcomes.push({ told: stops((await stage.scribe.call.entries(told)).slice(told), 's'), supervisor })
  }
  return outcomes
}

async function lastOfAll(stage: ConformanceStage): Promise<unknown> {
  const overseer = await stage.supervise({ autoShutdown: 'all_significant' }, [
    stage.worker('a', {}, TRAPS),
    significant(stage, 's', 'transient'),
    significant(stage, 't', 'temporary'),
    significant(stage, 'stopped', 'transient'),
    stage.worker('plain', { restart: 'transient' }),
  ])
  await overseer.ref.call.terminateChild('stopped')
  const seen: string[] = []
  for (const [id, reason] of [
    ['plain', 'normal'],
    ['t', 'boom'],
  ] as const) {
    await endLife(stage, id, reason)
    await until(async () => (await statusOf(overseer, id)) !== 'running')
    seen.push(await statusOf(overseer, 'a'))
  }
  await endLife(stage, 's', 'normal')
  return { before_the_last: seen, supervisor: await exitOf(stage, overseer.pid) }
}
