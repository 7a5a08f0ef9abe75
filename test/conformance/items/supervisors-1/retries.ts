import type { Pid, Strategy } from 'bulkhead'
import { Puppet } from '../../../laws/fixtures/puppet.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage, Overseer } from '../../stage.ts'
import {
  atGate,
  begun,
  children,
  ended,
  gated,
  go,
  inOrder,
  inTurn,
  lives,
  pidOf,
  started,
  told,
  trapping,
} from './observing.ts'

const STRATEGIES: readonly Strategy[] = ['one_for_one', 'rest_for_one', 'one_for_all']

type Calls = Overseer['ref']['call']

export const retries: readonly ItemTest[] = [
  item('SUP-035', async (stage) => {
    const { overseer, pid } = await atRestart(stage, 'one_for_one')
    const first = await between(stage, overseer, pid, [which, count])
    const second = await atGate(stage, 'a')
    const then = await between(stage, overseer, second[0], [which])
    const third = await atGate(stage, 'a')
    go(stage, third[0], 'ok')
    return { first, then, last: await children(overseer), begun: (await begun(stage, ['a']))[0] }
  }),

  item('SUP-037', (all) =>
    inTurn(all, STRATEGIES, async (strategy, stage) => {
      const { overseer, pid } = await atRestart(stage, strategy)
      const seen = await between(stage, overseer, pid, [which, count])
      go(stage, (await atGate(stage, 'a'))[0], 'ok')
      return seen
    }),
  ),

  item('SUP-038', (all) =>
    inTurn(all, STRATEGIES, async (strategy, stage) => {
      const { overseer, pid } = await atRestart(stage, strategy)
      const refused = await between(stage, overseer, pid, [
        (call) => started(call.restartChild('a')),
        (call) => told(call.deleteChild('a')),
        (call) => started(call.startChild(stage.worker('a'))),
      ])
      const [second] = await atGate(stage, 'a')
      const terminated = await between(stage, overseer, second, [(call) => told(call.terminateChild('a'))])
      await laterThanRetries(stage)
      const seen = { children: await children(overseer), begun: (await begun(stage, ['a']))[0] }
      return { ...seen, refused, terminated, shut_down: (await inTurn(all, [strategy], shutDown))[0] }
    }),
  ),

  item('SUP-039', (stage) => laterFails(stage, 'rest_for_one', 'b', 9)),
  item('SUP-040', (stage) => laterFails(stage, 'one_for_all', 'a', 15)),
]

const which = async (call: Calls): Promise<unknown> => inOrder(await call.whichChildren())
const count = (call: Calls): Promise<unknown> => call.countChildren()

/** A supervisor whose child `a` is being started again, and asks how that shall go. */
async function atRestart(stage: ConformanceStage, strategy: Strategy): Promise<{ overseer: Overseer; pid: Pid }> {
  const overseer = await stage.supervise({ strategy, intensity: 9 }, [gated(stage, 'a', 1), stage.worker('b')])
  stage.self.exit(await pidOf(overseer, 'a'), 'kill')
  const [pid] = await atGate(stage, 'a')
  return { overseer, pid }
}

/** Lets a start fail and tells what the supervisor answers to requests that were there before. */
async function between(
  stage: ConformanceStage,
  { pid, ref }: Overseer,
  gatedPid: Pid,
  requests: readonly ((call: Calls) => Promise<unknown>)[],
): Promise<unknown[]> {
  const answers = requests.map((request) => request(ref.call))
  await stage.self.isAlive(pid)
  go(stage, gatedPid, 'refuse')
  return Promise.all(answers)
}

/** Waits where the supervisor lives: a retry that it has put off by then has begun. */
async function laterThanRetries({ start, top }: ConformanceStage): Promise<void> {
  const neighbour = await start(Puppet, [false], { isolation: top })
  await neighbour.call.do([['sleep', 5]])
}

/** The parent of a supervisor that is restarting a child tells it to stop. */
async function shutDown(strategy: Strategy, stage: ConformanceStage): Promise<unknown> {
  const { overseer, pid } = await atRestart(stage, strategy)
  stage.self.exit(overseer.pid, 'shutdown')
  await stage.self.isAlive(overseer.pid)
  go(stage, pid, 'refuse')
  return ended(stage, overseer)
}

/** The first restart of `c`, which shares the fate of another, fails. */
async function laterFails(stage: ConformanceStage, strategy: Strategy, id: string, entries: number): Promise<unknown> {
  const overseer = await stage.supervise({ strategy, intensity: 2 }, [
    trapping(stage, 'a'),
    trapping(stage, 'b'),
    stage.worker('c', {}, { traps: true, starts: ['ok', 'refuse', 'ok'] }),
    trapping(stage, 'd'),
  ])
  stage.self.exit(await pidOf(overseer, id), 'kill')
  return {
    entries: await stage.scribe.call.entries(entries),
    children: await children(overseer),
    lives: await lives(stage, ['a', 'b', 'c', 'd']),
    begun: (await begun(stage, ['c']))[0],
  }
}
