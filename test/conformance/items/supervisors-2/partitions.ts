import { partition } from 'bulkhead'
import type { Isolation, PartitionKey } from 'bulkhead'
import { partitionsIn } from '../../fixtures/supervisors-2-partitions.ts'
import { inErlang } from '../../in-erlang.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage, Spot } from '../../stage.ts'
import { inOrder, lastLife, until } from './tools.ts'

type Place = keyof typeof partitionsIn

/** Where the partitions live. All of one supervisor live alike. */
const PLACES: Readonly<Record<Spot, readonly Place[]>> = {
  inline: ['inline'],
  threads: ['thread'],
  processes: ['process'],
  spread: ['thread', 'process'],
}

/** Elixir's `PartitionSupervisor`. */
export const partitions: readonly ItemTest[] = [
  item('SUP-075', async (stage) => {
    const outcomes = []
    for (const place of PLACES[stage.spot]) outcomes.push(await routed(stage, place))
    const [first, second] = outcomes
    return second === undefined || JSON.stringify(first) === JSON.stringify(second) ? first : outcomes
  }),
]

const KEYS: readonly PartitionKey[] = ['ann', 'bob', true, 1.5, null, [1, 'a'], { user: 'ann', tags: ['x'] }]

async function routed({ self, scribe, top, ...stage }: ConformanceStage, place: Place): Promise<unknown> {
  const { four, byDefault } = partitionsIn[place]
  const [some, name] = [`some ${place} of ${self.pid}`, `four ${place} of ${self.pid}`]
  const isolation: Isolation = top
  const started = [
    await self.startLink(byDefault, [some, scribe.pid, 'steel'], { isolation }),
    await self.startLink(four, [name, scribe.pid, 'wood'], { isolation }),
  ] as const
  const ids = async (index: 0 | 1): Promise<number[]> => {
    const children = await started[index].call.whichChildren()
    return children.map(({ id }) => Number(id)).toSorted((one, other) => one - other)
  }
  const ask = (key: PartitionKey) => partition(self, four, name, key).within(20_000)
  const where = async (key: PartitionKey): Promise<number> => Number(await ask(key).call.id())
  const all = (keys: readonly PartitionKey[]): Promise<number[]> => Promise.all(keys.map(where))
  const first = await all(KEYS)
  const texts = await all(Array.from({ length: 200 }, (_, n) => `user-${n + 1}`))
  const before = await all(KEYS)
  const lives = (await scribe.call.lives('0')).length
  self.exit(await lastLife({ self, scribe, top, ...stage }, '0'), 'kill')
  await until(async () => (await scribe.call.lives('0')).length === lives + 1)
  await self.available(`${name}/0`)
  const again = await all(KEYS)
  const stays = String(first) === String(before) && String(first) === String(again)
  return inErlang({
    by_default: String(await ids(0)) === String(Array.from({ length: navigator.hardwareConcurrency }, (_, n) => n)),
    ids: await ids(1),
    integers: await all([0, 1, 5, -5, -8, 7, -7n, 2n ** 80n + 1n]),
    arguments: await ask(2).call.extra(),
    others: stays && first.every((index) => [0, 1, 2, 3].includes(index)),
    all_used: inOrder([...new Set(texts)]),
  })
}
