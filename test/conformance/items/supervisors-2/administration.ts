import { Overseen } from '../../fixtures/overseer.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { ConformanceStage } from '../../stage.ts'
import {
  answer,
  doings,
  done,
  endLife,
  exitOf,
  failToRestart,
  failure,
  firstLives,
  inStatus,
  lastLife,
  started,
  statusOf,
  TRIES_ON,
  until,
} from './tools.ts'
import { poolOf } from './pool.ts'

/** What supervisors can be asked. */
export const administration: readonly ItemTest[] = [
  item('SUP-049', async (stage) => {
    const { worker, scribe } = stage
    const overseer = await stage.supervise({}, [
      worker('running'),
      worker('terminated'),
      worker('ended', { restart: 'transient' }),
      worker('ignored', {}, { starts: ['ignore'] }),
    ])
    const [running] = await firstLives(stage, 'running')
    const { call } = overseer.ref
    await call.terminateChild('terminated')
    await endLife(stage, 'ended', 'normal')
    await until(async () => (await statusOf(overseer, 'ended')) === 'stopped')
    const same = new Map([[running, 'same']])
    return {
      running: await started(call.startChild(worker('running')), same),
      others: [
        await started(call.startChild(worker('terminated'))),
        await started(call.startChild(worker('ended'))),
        await started(call.startChild(worker('ignored'))),
      ],
      begun: await scribe.call.begun('running'),
    }
  }),

  item('SUP-050', async (stage) => {
    const { call } = (await stage.supervise({}, [stage.worker('a')])).ref
    const failing = stage.worker('b', {}, { starts: ['refuse', 'stop', 'ok'] })
    const failures = [await failure(call.startChild(failing)), await failure(call.startChild(failing))]
    const counts = await call.countChildren()
    const spec = await answer(call.getChildSpec('b'))
    await call.startChild(failing)
    const name = `taken from ${stage.self.pid}`
    const holder = await stage.puppet({ name })
    const taken = await started(call.startChild(stage.worker('c', { name })), new Map([[holder.pid, 'same']]))
    return { failures, counts, spec, taken, ids: (await call.whichChildren()).map(({ id }) => id) }
  }),

  item('SUP-051', async (stage) => {
    const { worker, scribe } = stage
    const overseer = await stage.supervise({}, [
      worker('running'),
      worker('ignored', {}, { starts: ['ignore'] }),
      worker('other'),
    ])
    const pool = await poolOf(stage, [])
    const member = await pool.call.startChild('member', scribe.pid, {})
    const [other] = await firstLives(stage, 'other')
    const { call } = overseer.ref
    return {
      running: await done(call.terminateChild('running')),
      stopped: await done(call.terminateChild('running')),
      ignored: await done(call.terminateChild('ignored')),
      unknown: await done(call.terminateChild('unknown')),
      pid: await done(call.terminateChild(other!)),
      simple: await done(pool.call.terminateChild(member!)),
      left: await doings(overseer),
      pool: await answer(pool.call.whichChildren()),
    }
  }),

  item('SUP-052', async (stage) => {
    const { worker } = stage
    const overseer = await stage.supervise(TRIES_ON, [
      worker('stopped'),
      worker('running'),
      worker('failing', {}, { starts: ['ok', 'refuse', 'crash'] }),
      worker('ignored', {}, { starts: ['ok', 'ignore'] }),
      worker('retried', {}, { starts: ['ok', 'refuse'] }),
    ])
    const { call } = overseer.ref
    for (const id of ['stopped', 'failing', 'ignored']) await call.terminateChild(id)
    const pid = await call.restartChild('stopped')
    const refused = await started(call.restartChild('failing'))
    const answers = {
      stopped: ['ok', pid === (await lastLife(stage, 'stopped')) ? 'same' : 'other'],
      running: await started(call.restartChild('running')),
      unknown: await started(call.restartChild('unknown')),
      crashed: await answer(call.restartChild('failing')),
      ignored: await started(call.restartChild('ignored')),
    }
    await failToRestart(stage, 'retried')
    const restarting = await started(call.restartChild('retried'))
    await call.terminateChild('retried')
    return { ...answers, refused, restarting, kept: await doings(overseer) }
  }),

  item('SUP-053', async (stage) => {
    const { worker } = stage
    const children = [worker('stopped'), worker('running'), worker('retried', {}, { starts: ['ok', 'refuse'] })]
    const { call } = (await stage.supervise(TRIES_ON, children)).ref
    await call.terminateChild('stopped')
    await failToRestart(stage, 'retried')
    const answers = {
      stopped: await done(call.deleteChild('stopped')),
      running: await done(call.deleteChild('running')),
      restarting: await done(call.deleteChild('retried')),
      unknown: await done(call.deleteChild('unknown')),
      again: await done(call.deleteChild('stopped')),
    }
    await call.terminateChild('retried')
    return { ...answers, left: (await call.whichChildren()).map(({ id }) => id) }
  }),

  item('SUP-054', async (stage) => {
    const children = [stage.worker('a', { restart: 'temporary' }), stage.worker('b', { restart: 'transient' })]
    const { call } = (await stage.supervise({}, children)).ref
    return {
      terminated: [await done(call.terminateChild('a')), await done(call.terminateChild('b'))],
      left: (await call.whichChildren()).map(({ id }) => id),
      restart: await done(call.restartChild('a')),
      delete: await done(call.deleteChild('a')),
      terminate: await done(call.terminateChild('a')),
      spec: await done(call.getChildSpec('a')),
    }
  }),

  item('SUP-055', async (stage) => {
    const { worker, supervisor } = stage
    const { call } = (
      await stage.supervise(TRIES_ON, [
        worker('first'),
        supervisor('sub', {}, []),
        worker('stopped'),
        worker('retried', {}, { starts: ['ok', 'refuse'] }),
      ])
    ).ref
    await call.terminateChild('stopped')
    const added = await call.startChild(worker('added'))
    await failToRestart(stage, 'retried')
    const children = await call.whichChildren()
    await call.terminateChild('retried')
    if (children[0]?.pid !== added) throw new Error('it has not the pid with which it started')
    return children.map(({ id, pid, status, type, behaviour }) => [
      id,
      pid === undefined ? inStatus(status) : 'pid',
      type,
      [behaviour === 'Overseen' ? 'overseer' : behaviour.toLowerCase()],
    ])
  }),

  item('SUP-056', async (stage) => {
    const { worker, supervisor } = stage
    const { call } = (
      await stage.supervise(TRIES_ON, [
        worker('running'),
        worker('stopped'),
        worker('ignored', {}, { starts: ['ignore'] }),
        worker('gone', { restart: 'temporary' }),
        supervisor('sub', {}, []),
        supervisor('stopped_sub', {}, []),
        worker('retried', {}, { starts: ['ok', 'refuse'] }),
      ])
    ).ref
    for (const id of ['stopped', 'gone', 'stopped_sub']) await call.terminateChild(id)
    await failToRestart(stage, 'retried')
    const counts = await call.countChildren()
    await call.terminateChild('retried')
    return counts
  }),

  item('SUP-057', async (stage) => {
    const { pid, ref } = await stage.supervise({}, [])
    stage.self.exit(pid, 'shutdown')
    await exitOf(stage, pid)
    const nobody = stage.self.named(Overseen, `nobody of ${stage.self.pid}`)
    return { pid: await askedInVain(stage, ref), name: await askedInVain(stage, nobody) }
  }),
]

async function askedInVain(
  { worker }: ConformanceStage,
  { call }: Awaited<ReturnType<ConformanceStage['supervise']>>['ref'],
): Promise<unknown[]> {
  return [
    await answer(call.startChild(worker('a'))),
    await answer(call.terminateChild('a')),
    await answer(call.restartChild('a')),
    await answer(call.deleteChild('a')),
    await answer(call.getChildSpec('a')),
    await answer(call.whichChildren()),
    await answer(call.countChildren()),
  ]
}
