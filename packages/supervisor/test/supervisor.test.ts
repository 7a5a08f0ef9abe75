import { ignore, stop } from '@bulkhead/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { gate, rejection } from '../../../test/support/gate.ts'
import { ChildError } from '../src/child-error.ts'
import { child } from '../src/child-spec.ts'
import { defineSupervisor } from '../src/supervisor.ts'
import { pidsOf, Shop, statuses, subtree, worker, Worker, World } from './world.ts'

let world: World

beforeEach(() => {
  world = new World()
})

afterEach(() => {
  world.node.stop('shutdown')
})

test('a definition without an init is an error where it stands', () => {
  expect(() => defineSupervisor(import.meta, 'Empty', undefined as never)).toThrow(/Empty\.init is undefined/)
})

describe('start', () => {
  test('children start in list order, and the start is over after the last one (SUP-001)', async () => {
    const opened = gate()
    world.scripts.set('b', { starts: [() => opened.opened] })
    let started = false
    const starting = world.grow({ children: ['a', 'b', 'c'].map((id) => worker(id)) }).then((supervisor) => {
      started = true
      return supervisor
    })
    await world.settled()
    expect([world.takeEvents(), started]).toEqual([['start a', 'start b'], false])
    opened.open()
    expect(await statuses(await starting)).toBe('a running, b running, c running')
    expect(world.takeEvents()).toEqual(['start c'])
  })

  test('an init that answers ignore() starts nothing (SUP-009)', async () => {
    world.trees.set('tree', () => ignore())
    expect(await world.main.tryStart(Shop, ['tree'])).toEqual({ kind: 'ignored' })
  })

  test('an init may be asynchronous', async () => {
    const supervisor = await world.grow(Promise.resolve({ children: [worker('a')] }))
    expect(await statuses(supervisor)).toBe('a running')
  })

  test('an init that throws is the reason of the failure (SUP-009)', async () => {
    world.trees.set('tree', () => {
      throw new TypeError('no url')
    })
    expect(await world.failure(Shop, 'tree')).toMatchObject({ name: 'TypeError', message: 'no url' })
  })

  test('a wrong spec names its field, and nothing is started (SUP-004, SUP-005, SUP-007)', async () => {
    world.trees.set('tree', () => ({ children: [worker('a'), worker('a')] }))
    expect(await world.failure(Shop, 'tree')).toMatchObject({ message: expect.stringContaining('children.a.id') })
    expect(world.takeEvents()).toEqual([])
  })

  test('a child that fails: those before it stop in reverse order, those after it never start (SUP-010)', async () => {
    world.scripts.set('c', { starts: [() => stop('no disk')] })
    world.trees.set('tree', () => ({ children: ['a', 'b', 'c', 'd'].map((id) => worker(id)) }))
    expect(await world.failure(Shop, 'tree')).toEqual({ shutdown: { failed_to_start_child: 'c', reason: 'no disk' } })
    expect(world.takeEvents()).toEqual(['start a', 'start b', 'start c', 'stop b shutdown', 'stop a shutdown'])
    expect(world.reports()).toEqual(['start_error c'])
  })

  test('with nested supervisors the reasons nest (SUP-010)', async () => {
    world.scripts.set('x', { starts: [() => stop('no disk')] })
    world.trees.set('inner', () => ({ children: [worker('x')] }))
    world.trees.set('tree', () => ({ children: [worker('a'), subtree('inner')] }))
    expect(await world.failure(Shop, 'tree')).toEqual({
      shutdown: {
        failed_to_start_child: 'inner',
        reason: { shutdown: { failed_to_start_child: 'x', reason: 'no disk' } },
      },
    })
    expect(world.takeEvents()).toEqual(['start a', 'start x', 'stop a shutdown'])
  })

  test('a child whose init throws fails with the error (SUP-011)', async () => {
    world.scripts.set('a', {
      starts: [
        () => {
          throw new RangeError('too many')
        },
      ],
    })
    world.trees.set('tree', () => ({ children: [worker('a')] }))
    expect(await world.failure(Shop, 'tree')).toMatchObject({
      shutdown: { failed_to_start_child: 'a', reason: { name: 'RangeError', message: 'too many' } },
    })
  })

  test('a child that needs longer than startTimeoutMs fails with timeout', async () => {
    world.scripts.set('a', { starts: [() => new Promise(() => {})] })
    world.trees.set('tree', () => ({ children: [worker('a', { startTimeoutMs: 100 })] }))
    const failing = world.failure(Shop, 'tree')
    await world.pass(100)
    expect(await failing).toEqual({ shutdown: { failed_to_start_child: 'a', reason: 'timeout' } })
  })

  test('arguments that cannot be sent fail that child and not the supervisor', async () => {
    world.trees.set('tree', () => ({ children: [child(Worker, ['a', () => {}] as never, { id: 'a' })] }))
    expect(await world.failure(Shop, 'tree')).toMatchObject({
      shutdown: { failed_to_start_child: 'a', reason: { message: expect.stringContaining('is a function') } },
    })
  })

  test('children are named, and stand in the tree by their ids', async () => {
    const supervisor = await world.grow({ children: [worker('a', { name: 'the a' })] })
    expect(world.main.whereis('the a')).toBe((await pidsOf(supervisor))['a'])
    expect(await world.main.named(Worker, 'the a').call.path()).toBe('/Shop/a')
  })
})

