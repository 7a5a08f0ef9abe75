import type { RestartType, Strategy } from 'bulkhead'
import { patienceMs } from '../../../laws/stage.ts'
import { Gated } from '../../fixtures/supervisors-1-gated.ts'
import { Worker } from '../../fixtures/worker.ts'
import { inErlang } from '../../in-erlang.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage } from '../../stage.ts'
import { afterEnd, below, children, end, gated, inTurn, kill, lives, pidOf, told, trapping } from './observing.ts'

const GROUPS: readonly Strategy[] = ['one_for_all', 'rest_for_one']
const STRATEGIES: readonly Strategy[] = ['one_for_one', ...GROUPS]

export const restarts: readonly ItemTest[] = [
  item('SUP-016', (stage) => endings(stage, 'permanent')),
  item('SUP-017', (stage) => endings(stage, 'transient')),
  item('SUP-018', (stage) => endings(stage, 'temporary')),

  item('SUP-019', async (stage) => {
    const { supervise, worker, scribe, self } = stage
    await supervise({ strategy: 'one_for_one' }, [worker('a'), worker('b'), worker('c')])
    await scribe.call.entries(3)
    const [b] = await scribe.call.lives('b')
    self.exit(b!, 'boom')
    const entries = await scribe.call.entries(4)
    return { entries, lives: await lives(stage, ['a', 'b', 'c']) }
  }),

  item('SUP-020', (stage) => group(stage, 'one_for_all')),
  item('SUP-021', (stage) => group(stage, 'rest_for_one')),

  item('SUP-022', (all) =>
    inTurn(all, STRATEGIES, async (strategy, stage) => {
      const { supervise, worker, scribe } = stage
      const overseer = await supervise({ strategy, intensity: 0 }, [
        worker('t', { restart: 'transient' }),
        worker('u', { restart: 'temporary' }),
        worker('v', { restart: 'temporary' }),
        trapping(stage, 'z'),
      ])
      const ends = [
        await end(stage, overseer, 't', 'normal'),
        await end(stage, overseer, 'u', 'boom'),
        await end(stage, overseer, 'v', 'normal'),
      ]
      return {
        ends,
        entries: await scribe.call.entries(7),
        children: await children(overseer),
        lives: await lives(stage, ['t', 'u', 'v', 'z']),
      }
    }),
  ),

  item('SUP-023', (all) =>
    inTurn(all, GROUPS, async (strategy, stage) => {
      const { supervise, worker, scribe } = stage
      const overseer = await supervise({ strategy }, [
        worker('a'),
        worker('b'),
        worker('c', { restart: 'transient' }),
        worker('d', {}, { starts: ['ignore', 'ok'] }),
      ])
      await overseer.ref.call.terminateChild('b')
      await end(stage, overseer, 'c', 'normal')
      const before = await children(overseer)
      await kill(stage, overseer, 'a')
      return { before, children: await children(overseer), entries: await scribe.call.entries(8) }
    }),
  ),

  item('SUP-024', (all) =>
    inTurn(all, GROUPS, async (strategy, stage) => {
      const { supervise, worker, scribe } = stage
      const overseer = await supervise({ strategy, intensity: 1 }, [
        worker('a'),
        trapping(stage, 't', { restart: 'temporary' }),
        trapping(stage, 'u', { restart: 'temporary' }),
        trapping(stage, 'b'),
      ])
      return {
        a: await kill(stage, overseer, 'a'),
        children: await children(overseer),
        entries: await scribe.call.entries(9),
        begun: await scribe.call.begun('t'),
      }
    }),
  ),

  item('SUP-025', (all) => {
    const counts: readonly (readonly [Strategy, number])[] = [
      ['one_for_one', 6],
      ['rest_for_one', 12],
      ['one_for_all', 18],
    ]
    return inTurn(all, counts, async ([strategy, count], stage) => {
      const overseer = await stage.supervise({ strategy, intensity: 9 }, [trapping(stage, 'a'), trapping(stage, 'b')])
      await overseer.ref.call.startChild(trapping(stage, 'c'))
      const orders: unknown[] = []
      for (const id of ['b', 'a', 'c']) {
        await kill(stage, overseer, id)
        orders.push(await children(overseer))
      }
      return { orders, entries: await stage.scribe.call.entries(count) }
    })
  }),

  item('SUP-026', (all) =>
    inTurn(all, STRATEGIES, async (strategy, stage) => {
      const ids = ['a', 'b', 'c']
      const overseer = await stage.supervise(
        { strategy, intensity: 0 },
        ids.map((id) => trapping(stage, id)),
      )
      return {
        answer: await told(overseer.ref.call.terminateChild('b')),
        children: await children(overseer),
        entries: await stage.scribe.call.entries(4),
        lives: await lives(stage, ids),
      }
    }),
  ),

  item('SUP-027', async (stage) => {
    const { supervise, supervisor, worker } = stage
    const overseer = await supervise({}, [supervisor('inner', {}, [worker('a')])])
    const inner = await below(stage, overseer, 'inner')
    await inner.ref.call.startChild(worker('b'))
    const before = await children(inner)
    await kill(stage, overseer, 'inner')
    return {
      before,
      children: await children(await below(stage, overseer, 'inner')),
      lives: await lives(stage, ['a', 'b']),
    }
  }),

  item('SUP-028', async (stage) => {
    const { here, scribe, self, start, supervise, worker } = stage
    const overseer = await supervise({ intensity: 0 }, [worker('a'), worker('b')])
    const neighbour = await start(Gated, ['neighbour', scribe.pid, 9, self.pid], { isolation: here })
    const pid = await pidOf(overseer, 'a')
    await self.ref(Worker, pid).within(patienceMs).call.unlink(overseer.pid)
    self.exit(pid, 'kill')
    const dead = !(await self.isAlive(pid))
    // From the node on which it lived: an EXIT of it would have come before.
    await neighbour.call.signal(overseer.pid, 'nothing')
    return {
      still: dead && (await pidOf(overseer, 'a')) === pid,
      before: await children(overseer),
      answer: await told(overseer.ref.call.terminateChild('a')),
      children: await children(overseer),
      lives: await lives(stage, ['a', 'b']),
    }
  }),

  item('SUP-029', async (stage) => {
    const { here, scribe, self, start, supervise, worker } = stage
    const overseer = await supervise({ intensity: 1 }, [gated(stage, 'a', 9), worker('b')])
    const pid = await pidOf(overseer, 'a')
    const stranger = await start(Gated, ['other', scribe.pid, 9, self.pid], { isolation: here })
    await stranger.call.signal(overseer.pid, 'fake')
    const strangers = [await children(overseer), await lives(stage, ['a', 'b'])]
    await self.ref(Gated, pid).within(patienceMs).call.signal(overseer.pid, 'fake')
    return {
      strangers,
      a: await afterEnd(overseer, 'a', pid),
      lives: await lives(stage, ['a', 'b']),
      first_life: await self.isAlive(pid),
    }
  }),
]

/** What becomes of a child of that type, by the reason with which it ends. */
async function endings(all: ConformanceStage, restart: RestartType): Promise<unknown> {
  const reasons = ['normal', 'shutdown', { shutdown: 'why' }, 'boom', 'killed', 'kill', 'crash']
  return inTurn(all, reasons, async (reason, stage) => {
    const overseer = await stage.supervise({}, [stage.worker('a', { restart })])
    const pid = await pidOf(overseer, 'a')
    if (reason === 'kill') stage.self.exit(pid, 'kill')
    else if (reason === 'crash') stage.self.ref(Worker, pid).cast.crash()
    else stage.self.ref(Worker, pid).cast.exit(reason)
    return [inErlang(reason), await afterEnd(overseer, 'a', pid)]
  })
}

/** The second of four ends. */
async function group(stage: ConformanceStage, strategy: Strategy): Promise<unknown> {
  const ids = ['a', 'b', 'c', 'd']
  const overseer = await stage.supervise(
    { strategy },
    ids.map((id) => trapping(stage, id)),
  )
  return {
    b: await kill(stage, overseer, 'b'),
    entries: await stage.scribe.call.entries(8),
    lives: await lives(stage, ids),
    children: await children(overseer),
  }
}
