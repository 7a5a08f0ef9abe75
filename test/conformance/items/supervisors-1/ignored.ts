import type { ChildSpec } from 'bulkhead'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import { afterEnd, atGate, begun, children, gated, go, inTurn, lives, pidOf, started } from './observing.ts'

export const ignored: readonly ItemTest[] = [
  item('SUP-013', (all) =>
    inTurn(all, ['permanent', 'transient'] as const, async (restart, { supervise, worker }) => {
      const spec = (name: string): ChildSpec =>
        worker(`${restart}${name}`, { restart }, { starts: ['ignore', 'ignore', 'ok'] })
      const overseer = await supervise({}, [spec('_a'), worker('z')])
      const { startChild, restartChild } = overseer.ref.call
      return {
        first: await children(overseer),
        start_child: await started(startChild(spec('_b'))),
        added: await children(overseer),
        restart_child: [await started(restartChild(`${restart}_a`)), await started(restartChild(`${restart}_a`))],
        last: await children(overseer),
      }
    }),
  ),

  item('SUP-014', async ({ supervise, worker }) => {
    const spec = (id: string): ChildSpec => worker(id, { restart: 'temporary' }, { starts: ['ignore'] })
    const overseer = await supervise({}, [spec('a'), worker('z')])
    const { startChild, restartChild } = overseer.ref.call
    return {
      first: await children(overseer),
      start_child: await started(startChild(spec('b'))),
      children: await children(overseer),
      restart_child: [await started(restartChild('a')), await started(restartChild('b'))],
    }
  }),

  item('SUP-015', async (stage) => {
    const overseer = await stage.supervise({ intensity: 1 }, [gated(stage, 'a', 1), stage.worker('z')])
    const pid = await pidOf(overseer, 'a')
    stage.self.exit(pid, 'kill')
    const [again] = await atGate(stage, 'a')
    go(stage, again, 'ignore')
    return {
      a: await afterEnd(overseer, 'a', pid),
      children: await children(overseer),
      begun: (await begun(stage, ['a']))[0],
      lives: await lives(stage, ['a', 'z']),
    }
  }),
]
