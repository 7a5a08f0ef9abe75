import type { ConformanceStage } from '../../stage.ts'
import { Overseen } from '../../fixtures/overseer.ts'
import { item } from '../../item.ts'
import type { ItemTest } from '../../item.ts'
import { endOf, exitOf, firstLives, HANGS, inOrder, leaver, pidOf, stops, TRAPS, until } from './tools.ts'

/** How supervisors and their children stop. */
export const shutdown: readonly ItemTest[] = [
  item('SUP-042', async (stage) => {
    const { self, scribe, worker } = stage
    const children = [worker('a', {}, TRAPS), worker('b', { shutdown: 'infinity' }, HANGS), worker('c', {}, TRAPS)]
    const { pid } = await stage.supervise({}, children)
    const lives = await firstLives(stage, 'a', 'b', 'c')
    self.exit(pid, 'shutdown')
    const asked = stops(await scribe.call.entries(5))
    const alive = await Promise.all(lives.map((life) => self.isAlive(life)))
    self.exit(lives[1]!, 'kill')
    const reason = await exitOf(stage, pid)
    return { asked, alive, all: stops(await scribe.call.entries(6)), reason }
  }),

  item('SUP-043', async (stage) => {
    const { self, scribe, worker } = stage
    const timed = await stage.supervise({}, [
      worker('brief', { shutdown: 60 }, HANGS),
      worker('none', { shutdown: 0 }, HANGS),
      worker('plain', { shutdown: 60_000 }),
      worker('polite', { shutdown: 60_000 }, TRAPS),
    ])
    const patient = await stage.supervise({}, [worker('patient', { shutdown: 'infinity' }, HANGS)])
    const [waitedFor, ...children] = await firstLives(stage, 'patient', 'brief', 'none', 'plain', 'polite')
    self.exit(patient.pid, 'shutdown')
    await scribe.call.entries(6)
    const refs = await Promise.all(children.map((each) => stage.watch(each)))
    const since = performance.now()
    self.exit(timed.pid, 'shutdown')
    const reasons: unknown[] = []
    for (const ref of refs) reasons.push(await endOf(stage, ref))
    // Timers of Node.js may fire a fraction of a millisecond early.
    const waited = performance.now() - since >= 59
    const told = stops(await scribe.call.entries(7), 'none', 'brief')
    const alive = await self.isAlive(waitedFor!)
    const last = await stage.watch(waitedFor!)
    self.exit(waitedFor!, 'kill')
    const end = await endOf(stage, last)
    const supervisors = [await exitOf(stage, timed.pid), await exitOf(stage, patient.pid)]
    return { reasons, waited, told, patient_alive: alive, patient: end, supervisors }
  }),

  item('SUP-044', async (stage) => {
    const { worker, scribe, self } = stage
    const children = [worker('a', {}, TRAPS), worker('b', { shutdown: 'brutal_kill' }, TRAPS)]
    const { pid } = await stage.supervise({}, children)
    const [b] = await firstLives(stage, 'b')
    const ref = await stage.watch(b!)
    self.exit(pid, 'shutdown')
    const reason = await exitOf(stage, pid)
    return { b: await endOf(stage, ref), told: stops(await scribe.call.entries(3)), reason }
  }),

  item('SUP-045', async (stage) => {
    const { worker, scribe, self } = stage
    const { pid } = await stage.supervise({}, [
      worker('a', {}, TRAPS),
      worker('b', {}, { traps: true, terminate: 'crash' }),
      leaver(stage, 'c', 'finished'),
      worker('d', {}, TRAPS),
    ])
    await scribe.call.entries(4)
    const [b, c] = await firstLives(stage, 'b', 'c')
    const refs = [await stage.watch(b!), await stage.watch(c!)] as const
    self.exit(pid, 'shutdown')
    const reason = await exitOf(stage, pid)
    const told = stops(await scribe.call.entries(8))
    return { told, b: await endOf(stage, refs[0]), c: await endOf(stage, refs[1]), reason }
  }),

  item('SUP-046', async (stage) => {
    const outcomes = []
    let told = 0
    for (const reason of ['shutdown', 'normal', { shutdown: 'night' }, 'boom']) {
      const { pid } = await stage.supervise({}, [stage.worker('a', {}, TRAPS)])
      stage.self.exit(pid, reason)
      const supervisor = await exitOf(stage, pid)
      const child = stops(await stage.scribe.call.entries(0)).slice(told)
      told += child.length
      outcomes.push({ supervisor, child })
    }
    return outcomes
  }),

  item('SUP-047', async (stage) => {
    const { pid, ref } = await stage.supervise({}, [stage.worker('a')])
    const before = await ref.call.whichChildren()
    const stranger = await stage.stranger({ trapExit: true })
    await stranger.do(
      ['exit', pid, 'boom'],
      ['exit', pid, 'normal'],
      ['exit', pid, 'shutdown'],
      ['send', pid, 'unexpected'],
    )
    await stranger.tie('link', pid)
    const isSame = (after: unknown): boolean => JSON.stringify(after) === JSON.stringify(before)
    const { reply } = (await stranger.ref.call.call(ref, 'whichChildren', [])) as { reply: unknown }
    const end = await stage.watch(stranger.pid)
    stranger.ref.cast.do([['exit', 'linked']])
    await endOf(stage, end)
    await until(async () => !(await stage.self.info(pid))!.links.includes(stranger.pid))
    return { same: isSame(reply), after_the_linked_one: isSame(await ref.call.whichChildren()) }
  }),

  item('SUP-048', async (stage) => {
    const { worker, supervisor, scribe, self } = stage
    const top = await stage.supervise({}, [
      supervisor('mid', {}, [
        worker('x', { shutdown: 'brutal_kill' }, HANGS),
        supervisor('inner', {}, [worker('y', {}, TRAPS)]),
        worker('z'),
      ]),
    ])
    const mid = await pidOf(top, 'mid')
    const inner = await pidOf({ ref: refTo(stage, mid) }, 'inner')
    const [x, z] = await firstLives(stage, 'x', 'z')
    const refs = [await stage.watch(inner), await stage.watch(z!)] as const
    self.exit(mid, 'kill')
    const entries = await scribe.call.entries(8)
    const alive = await self.isAlive(x!)
    self.exit(x!, 'kill')
    const ends = [await endOf(stage, refs[0]), await endOf(stage, refs[1])]
    return { entries: inOrder(entries.map((entry) => [...entry])), orphan_alive: alive, ends }
  }),
]

const refTo = ({ self }: ConformanceStage, pid: Parameters<typeof self.ref>[1]) => self.ref(Overseen, pid)