describe('children that answer ignore()', () => {
  const ignoring = { starts: [() => ignore(), () => undefined] }

  test.each(['permanent', 'transient'] as const)(
    '%s: the spec is kept, and restartChild starts it (SUP-013)',
    async (restart) => {
      world.scripts.set('a', ignoring)
      const supervisor = await world.grow({ children: [worker('a', { restart }), worker('b')] })
      expect(await statuses(supervisor)).toBe('a stopped, b running')
      expect(await supervisor.call.restartChild('a')).toBe((await pidsOf(supervisor))['a'])
      expect(await statuses(supervisor)).toBe('a running, b running')
    },
  )

  test('temporary: the spec is removed (SUP-014)', async () => {
    world.scripts.set('a', ignoring)
    const supervisor = await world.grow({ children: [worker('a', { restart: 'temporary' }), worker('b')] })
    expect(await statuses(supervisor)).toBe('b running')
  })

  test('startChild answers undefined and keeps the spec (SUP-013)', async () => {
    world.scripts.set('a', ignoring)
    const supervisor = await world.grow({ children: [] })
    expect(await supervisor.call.startChild(worker('a'))).toBeUndefined()
    expect(await statuses(supervisor)).toBe('a stopped')
  })

  test('startChild of a temporary one answers undefined and keeps nothing (SUP-014)', async () => {
    world.scripts.set('a', ignoring)
    const supervisor = await world.grow({ children: [] })
    expect(await supervisor.call.startChild(worker('a', { restart: 'temporary' }))).toBeUndefined()
    expect(await statuses(supervisor)).toBe('')
  })

  test('an automatic restart that answers ignore() is no failed restart (SUP-015)', async () => {
    world.scripts.set('a', { starts: [() => undefined, () => ignore()] })
    const supervisor = await world.grow({ intensity: 1, children: [worker('a')] })
    await world.end((await pidsOf(supervisor))['a'], 'boom')
    expect(await statuses(supervisor)).toBe('a stopped')
    expect(world.starts.get('a')).toBe(2)
  })
})

