import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { start } from 'bulkhead'
import type { IsolationHints, Pid, SystemOptions } from 'bulkhead'
import { Boat, Diver, livesIn } from './fixtures/diver.ts'
import { Faulty } from './fixtures/faulty.ts'
import { Hearer } from './fixtures/hearer.ts'
import { eventually, run } from './program.ts'
import { trial } from './trial.ts'

const limitMs = 300
const made = trial({ handlerMs: limitMs, intensity: 100 })

const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

/** A folder for one diver, and its way up. */
function water() {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-fence-'))
  const surface = (): void => writeFileSync(join(folder, 'up'), '')
  onTestFinished(() => {
    surface()
    folders.push(folder)
  })
  const isOver = (): boolean => existsSync(join(folder, 'over'))
  return { folder, surface, isOver }
}

let count = 0
interface Given {
  readonly listener?: Pid
  readonly memory?: SharedArrayBuffer
}

/** A diver that is restarted for ever, where it is. */
async function diver(isolation: IsolationHints, folder: string, { listener, memory }: Given = {}) {
  const name = `diver-${++count}`
  await made.system.start(Diver, [folder, listener, memory], { id: name, name, adapt: false, isolation })
  const ref = made.system.named(Diver, name).within(20_000)
  return { name, ref, pid: await made.system.available(name) }
}

/** The pid of the one that took the place of `before`, when it has begun. */
async function next(name: string, before: Pid): Promise<Pid> {
  for (;;) {
    const pid = await made.system.available(name)
    const found = await made.system
      .named(Diver, name)
      .within(20_000)
      .call.whereabouts()
      .catch(() => undefined)
    if (pid !== before && found?.pid === pid) return pid
  }
}

const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (value) => ({ value }),
    (error: { reason: unknown }) => error.reason,
  )

const stuckIn = (handler: string) => ({ stuck: { handler: `Diver.${handler}`, forMs: expect.any(Number) } })

describe('a thread in a native call that nothing can end is cut off, reported, and replaced at once', () => {
  test('execSync: the replacement begins while the call goes on, and explain says so', async () => {
    const { folder, isOver } = water()
    const { name, ref, pid } = await diver({ cpu: 'heavy', limits: { handlerMs: limitMs } }, folder)
    await made.watch(pid)
    expect(await reasonOf(ref.call.dive())).toEqual(stuckIn('dive'))
    const { exit, down, downNode } = await made.notices(pid)
    expect([exit, down]).toEqual([stuckIn('dive'), stuckIn('dive')])
    expect(downNode).toMatchObject({ cause: 'stuck', handler: 'Diver.dive' })
    const second = await next(name, pid)
    expect(isOver()).toBe(false)
    expect(livesIn(folder).map(({ over }) => over)).toEqual([false, false])
    const { decision } = await made.system.explain(second)
    expect(decision?.because.join('\n')).toMatch(/afterFence: 'replace': .* was fenced and has not ended/)
  })

  test('pbkdf2Sync', async () => {
    const { folder } = water()
    const { name, ref, pid } = await diver({ cpu: 'heavy', limits: { handlerMs: limitMs } }, folder)
    expect(await reasonOf(ref.call.compute(8_000_000))).toEqual(stuckIn('compute'))
    const { decision } = await made.system.explain(await next(name, pid))
    expect(decision?.because.join('\n')).toMatch(/afterFence: 'replace'/)
  })
})

describe('with afterFence: wait', () => {
  const patient = {
    'memory: shared': { memory: 'shared', limits: { handlerMs: limitMs } },
    'said so': { afterFence: 'wait', cpu: 'heavy', limits: { handlerMs: limitMs } },
  } as const
  test.each(Object.entries(patient))('%s: the replacement begins when the thread has ended', async (_name, hints) => {
    const { folder, surface } = water()
    const { name, ref, pid } = await diver(hints, folder)
    await made.watch(pid)
    expect(await reasonOf(ref.call.dive())).toEqual(stuckIn('dive'))
    await made.notices(pid) // supervisors treat it as dead at the fence
    // Nobody else waits: their supervisor restarts others, and starts new ones.
    const other = `other-${name}`
    await made.system.start(Faulty, [], { id: other, name: other, isolation: 'thread' })
    const before = await made.system.available(other)
    await reasonOf(made.system.named(Faulty, other).call.throw())
    await eventually(async () => (await made.system.available(other)) !== before, 20_000, 'the other was restarted')
    expect(livesIn(folder)).toHaveLength(1)
    surface()
    await next(name, pid)
    expect(livesIn(folder).map(({ over }) => over)).toEqual([false, true])
  })

  test('its neighbours on that thread wait too, if they say so', async () => {
    const [deep, near] = [water(), water()]
    const hints = { compartment: 'pool', afterFence: 'wait', limits: { handlerMs: limitMs } } as const
    const victim = await diver(hints, deep.folder)
    const neighbour = await diver(hints, near.folder)
    await made.watch(neighbour.pid)
    await reasonOf(victim.ref.call.dive())
    expect(await made.notices(neighbour.pid)).toMatchObject({ exit: 'noconnection' })
    deep.surface()
    await Promise.all([next(victim.name, victim.pid), next(neighbour.name, neighbour.pid)])
    writeFileSync(join(near.folder, 'over'), '') // it never dived
    expect(deep.isOver()).toBe(true)
  })

  test('a start by an actor in the same place waits', async () => {
    const { folder, surface } = water()
    const boat = (await made.system.start(Boat, [], { id: `boat-${++count}`, isolation: 'inline' })).within(20_000)
    expect(await boat.call.launchAndDive(folder, limitMs)).toEqual(stuckIn('dive'))
    const again = boat.call.launchAndDive(folder, limitMs)
    // Others that ask for a thread later have theirs, and it has none.
    for (const id of ['one', 'two', 'three'])
      await made.system.start(Faulty, [], { id: `${id}-after-${count}`, isolation: { cpu: 'heavy' } })
    expect(livesIn(folder)).toHaveLength(1)
    surface()
    await again
    expect(livesIn(folder).map(({ over }) => over)).toEqual([false, true])
  })

  test('a request to a supervisor to start a child in the same place is refused meanwhile', async () => {
    const { folder, surface } = water()
    const name = `diver-${++count}`
    const options = {
      id: name,
      restart: 'temporary',
      isolation: { memory: 'shared', limits: { handlerMs: limitMs } },
    } as const
    const ref = await made.system.start(Diver, [folder, undefined, undefined], options)
    await reasonOf(ref.within(20_000).call.dive())
    await expect(made.system.start(Diver, [folder, undefined, undefined], options)).rejects.toMatchObject({
      code: 'fenced',
    })
    surface()
    await eventually(
      () =>
        made.system.start(Diver, [folder, undefined, undefined], options).then(
          () => true,
          () => false,
        ),
      20_000,
      'it can be started again',
    )
    expect(livesIn(folder).map(({ over }) => over)).toEqual([false, true])
  })

  test('stop does not wait', async () => {
    const { folder, isOver } = water()
    const system = await start({
      signals: false,
      inspect: false,
      handlerMs: limitMs,
      intensity: 100,
    } satisfies SystemOptions)
    const ref = await system.start(Diver, [folder, undefined, undefined], {
      name: 'diver',
      isolation: { memory: 'shared' },
    })
    await reasonOf(ref.call.dive())
    await system.stop()
    expect(isOver()).toBe(false)
  })
})

