import { P } from '@bulkhead/core'
import type { Pid } from '@bulkhead/core'
import type { ChildSpec, SupervisorReport } from 'bulkhead'
import { patienceMs } from '../../../laws/stage.ts'
import { Listener } from '../../fixtures/supervisors-2-progress.ts'
import type { Progress } from '../../fixtures/supervisors-2-progress.ts'
import { inErlang } from '../../in-erlang.ts'
import type { Labels } from '../../in-erlang.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage } from '../../stage.ts'
import { poolOf } from './pool.ts'
import { endLife, exitOf, firstLives, HANGS, inOrder, leaver, until } from './tools.ts'

const RESTARTS = ['permanent', 'transient', 'temporary'] as const

/** What supervisors report, and what they keep of their children. */
export const reports: readonly ItemTest[] = [
  item('SUP-076', async (stage) => {
    const { worker, self } = stage
    const log = reportsFromNow(stage)
    await stage.supervise({}, [worker('fails', {}, { starts: ['refuse'] })]).catch(() => undefined)
    const { pid, ref } = await stage.supervise({ intensity: 0 }, [
      worker('a', { shutdown: 70, restart: 'transient' }),
      leaver(stage, 'b', 'otherwise', { restart: 'permanent' }, 1),
    ])
    await stage.scribe.call.entries(2)
    const [a, b] = await firstLives(stage, 'a', 'b')
    const labels = new Map<unknown, string>([
      [a, 'a'],
      [b, 'b'],
      [pid, 'supervisor'],
    ])
    await ref.call.terminateChild('b')
    self.exit(a!, 'boom')
    await exitOf(stage, pid)
    const isOurs = ({ supervisor, offender }: SupervisorReport): boolean =>
      supervisor === pid || offender.id === 'fails'
    await until(async () => log().filter(isOurs).length >= 4)
    return log()
      .filter(isOurs)
      .map((report) => fields(report, labels))
  }),

  item('SUP-077', async (stage) => {
    const log = reportsFromNow(stage)
    const reasons = [['normal'], ['shutdown'], ['done', { shutdown: 'done' }], ['boom'], ['kill']] as const
    const cases = RESTARTS.flatMap((restart) =>
      reasons.map(([name, reason = name]) => ({ id: `${restart}_${name}`, restart, reason })),
    )
    const { pid, ref } = await stage.supervise({ intensity: 100 }, [
      stage.worker('last'),
      ...cases.map(({ id, restart }) => stage.worker(id, { restart })),
    ])
    const first = new Map((await ref.call.whichChildren()).map((each) => [each.id, each.pid]))
    for (const { id, reason } of cases) await endLife(stage, id, reason)
    await until(async () => {
      const children = await ref.call.whichChildren()
      return children.every((each) => each.id === 'last' || each.pid !== first.get(each.id))
    })
    await endLife(stage, 'last', 'boom')
    return inOrder(await linesUntil('last', pid, log))
  }),

  item('SUP-078', async (stage) => {
    const log = reportsFromNow(stage)
    const reasons = [['shutdown'], ['normal'], ['done', { shutdown: 'done' }], ['other']] as const
    const leavers = RESTARTS.flatMap((restart, index) =>
      reasons.map(([name, reason = name]): ChildSpec =>
        leaver(stage, `${restart}_${name}`, reason, { restart }, index),
      ),
    )
    const { pid } = await stage.supervise({}, [
      leaver(stage, 'last', 'other'),
      stage.worker('brutal', { shutdown: 'brutal_kill' }, HANGS),
      stage.worker('brutal_temporary', { shutdown: 'brutal_kill', restart: 'temporary' }, HANGS),
      stage.worker('late', { shutdown: 20 }, HANGS),
      ...leavers,
    ])
    await stage.scribe.call.entries(16)
    stage.self.exit(pid, 'shutdown')
    await exitOf(stage, pid)
    return linesUntil('last', pid, log)
  }),

  item('SUP-079', async (stage) => {
    const { self, worker, scribe, top } = stage
    await self.startLink(Listener, [self.pid], { isolation: top })
    const { pid, ref } = await stage.supervise({}, [worker('started'), worker('restarted')])
    const [restarted] = await firstLives(stage, 'restarted')
    self.exit(restarted!, 'boom')
    await scribe.call.entries(3)
    await ref.call.startChild(worker('added'))
    await ref.call.terminateChild('started')
    await ref.call.restartChild('started')
    const seen: unknown[] = []
    while (seen.length < 5) {
      const { supervisor, child, level } = await nextProgress(stage)
      if (supervisor === pid) seen.push([child, level])
    }
    return seen
  }),

  differing(
    'SUP-080',
    // An idle actor holds no stack that hibernation could throw away.
    { hibernates: [false, false], arguments: ['retained', 'retained', null] },
    async (stage) => {
      const { ref, pid } = await stage.supervise({}, [stage.worker('a')])
      await ref.call.startChild(stage.worker('b', { restart: 'transient' }))
      await ref.call.startChild(stage.worker('c', { restart: 'temporary' }))
      const pool = await poolOf(stage, [])
      const hibernates = async (who: Pid): Promise<boolean> => {
        const { status } = (await stage.self.info(who, ['status']))!
        return status !== 'waiting' && status !== 'running'
      }
      const retained = async (id: string): Promise<unknown> =>
        (await ref.call.getChildSpec(id)).args === undefined ? null : 'retained'
      return {
        hibernates: [await hibernates(pid), await hibernates(pool.pid)],
        arguments: [await retained('a'), await retained('b'), await retained('c')],
      }
    },
  ),
]

/** The supervisor reports that are logged from now on. */
function reportsFromNow({ log }: ConformanceStage): () => SupervisorReport[] {
  const from = log.length
  return () =>
    log
      .slice(from)
      .map(({ data }) => data)
      .filter(
        (data): data is SupervisorReport =>
          typeof data === 'object' && data !== null && 'offender' in data && 'context' in data,
      )
}

/** Whose reports came, in which context and with which reason, up to the first of this child. */
async function linesUntil(last: string, supervisor: Pid, log: () => SupervisorReport[]): Promise<unknown[]> {
  const ours = (): SupervisorReport[] => log().filter((report) => report.supervisor === supervisor)
  const end = (): number => ours().findIndex(({ offender }) => offender.id === last)
  await until(async () => end() >= 0)
  return ours()
    .slice(0, end() + 1)
    .map(({ offender, context, reason }) => [offender.id, context, inErlang(reason)])
}

/** In OTP's words. Instead of mfargs a report names the behaviour: arguments may be secret, and getChildSpec has them. */
function fields({ supervisor, context, reason, offender }: SupervisorReport, labels: Labels): unknown {
  const { pid, id, behaviour, restart, shutdown, significant, type } = offender
  return {
    supervisor: labels.get(supervisor) ?? 'other',
    context,
    reason: inErlang(reason),
    offender: {
      pid: inErlang(pid, labels),
      id,
      module: behaviour.toLowerCase(),
      restart_type: restart,
      shutdown,
      significant,
      child_type: type,
    },
  }
}

async function nextProgress({ self }: ConformanceStage): Promise<Progress> {
  const progress = await self.receive((on) =>
    on.with({ progress: P._ }, (found) => found.progress as Progress).after(patienceMs, () => undefined),
  )
  if (progress === undefined) throw new Error('no progress report came')
  return progress
}