describe('startChild', () => {
  test('adds the child after all others (SUP-025)', async () => {
    const supervisor = await world.grow({ children: [worker('a')] })
    const pid = await supervisor.call.startChild(worker('b'))
    expect(await pidsOf(supervisor)).toMatchObject({ b: pid })
    expect((await supervisor.call.whichChildren()).map(({ id }) => id)).toEqual(['b', 'a'])
  })

  test('of an id that runs refuses already_started with its pid (SUP-049)', async () => {
    const supervisor = await world.grow({ children: [worker('a')] })
    const { a } = await pidsOf(supervisor)
    await expect(supervisor.call.startChild(worker('a'))).rejects.toMatchObject({ code: 'already_started', pid: a })
    await expect(supervisor.call.startChild(worker('a'))).rejects.toThrow(/give the new one an id/)
  })

  test('of an id that does not run refuses already_present (SUP-049)', async () => {
    const supervisor = await world.grow({ children: [worker('a')] })
    await supervisor.call.terminateChild('a')
    await expect(supervisor.call.startChild(worker('a'))).rejects.toMatchObject({ code: 'already_present', child: 'a' })
  })

  test('that fails refuses with the reason and keeps no spec (SUP-050)', async () => {
    world.scripts.set('a', { starts: [() => stop('no disk')] })
    const supervisor = await world.grow({ children: [] })
    const starting = supervisor.call.startChild(worker('a'))
    await expect(starting).rejects.toMatchObject({ code: 'start_failed', reason: 'no disk' })
    expect(await statuses(supervisor)).toBe('')
  })

  test('under a name that is taken refuses already_started with the holder (SUP-050)', async () => {
    const supervisor = await world.grow({ children: [worker('a', { name: 'the worker' })] })
    const { a } = await pidsOf(supervisor)
    const starting = supervisor.call.startChild(worker('b', { name: 'the worker' }))
    await expect(starting).rejects.toMatchObject({ code: 'already_started', pid: a })
    expect(await statuses(supervisor)).toBe('a running')
  })

  test('with a wrong spec refuses, and the supervisor lives on', async () => {
    const supervisor = await world.grow({ children: [worker('a')] })
    const wrong = { ...worker('b'), restart: 'always' } as never
    await expect(supervisor.call.startChild(wrong)).rejects.toMatchObject({ code: 'invalid_option' })
    const significant = worker('b', { restart: 'transient', significant: true })
    await expect(supervisor.call.startChild(significant)).rejects.toMatchObject({ code: 'invalid_option' })
    expect(await statuses(supervisor)).toBe('a running')
  })

  test('may be asked from another node: specs and refusals travel', async () => {
    const supervisor = await world.grow({ children: [] })
    const remote = world.threadMain.ref(Shop, supervisor.pid!)
    const pid = await remote.call.startChild(worker('a'))
    expect(await pidsOf(supervisor)).toEqual({ a: pid })
    const refusal = await rejection(remote.call.startChild(worker('a')))
    expect(refusal).toBeInstanceOf(ChildError)
    expect(refusal).toMatchObject({ code: 'already_started', child: 'a', pid })
    expect(await remote.call.getChildSpec('a')).toMatchObject({ behaviour: { key: Worker.key }, args: ['a'] })
  })

  test('children that it added are lost when the supervisor itself is restarted (SUP-027)', async () => {
    world.trees.set('inner', () => ({ children: [worker('x')] }))
    const outer = await world.grow({ children: [subtree('inner')] })
    const inner = world.main.ref(Shop, (await pidsOf(outer))['inner']!)
    await inner.call.startChild(worker('y'))
    await world.kill(inner.pid)
    const again = world.main.ref(Shop, (await pidsOf(outer))['inner']!)
    expect(await statuses(again)).toBe('x running')
  })
})

