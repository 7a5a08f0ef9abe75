import { child, InvalidOption } from 'bulkhead'
import type { ChildOptions, ChildSpec } from 'bulkhead'
import type { Plan } from '../../fixtures/plan.ts'
import { Pool } from '../../fixtures/supervisors-2-pool.ts'
import { Starter } from '../../fixtures/supervisors-2-starter.ts'
import { Worker } from '../../fixtures/worker.ts'
import { differing, item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { Rules } from '../../stage.ts'
import { startPool } from './pool.ts'
import {
  answer,
  done,
  endOf,
  exitOf,
  failToRestart,
  firstLives,
  HANGS,
  inOrder,
  inStatus,
  lastLife,
  started,
  stops,
  TRAPS,
  TRIES_ON,
  until,
} from './tools.ts'

/** Elixir's `DynamicSupervisor`: what each child is, is said when it is started. */
export const dynamic: readonly ItemTest[] = [
  item('SUP-067', async (stage) => {
    const { call } = await startPool(stage, {})
    const empty = [await answer(call.whichChildren()), await call.countChildren()]
    const starts = [
      await started(call.startChild(stage.worker('a'))),
      await started(call.startChild(stage.worker('a'))),
    ]
    const ids = (await call.whichChildren()).map(({ id }) => id ?? null)
    const start = async (rules: Rules, word: string): Promise<unknown> => {
      try {
        await startPool(stage, rules)
        return 'ok'
      } catch (error) {
        const wrong = (error as { reason?: unknown }).reason
        if (wrong instanceof InvalidOption && wrong.field in rules) return ['error', word]
        throw error
      }
    }
    const strategies = []
    for (const strategy of ['one_for_one', 'one_for_all', 'rest_for_one'])
      strategies.push(await start({ strategy }, 'invalid_strategy'))
    const autos = []
    for (const autoShutdown of ['never', 'any_significant'])
      autos.push(await start({ autoShutdown }, 'invalid_auto_shutdown'))
    return { empty, starts, ids, counts: await call.countChildren(), strategies, auto_shutdown: autos }
  }),

  differing(
    'SUP-068',
    {
      ok: ['ok', 'pid'],
      // A behaviour starts by its init, which has nothing to hand on but the state: what a child has to tell, it is asked for.
      info: ['ok', 'pid'],
      ignore: 'ignore',
      refused: ['error', 'refused'],
      exception: ['error', ['raised', 'stack']],
      throw: ['error', [['nocatch', 'thrown'], 'stack']],
      exit: ['error', 'exited'],
      children: 2,
    },
    async (stage) => {
      const { call } = await startPool(stage, {})
      const start = (how: 'raise' | 'throw' | 'exit', index: number): Promise<unknown> =>
        started(call.startChild(child(Starter, [how], { adapt: false, isolation: stage.place(index) })))
      const ok = await started(call.startChild(stage.worker('a')))
      const info = await started(call.startChild(stage.worker('a')))
      const ignored = await call.startChild(stage.worker('b', {}, { starts: ['ignore'] }))
      return {
        ok,
        info,
        ignore: ignored === undefined ? 'ignore' : 'pid',
        refused: await started(call.startChild(stage.worker('c', {}, { starts: ['refuse'] }))),
        exception: await start('raise', 0),
        throw: await start('throw', 1),
        exit: await start('exit', 0),
        children: (await call.whichChildren()).length,
      }
    },
  ),

  item('SUP-069', async (stage) => {
    const { worker, scribe } = stage
    const { call } = await startPool(stage, { maxChildren: 2, ...TRIES_ON })
    const a = await call.startChild(worker('a', {}, { starts: ['ok', 'refuse'] }))
    const b = await call.startChild(worker('b'))
    const full = await started(call.startChild(worker('c')))
    await failToRestart(stage, 'a')
    const restarting = await started(call.startChild(worker('c')))
    const counts = await call.countChildren()
    await call.terminateChild(a!)
    const again = await started(call.startChild(worker('c')))
    const fullAgain = await started(call.startChild(worker('d')))
    await call.terminateChild(b!)
    const none = await startPool(stage, { maxChildren: 0 })
    return {
      full: [full, fullAgain],
      restarting,
      counts,
      again,
      begun: [await scribe.call.begun('c'), await scribe.call.begun('d')],
      none: await started(none.call.startChild(worker('a'))),
    }
  }),

  item('SUP-070', async (stage) => {
    const { self, scribe, place } = stage
    const { call } = await startPool(stage, { extraArgs: ['a', scribe.pid] })
    const spec = (...args: unknown[]): ChildSpec =>
      child(Worker, args as never, { adapt: false, isolation: place(args.length - 1) })
    const none = self.ref(Worker, (await call.startChild(spec({})))!)
    const one = self.ref(Worker, (await call.startChild(spec({}, 'own')))!)
    const extras = [await none.call.extra(), await one.call.extra()]
    self.exit(one.pid!, 'boom')
    await scribe.call.entries(3)
    const again = self.ref(Worker, await lastLife(stage, 'a'))
    return { extras, id: await again.call.id(), again: await again.call.extra() }
  }),

  item('SUP-071', async (stage) => {
    const { scribe, self } = stage
    const nobody = self.named(Pool, `nobody of ${self.pid}`)
    const start = (options: object): Promise<unknown> =>
      nobody.call.startChild(child(Worker, ['a', scribe.pid, {}], options as ChildOptions))
    const words: unknown[] = []
    for (const [make, word] of [
      [() => start({ restart: 'always' }), 'invalid_restart_type'],
      [() => start({ shutdown: -1 }), 'invalid_shutdown'],
      [() => nobody.call.startChild(child({ no: 'behaviour' } as never, [])), 'invalid_child_spec'],
      [() => nobody.call.startChild(child(undefined as never, [])), 'invalid_child_spec'],
    ] as const)
      words.push(inCaller(make) ? word : 'asked')
    // What is right reaches the supervisor, or would.
    return [...words, ((await answer(start({}))) as unknown[])[0]]
  }),

  item('SUP-072', async (stage) => {
    const { worker, scribe, self } = stage
    const { call } = await startPool(stage, TRIES_ON)
    const a = await call.startChild(worker('a', {}, TRAPS))
    const b = await call.startChild(worker('b', { shutdown: 'brutal_kill' }, TRAPS))
    const c = await call.startChild(worker('c', {}, { starts: ['ok', 'refuse'] }))
    const ref = await stage.watch(b!)
    const alive = await done(call.terminateChild(a!))
    const told = stops(await scribe.call.entries(4))
    const brutal = await done(call.terminateChild(b!))
    const killed = await endOf(stage, ref)
    const dead = await done(call.terminateChild(a!))
    const stranger = await done(call.terminateChild(self.pid))
    await failToRestart(stage, 'c')
    const before = (await call.whichChildren()).map(({ id, status }) => [id ?? null, status])
    const restarting = await done(call.terminateChild(c!))
    const left = await call.whichChildren()
    return { alive, told, brutal: [brutal, killed], dead, stranger, before, restarting, left }
  }),

  item('SUP-073', async (stage) => {
    const { self, worker, scribe } = stage
    const { call, pid } = await startPool(stage, {})
    const children: readonly [string, ChildOptions, Plan][] = [
      ['first', { shutdown: 'infinity' }, HANGS],
      ['brutal', { shutdown: 'brutal_kill' }, HANGS],
      ['timed', { shutdown: 40 }, HANGS],
      ['polite', { shutdown: 60_000 }, TRAPS],
      ['plain', { shutdown: 60_000 }, {}],
      ['last', { shutdown: 'infinity' }, HANGS],
    ]
    for (const [id, options, plan] of children) await call.startChild(worker(id, options, plan))
    const [first, last, ...others] = await firstLives(stage, 'first', 'last', 'brutal', 'timed', 'polite', 'plain')
    const refs = await Promise.all(others.map((each) => stage.watch(each)))
    self.exit(pid, 'shutdown')
    const ends: unknown[] = []
    for (const ref of refs) ends.push(await endOf(stage, ref))
    let told: unknown[] = []
    await until(async () => {
      told = stops(await scribe.call.entries(0), 'timed')
      return told.length === 3
    })
    const alive = [await self.isAlive(first!), await self.isAlive(last!)]
    for (const patient of [first!, last!]) self.exit(patient, 'kill')
    const sorted = inOrder(told.map((entry) => [(entry as string[])[0], (entry as string[])[2]]))
    return { ends, told: sorted, alive, supervisor: await exitOf(stage, pid) }
  }),

  item('SUP-074', async (stage) => {
    const { self, worker, scribe } = stage
    const { call } = await startPool(stage, TRIES_ON)
    self.exit((await call.startChild(worker('ignored', {}, { starts: ['ok', 'ignore'] })))!, 'kill')
    await until(async () => (await scribe.call.begun('ignored')) === 2)
    const dropped = await call.whichChildren()
    const failing = await call.startChild(worker('failing', {}, { starts: ['ok', 'refuse'] }))
    await failToRestart(stage, 'failing')
    const restarting = (await call.whichChildren()).map(({ id, status }) => [id ?? null, inStatus(status)])
    await call.terminateChild(failing!)
    const strict = await startPool(stage, { intensity: 3, periodMs: 60_000 })
    const hopeless = await strict.call.startChild(worker('hopeless', {}, { starts: ['ok', 'crash'] }))
    const ref = await stage.watch((await strict.call.startChild(worker('other', {}, TRAPS)))!)
    self.exit(hopeless!, 'kill')
    const reason = await exitOf(stage, strict.pid)
    const begun = await scribe.call.begun('hopeless')
    return { dropped, restarting, gives_up: [reason, await endOf(stage, ref)], begun }
  }),
]

/** Whether it is refused where it stands, before anybody is asked. */
function inCaller(make: () => unknown): boolean {
  try {
    make()
    return false
  } catch (error) {
    if (error instanceof InvalidOption) return true
    throw error
  }
}
