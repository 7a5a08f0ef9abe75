import { InvalidOption } from 'bulkhead'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import type { Rules } from '../../stage.ts'
import { poolOf, startPool, template } from './pool.ts'
import {
  answer,
  done,
  exitOf,
  firstLives,
  HANGS,
  inOrder,
  inStatus,
  lastLife,
  nextEnd,
  started,
  stops,
  until,
} from './tools.ts'
import { Worker } from '../../fixtures/worker.ts'

/** A supervisor of one template: `simple_one_for_one`. */
export const simple: readonly ItemTest[] = [
  item('SUP-061', async (stage) => {
    const start = async (rules: Rules): Promise<unknown> => {
      try {
        await startPool(stage, rules)
        return 'ok'
      } catch (error) {
        const wrong = (error as { reason?: unknown }).reason
        if (!(wrong instanceof InvalidOption)) throw error
        // OTP names the kind of mistake, InvalidOption the field.
        return ['error', wrong.field === 'autoShutdown' ? 'bad_combination' : 'bad_start_spec']
      }
    }
    const one = template(stage, ['a', stage.scribe.pid, {}])
    return {
      none: await start({ child: [] }),
      one: await start({ child: one }),
      two: await start({ child: [one, one] }),
      never: await start({ child: one, autoShutdown: 'never' }),
      any: await start({ child: one, autoShutdown: 'any_significant' }),
    }
  }),

  item('SUP-062', async (stage) => {
    const { self, scribe } = stage
    const pool = await poolOf(stage, ['a', scribe.pid])
    const none = self.ref(Worker, (await pool.call.startChild({}))!)
    const one = self.ref(Worker, (await pool.call.startChild({}, 'extra'))!)
    const extras = [await none.call.extra(), await one.call.extra()]
    self.exit(one.pid!, 'boom')
    await scribe.call.entries(3)
    const again = self.ref(Worker, await lastLife(stage, 'a'))
    return { extras, id: await again.call.id(), again: await again.call.extra() }
  }),

  item('SUP-063', async (stage) => {
    const { self, scribe } = stage
    const pool = await poolOf(stage, [])
    const { call } = pool
    const crashed = await started(call.startChild('crashed', scribe.pid, { starts: ['crash'] }))
    const refused = await started(call.startChild('refused', scribe.pid, { starts: ['refuse'] }))
    const ignored = await started(call.startChild('ignored', scribe.pid, { starts: ['ignore'] }))
    const children = await answer(call.whichChildren())
    const pid = await call.startChild('once', scribe.pid, { starts: ['ok', 'ignore'] })
    self.exit(pid!, 'boom')
    await until(async () => (await scribe.call.begun('once')) === 2)
    const left = (await call.whichChildren()).map(({ status }) => inStatus(status))
    const counts = await call.countChildren()
    return { failed: [refused, crashed], ignored, children, after_restart: left, counts }
  }),

  item('SUP-064', async (stage) => {
    const { call } = await poolOf(stage, [])
    const empty = await call.countChildren()
    const pids = [await call.startChild('a', stage.scribe.pid, {}), await call.startChild('b', stage.scribe.pid, {})]
    const children = await call.whichChildren()
    const same = inOrder(pids).join() === inOrder(children.map(({ pid }) => pid)).join()
    const modules = children.map(({ behaviour }) => [behaviour.toLowerCase()])
    return { empty, ids: children.map(({ id }) => id ?? null), modules, same, counts: await call.countChildren() }
  }),

  item('SUP-065', async (stage) => {
    const { self, scribe } = stage
    const { call } = await poolOf(stage, [])
    const dead = await call.startChild('dead', scribe.pid, { traps: true })
    const alive = await call.startChild('alive', scribe.pid, { traps: true })
    return {
      pid: await done(call.terminateChild(dead!)),
      told: stops(await scribe.call.entries(3)),
      dead: await done(call.terminateChild(dead!)),
      stranger: await done(call.terminateChild(self.pid)),
      terminate: await done(call.terminateChild('alive' as never)),
      restart: [await done(call.restartChild('alive' as never)), await done(call.restartChild(alive!))],
      delete: [await done(call.deleteChild('alive' as never)), await done(call.deleteChild(alive!))],
      children: (await call.whichChildren()).length,
    }
  }),

  item('SUP-066', async (stage) => {
    const { self, scribe } = stage
    const patient = await poolOf(stage, [], { shutdown: 'infinity' })
    for (const id of ['a', 'b', 'c']) await patient.call.startChild(id, scribe.pid, HANGS)
    const lives = await firstLives(stage, 'a', 'b', 'c')
    self.exit(patient.pid, 'shutdown')
    const told = inOrder(stops(await scribe.call.entries(6)))
    const alive = await Promise.all(lives.map((life) => self.isAlive(life)))
    for (const life of lives) self.exit(life, 'kill')
    const ids = ['d', 'e', 'f', 'g']
    const timed = await poolOf(stage, [], { shutdown: 100 })
    for (const id of ids) await timed.call.startChild(id, scribe.pid, HANGS)
    for (const life of await firstLives(stage, ...ids)) await stage.watch(life)
    self.exit(timed.pid, 'shutdown')
    // In the order in which they end: one after the other they would be 100 ms apart, each time.
    const ends: unknown[] = []
    const times: number[] = []
    while (ends.length < ids.length) {
      ends.push(await nextEnd(stage))
      times.push(performance.now())
    }
    const gaps = times.slice(1).map((at, index) => at - times[index]!)
    const supervisors = [await exitOf(stage, patient.pid), await exitOf(stage, timed.pid)]
    return { told, alive, ends, together: Math.min(...gaps) < 50, supervisors }
  }),
]