describe('terminateChild', () => {
  test.each(['permanent', 'transient'] as const)('of a %s child keeps its spec (SUP-051)', async (restart) => {
    const supervisor = await world.grow({ children: [worker('a', { restart })] })
    expect(await supervisor.call.terminateChild('a')).toBeUndefined()
    expect(await statuses(supervisor)).toBe('a stopped')
    expect(world.takeEvents()).toEqual(['start a', 'stop a shutdown'])
  })

  test('of a temporary child removes it, and restartChild does not find it (SUP-054)', async () => {
    const supervisor = await world.grow({ children: [worker('a', { restart: 'temporary' })] })
    await supervisor.call.terminateChild('a')
    expect(await statuses(supervisor)).toBe('')
    await expect(supervisor.call.restartChild('a')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('is fine again and again (SUP-051)', async () => {
    const supervisor = await world.grow({ children: [worker('a')] })
    await supervisor.call.terminateChild('a')
    expect(await supervisor.call.terminateChild('a')).toBeUndefined()
  })

  test('refuses not_found (SUP-051)', async () => {
    const supervisor = await world.grow({ children: [worker('a')] })
    await expect(supervisor.call.terminateChild('z')).rejects.toMatchObject({ code: 'not_found', child: 'z' })
    const { a } = await pidsOf(supervisor)
    await expect(supervisor.call.terminateChild(a!)).rejects.toMatchObject({ code: 'not_found' })
  })

  test.each(['one_for_one', 'one_for_all', 'rest_for_one'] as const)(
    'under %s it triggers no restart and no group action (SUP-026)',
    async (strategy) => {
      const supervisor = await world.grow({ strategy, children: ['a', 'b', 'c'].map((id) => worker(id)) })
      const { a, c } = await pidsOf(supervisor)
      await supervisor.call.terminateChild('b')
      await world.settled()
      expect(await pidsOf(supervisor)).toEqual({ a, b: undefined, c })
      expect(world.restarted).toEqual([])
    },
  )
})

describe('restartChild (SUP-052)', () => {
  test('of a stopped child starts it in its place', async () => {
    const supervisor = await world.grow({ children: [worker('a'), worker('b')] })
    await supervisor.call.terminateChild('a')
    const pid = await supervisor.call.restartChild('a')
    expect(await pidsOf(supervisor)).toMatchObject({ a: pid })
    expect(await statuses(supervisor)).toBe('a running, b running')
  })

  test('refuses running, not_found', async () => {
    const supervisor = await world.grow({ children: [worker('a')] })
    await expect(supervisor.call.restartChild('a')).rejects.toMatchObject({ code: 'running' })
    await expect(supervisor.call.restartChild('z')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('that fails refuses with the reason and keeps the spec', async () => {
    world.scripts.set('a', { starts: [() => undefined, () => stop('no disk')] })
    const supervisor = await world.grow({ children: [worker('a')] })
    await supervisor.call.terminateChild('a')
    await expect(supervisor.call.restartChild('a')).rejects.toMatchObject({ code: 'start_failed', reason: 'no disk' })
    expect(await statuses(supervisor)).toBe('a stopped')
  })
})

describe('deleteChild (SUP-053)', () => {
  test('of a stopped child forgets it', async () => {
    const supervisor = await world.grow({ children: [worker('a'), worker('b')] })
    await supervisor.call.terminateChild('a')
    await supervisor.call.deleteChild('a')
    expect(await statuses(supervisor)).toBe('b running')
    await expect(supervisor.call.getChildSpec('a')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('refuses running, not_found', async () => {
    const supervisor = await world.grow({ children: [worker('a')] })
    await expect(supervisor.call.deleteChild('a')).rejects.toMatchObject({ code: 'running' })
    await expect(supervisor.call.deleteChild('z')).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('reports', () => {
  test('each start is a progress report: info of its own accord, debug when it was asked for (SUP-079)', async () => {
    const supervisor = await world.grow({ children: [worker('a'), worker('b', { restart: 'transient' })] })
    expect(world.progress.splice(0)).toEqual(['a info', 'b info'])
    await world.kill((await pidsOf(supervisor))['a'])
    expect(world.progress.splice(0)).toEqual(['a info'])
    await supervisor.call.startChild(worker('c'))
    await supervisor.call.terminateChild('b')
    await supervisor.call.restartChild('b')
    expect(world.progress.splice(0)).toEqual(['c debug', 'b debug'])
    world.scripts.set('d', { starts: [() => ignore(), () => stop('no')] })
    await supervisor.call.startChild(worker('d'))
    await rejection(supervisor.call.restartChild('d'))
    expect(world.progress).toEqual([])
  })

  test('a supervisor report names the supervisor, the context, the reason and the offender (SUP-076)', async () => {
    const supervisor = await world.grow({ intensity: 0, children: [worker('a', { shutdown: 70 })] })
    const { a: pid } = await pidsOf(supervisor)
    await world.end(pid, { why: 'done' })
    const offender = {
      id: 'a',
      pid,
      behaviour: 'Worker',
      restart: 'permanent',
      shutdown: 70,
      significant: false,
      type: 'worker',
    }
    const reports = world.log.map(({ data }) => data).filter((data) => (data as { offender?: unknown })?.offender)
    expect(reports).toMatchObject([
      { supervisor: supervisor.pid, context: 'child_terminated', reason: { why: 'done' }, offender },
      { supervisor: supervisor.pid, context: 'shutdown', reason: 'reached_max_restart_intensity', offender },
    ])
    expect(world.log.map(({ text }) => text).join()).toMatch(/reached_max_restart_intensity\), the last of .*done/)
  })
})

describe('questions', () => {
  test('whichChildren lists the one that was added last first (SUP-055)', async () => {
    world.trees.set('inner', () => ({ children: [] }))
    const supervisor = await world.grow({ children: [worker('a'), subtree('inner')] })
    const pid = await supervisor.call.startChild(worker('c'))
    const [c, inner, a] = await supervisor.call.whichChildren()
    const expected = { id: 'c', pid, lastPid: pid, status: 'running', type: 'worker', behaviour: 'Worker', restarts: 0 }
    expect(c).toEqual(expected)
    expect([inner?.id, inner?.type, a?.id]).toEqual(['inner', 'supervisor', 'a'])
  })

  test('countChildren counts specs and those that run (SUP-056)', async () => {
    world.trees.set('inner', () => ({ children: [] }))
    const supervisor = await world.grow({ children: [worker('a'), worker('b'), subtree('inner')] })
    await supervisor.call.terminateChild('b')
    expect(await supervisor.call.countChildren()).toEqual({ specs: 3, active: 2, supervisors: 1, workers: 2 })
  })

  test('getChildSpec shows the defaults filled in (SUP-003)', async () => {
    const supervisor = await world.grow({ children: [worker('a')] })
    expect(await supervisor.call.getChildSpec('a')).toMatchObject({
      id: 'a',
      args: ['a'],
      restart: 'permanent',
      shutdown: 5_000,
      type: 'worker',
      significant: false,
      behaviour: { key: Worker.key },
    })
  })

  test('getChildSpec has no arguments of a temporary child: they are not retained (SUP-080)', async () => {
    const supervisor = await world.grow({ children: [worker('a', { restart: 'temporary' })] })
    expect((await supervisor.call.getChildSpec('a')).args).toBeUndefined()
  })
})

describe('callers', () => {
  test('wait as long as it takes', async () => {
    world.scripts.set('a', { onStop: () => new Promise(() => {}) })
    const supervisor = await world.grow({ children: [worker('a', { shutdown: 60_000 })] })
    const terminated = supervisor.call.terminateChild('a').then(() => world.clock.now())
    await world.pass(60_000)
    expect(await terminated).toBe(60_000)
  })

  test('of a supervisor that is gone are told noproc (SUP-057)', async () => {
    const supervisor = await world.grow({ children: [] })
    await world.kill(supervisor.pid)
    await expect(supervisor.call.whichChildren()).rejects.toMatchObject({ code: 'noproc' })
  })
})

describe('strangers', () => {
  test.each([undefined, 7, {}, []])('requests about %j, which is no id, are refused and harm nobody', async (wrong) => {
    const { call, pid } = await world.grow({ children: [worker('a')] })
    for (const request of [call.getChildSpec, call.terminateChild, call.restartChild, call.deleteChild]) {
      await expect(request(wrong as never)).rejects.toMatchObject({ code: 'not_found' })
    }
    await expect(call.startChild(wrong as never)).rejects.toMatchObject({ code: 'invalid_option' })
    expect(await world.main.isAlive(pid!)).toBe(true)
  })

  test('an exit signal of someone who is neither parent nor child changes nothing (SUP-047)', async () => {
    const supervisor = await world.grow({ children: [worker('a')] })
    const before = await pidsOf(supervisor)
    await world.main.spawn((self) => self.exit(supervisor.pid!, 'boom'))
    await world.settled()
    expect(await pidsOf(supervisor)).toEqual(before)
  })

  test('an unexpected message is reported and changes nothing (SUP-047)', async () => {
    const supervisor = await world.grow({ children: [worker('a')] })
    world.main.send(supervisor.pid!, { hello: 'there' })
    await world.settled()
    expect(await statuses(supervisor)).toBe('a running')
    expect(world.log).toMatchObject([{ level: 'error', text: expect.stringContaining('unexpected message') }])
  })

  test('an exit signal from the pid of a child is taken for its end (SUP-029)', async () => {
    const supervisor = await world.grow({ children: [worker('a')] })
    const { a } = await pidsOf(supervisor)
    world.main.ref(Worker, a!).cast.pretendToEnd('tired')
    await world.settled()
    expect((await pidsOf(supervisor))['a']).not.toBe(a)
    expect(world.takeEvents()).toEqual(['start a', 'start a'])
  })
})

test('wrong uses do not compile', () => {
  const uses = async (): Promise<void> => {
    // @ts-expect-error: the first argument of a worker is its name
    child(Worker, [7])
    // @ts-expect-error: an argument is missing
    child(Worker, [])
    // @ts-expect-error: there is no such restart type
    child(Worker, ['a'], { restart: 'always' })
    // @ts-expect-error: a supervisor has children
    defineSupervisor(import.meta, 'Childless', () => ({ strategy: 'one_for_one' }))
    // @ts-expect-error: there is no such strategy
    defineSupervisor(import.meta, 'Planless', () => ({ strategy: 'simple_one_for_one', children: [] }))
    const supervisor = await world.start(Shop, 'tree')
    // @ts-expect-error: there is no such call
    await supervisor.call.stopChild('a')
    // @ts-expect-error: it wants a spec
    await supervisor.call.startChild(Worker)
  }
  expect(uses).toBeTypeOf('function')
})