describe('a fenced thread that comes back from its native call', () => {
  const places = { thread: { cpu: 'heavy' }, process: { faults: 'contained' } } as const
  test.each([...Object.entries(places), ['root', 'inline'] as const])(
    'runs no JavaScript: no reply, no message over the ring to a %s, nothing written',
    async (place, isolation) => {
      const { folder, surface } = water()
      const listener = await made.system.start(Hearer, [], { id: `hearer-${place}`, isolation })
      const memory = new SharedArrayBuffer(8)
      const { name, ref, pid } = await diver({ memory: 'shared', limits: { handlerMs: limitMs } }, folder, {
        listener: listener.pid as Pid,
        memory,
      })
      await ref.call.say('first')
      await eventually(async () => (await listener.call.heard()).includes('first'), 20_000, 'they are connected')
      expect(await reasonOf(ref.call.dive())).toEqual(stuckIn('dive'))
      surface()
      await next(name, pid) // the thread has ended
      await ref.call.say('second')
      await eventually(async () => (await listener.call.heard()).includes('second'), 20_000, 'the second is heard')
      expect(await listener.call.heard()).toEqual(['first', 'second'])
      expect([...new Int32Array(memory)]).toEqual([0, 0])
      expect(existsSync(join(folder, 'breath'))).toBe(false)
    },
  )
})

describe('nobody hears the replacement while still hearing the fenced', () => {
  const thirds = {
    thread: { cpu: 'heavy' },
    process: { faults: 'contained', limits: { handlerMs: Infinity } },
  } as const
  test.each(Object.entries(thirds))('a third node with a connection of its own: %s', async (place, isolation) => {
    const { folder } = water()
    const listener = await made.system.start(Hearer, [], { id: `third-${place}`, isolation })
    const { name, ref, pid } = await diver({ cpu: 'heavy', limits: { handlerMs: limitMs } }, folder, {
      listener: listener.pid as Pid,
    })
    await listener.call.watch(pid)
    await ref.call.say('hello')
    await eventually(async () => (await listener.call.heard()).includes('hello'), 20_000, 'they are connected')
    const hears = join(folder, 'hears')
    listener.cast.beDeafUntil(hears)
    await reasonOf(ref.call.sayAndDive('old', 2_000))
    await next(name, pid)
    await ref.call.say('new')
    writeFileSync(hears, '')
    await eventually(async () => (await listener.within(20_000).call.heard()).includes('new'), 20_000, 'new is heard')
    const heard = await listener.call.heard()
    expect(heard.join(' ')).toMatch(/^hello (old )*DOWN new$/)
  })
})

describe('in a process', () => {
  test.each(['replace', 'wait'] as const)('the one before has ended when the replacement begins: %s', async (word) => {
    const { folder } = water()
    const isolation = { faults: 'contained', afterFence: word, limits: { handlerMs: limitMs } } as const
    const { name, ref, pid } = await diver(isolation, folder)
    // By then there is a spare, which takes the place in no time, and much memory that is to be given back before.
    expect(await reasonOf(ref.call.fillAndSpin(300))).toEqual(stuckIn('fillAndSpin'))
    await next(name, pid)
    expect(livesIn(folder)).toMatchObject([{ afloat: false }, { afloat: false }])
  })
})

describe('a program with a fenced thread', () => {
  test('says which node lingers', async () => {
    const program = run('lingering.ts', { args: ['stay'] })
    await program.said('stayed')
    expect(program.stderr.join('\n')).toMatch(/\[bulkhead\] node \d+ \(thread\) was fenced and has not ended/)
  })
})
