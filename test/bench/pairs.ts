import { start } from 'bulkhead'
import type { ActorRef } from 'bulkhead'
import { against, checkCount } from './against.ts'
import { Asker } from './programs/pair.ts'
import { byTurns, middle } from './rounds.ts'
import type { Bench, Measure } from './row.ts'
import { cost } from './stats.ts'

type Pair = ActorRef<{ calls: { run: (n: number) => number } }>

/** Two pairs of actors that talk among themselves: both pairs on one thread, and each on a thread of its own. */
const measure: Measure = async ({ quick }) => {
  const n = quick ? 30_000 : 200_000
  const system = await start({ threads: 3, spares: 0, inspect: false, handlerMs: 60_000 })
  const pair = async (id: string, compartment: string): Promise<Pair> =>
    (await system.start(Asker, [], { id, isolation: { compartment } })).within(Infinity)
  const run = async (pairs: readonly Pair[]) => {
    const spent = await cost(async () => {
      for (const handled of await Promise.all(pairs.map((each) => each.call.run(n)))) checkCount('pairs', n, handled)
    })
    return spent
  }
  try {
    const together = [await pair('a', 'both'), await pair('b', 'both')]
    const apart = [await pair('c', 'one'), await pair('d', 'other')]
    const figures = await byTurns(
      [
        { name: 'together', run: () => run(together) },
        { name: 'apart', run: () => run(apart) },
      ],
      5,
    )
    const of = (name: string, value: 'wallMs' | 'cpuMs', share: number): readonly number[] =>
      (figures.get(name) ?? []).map((spent) => spent[value] / share)
    const subject = { bench: 'pairs', anchor: 'both on one node', n: 2 * n }
    // Each request is a message, and so is its reply.
    const cpuUs = (name: string): readonly number[] => of(name, 'cpuMs', 4 * n).map((ms) => ms * 1000)
    const cpuNs = middle(cpuUs('apart')).median * 1000
    return [
      against(
        {
          ...subject,
          id: 'pairs/wall',
          variant: '2 pairs on a node each, best of 5',
          unit: 'ms',
          pick: (values) => Math.min(...values),
        },
        of('apart', 'wallMs', 1),
        of('together', 'wallMs', 1),
        cpuNs,
      ),
      against(
        { ...subject, id: 'pairs/cpu', variant: '2 pairs on a node each', unit: 'us CPU per message' },
        cpuUs('apart'),
        cpuUs('together'),
        cpuNs,
      ),
    ]
  } finally {
    await system.stop()
  }
}

export const pairs: Bench = { name: 'pairs', ids: ['pairs/wall', 'pairs/cpu'], measure }
