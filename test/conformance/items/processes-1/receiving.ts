import { Puppet } from '../../../laws/fixtures/puppet.ts'
import { Body } from '../../fixtures/processes-1-bodies.ts'
import { Taker } from '../../fixtures/processes-1-takers.ts'
import type { Take } from '../../fixtures/processes-1-takers.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage } from '../../stage.ts'

/** What these receives take, one after the other, from a mailbox that held all of that before the first. */
async function takes({ self, start, take }: ConformanceStage, mailbox: unknown[], plan: Take[]): Promise<unknown[]> {
  const { pid } = await start(Taker, [self.pid, plan])
  for (const message of mailbox) self.send(pid, message)
  self.send(pid, 'go')
  const [taken] = (await take(1)) as [unknown[]]
  return taken
}

export const receiving: readonly ItemTest[] = [
  item('PROC-019', (stage) =>
    takes(stage, ['x', 'b', 'a'], [{ fits: ['a', 'b'] }, { fits: ['a', 'b'] }, { fits: 'anything' }]),
  ),

  item('PROC-020', async (stage) => {
    const plan: Take[] = [{ fits: [3] }, { fits: [5] }, { fits: [1] }, { fits: [3], afterMs: 0 }]
    const [first, second, third, quiet, ...rest] = await takes(
      stage,
      [1, 2, 3, 4, 5, 6],
      [...plan, { fits: 'anything' }, { fits: 'anything' }, { fits: 'anything' }],
    )
    return { taken: [first, second, third], quiet: quiet === 'timed out' ? 'nothing' : quiet, rest }
  }),

  item('PROC-021', async ({ self, start, take }) => {
    await start(Body, ['waits in noise', self.pid, 60])
    const [seen] = await take(1)
    return seen
  }),

  item('PROC-022', async (stage) => {
    const numbers = Array.from({ length: 5_000 }, (_, i) => i)
    const once: Take = { fits: ['wanted'], afterMs: 0 }
    const [found, again, ...rest] = await takes(
      stage,
      [...numbers, 'wanted'],
      [once, once, ...numbers.map((): Take => ({ fits: 'anything' }))],
    )
    return { found: found === 'wanted' ? 'found' : found, again, rest: rest.length }
  }),

  // Any whole number of milliseconds that JavaScript has, or Infinity.
  differing(
    'PROC-023',
    {
      0: 'accepted',
      4294967295: 'accepted',
      infinity: 'accepted',
      4294967296: 'accepted',
      9007199254740991: 'accepted',
      9007199254740992: 'timeout_value',
      '-1': 'timeout_value',
      1.5: 'timeout_value',
      word: 'timeout_value',
    },
    async ({ self, start, take }) => {
      const times = [0, 4_294_967_295, 4_294_967_296, 2 ** 53 - 1, 2 ** 53, -1, 1.5].map((ms) => [String(ms), ms])
      await start(Body, ['times', self.pid, [...times, ['infinity', Infinity], ['word', 'soon']]])
      const [outcomes] = await take(1)
      return outcomes
    },
  ),

  item('PROC-024', async ({ self, start, here, take }) => {
    const echo = await start(Puppet, [false], { isolation: here })
    await start(Body, ['calls in a crowd', self.pid, echo.pid, 500_000])
    const [, seen] = await take(2)
    return seen
  }),
]
