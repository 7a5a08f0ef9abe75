import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { gate } from '../../../test/support/gate.ts'
import type { Shutdown } from '../src/shutdown.ts'
import { pidsOf, Shop, statuses, subtree, worker, Worker, World } from './world.ts'

let world: World

beforeEach(() => {
  world = new World()
})

afterEach(() => {
  world.node.stop('shutdown')
})

/** Stops the supervisor as its parent does. */
async function stopTree(pid: Parameters<World['ending']>[0], reason: unknown = 'shutdown'): Promise<unknown> {
  const ended = world.ending(pid)
  world.main.exit(pid!, reason)
  await world.settled()
  return ended
}

describe('order', () => {
  test('children stop one at a time, in reverse order, each gone before the next is told (SUP-042)', async () => {
    const opened = gate()
    world.scripts.set('b', { onStop: () => opened.opened })
    const supervisor = await world.grow({ children: ['a', 'b', 'c'].map((id) => worker(id)) })
    world.takeEvents()
    const ended = stopTree(supervisor.pid)
    await world.settled()
    expect(world.takeEvents()).toEqual(['stop c shutdown', 'stop b shutdown'])
    opened.open()
    expect(await ended).toBe('shutdown')
    expect(world.takeEvents()).toEqual(['stop a shutdown'])
  })

  test('a subtree is gone, leaf by leaf, before its older siblings are told', async () => {
    world.trees.set('inner', () => ({ children: [worker('x'), worker('y')] }))
    const supervisor = await world.grow({ children: [worker('a'), subtree('inner')] })
    world.takeEvents()
    await stopTree(supervisor.pid)
    expect(world.takeEvents()).toEqual(['stop y shutdown', 'stop x shutdown', 'stop a shutdown'])
  })
})

describe("the parent's exit signal (SUP-046)", () => {
  test.each(['shutdown', 'normal', { shutdown: 'for the night' }, 'boom'])(
    'with %j: the supervisor ends with it, its children with shutdown',
    async (reason) => {
      const supervisor = await world.grow({ children: [worker('a'), worker('b')] })
      world.takeEvents()
      expect(await stopTree(supervisor.pid, reason)).toEqual(reason)
      expect(world.takeEvents()).toEqual(['stop b shutdown', 'stop a shutdown'])
    },
  )

  test('is obeyed also by a supervisor without children', async () => {
    const supervisor = await world.grow({ children: [] })
    expect(await stopTree(supervisor.pid)).toBe('shutdown')
  })
})

describe('by time (SUP-043)', () => {
  const stubborn = { onStop: () => new Promise(() => {}) }

  /** Stops a tree whose only child never ends by itself; tells when the child ended and with what. */
  async function stopStubborn(shutdown: Shutdown, ms: number): Promise<unknown> {
    world.scripts.set('a', stubborn)
    const supervisor = await world.grow({ children: [worker('a', { shutdown })] })
    let reason: unknown = 'alive'
    void world.ending((await pidsOf(supervisor))['a']).then((ending) => (reason = ending))
    void stopTree(supervisor.pid)
    await world.pass(ms)
    return reason
  }

  test('a child gets shutdown, and is killed when its milliseconds have passed', async () => {
    expect(await stopStubborn(500, 499)).toBe('alive')
    expect(await stopStubborn(500, 500)).toBe('killed')
  })

  test('0 is legal: it is killed at once', async () => {
    expect(await stopStubborn(0, 0)).toBe('killed')
  })

  test('infinity waits without limit', async () => {
    expect(await stopStubborn('infinity', 10_000_000)).toBe('alive')
  })

  test('a child that does not trap exits ends at once with shutdown', async () => {
    world.scripts.set('a', { trapExit: false })
    const supervisor = await world.grow({ children: [worker('a')] })
    const ended = world.ending((await pidsOf(supervisor))['a'])
    await stopTree(supervisor.pid)
    expect([await ended, world.clock.now(), world.takeEvents()]).toEqual(['shutdown', 0, ['start a']])
  })

  test('a kill is reported as shutdown_error (SUP-078)', async () => {
    await stopStubborn(500, 500)
    expect(world.log.map(({ data }) => data)).toMatchObject([{ context: 'shutdown_error', reason: 'killed' }])
  })

  test('brutal_kill: killed at once, terminate is not run, nothing to report (SUP-044, SUP-078)', async () => {
    const supervisor = await world.grow({ children: [worker('a', { shutdown: 'brutal_kill' })] })
    const ended = world.ending((await pidsOf(supervisor))['a'])
    await stopTree(supervisor.pid)
    expect(await ended).toBe('killed')
    expect([world.takeEvents(), world.reports()]).toEqual([['start a'], []])
  })
})

describe('children that do not do as they are told', () => {
  test('a child that ends with another reason does not change that of the supervisor (SUP-045)', async () => {
    world.scripts.set('a', {
      onStop: () => {
        throw new Error('while stopping')
      },
    })
    const supervisor = await world.grow({ children: [worker('a')] })
    expect(await stopTree(supervisor.pid)).toBe('shutdown')
    expect(world.reports()).toEqual(['shutdown_error a'])
  })

  test('a child that had unlinked itself and is dead stays listed, and terminating it does not hang (SUP-028)', async () => {
    const supervisor = await world.grow({ children: [worker('a')] })
    const { a } = await pidsOf(supervisor)
    world.main.ref(Worker, a!).cast.unlink()
    await world.settled()
    await world.kill(a)
    expect(await pidsOf(supervisor)).toEqual({ a })
    await supervisor.call.terminateChild('a')
    expect(await statuses(supervisor)).toBe('a stopped')
  })

  test('a child that had unlinked itself is active only while it lives (SUP-028, SUP-056)', async () => {
    const supervisor = await world.grow({ children: [worker('a'), worker('b')] })
    const { a } = await pidsOf(supervisor)
    world.main.ref(Worker, a!).cast.unlink()
    await world.settled()
    expect(await supervisor.call.countChildren()).toMatchObject({ specs: 2, active: 2 })
    await world.kill(a)
    expect(await supervisor.call.countChildren()).toMatchObject({ specs: 2, active: 1 })
  })

  test('the EXIT of a child that was terminated is no new death', async () => {
    world.scripts.set('a', { onStop: () => new Promise(() => {}) })
    const supervisor = await world.grow({ intensity: 0, children: [worker('a')] })
    const { a } = await pidsOf(supervisor)
    const terminated = supervisor.call.terminateChild('a')
    await world.settled()
    await world.kill(a)
    await terminated
    await supervisor.call.restartChild('a')
    await world.settled()
    expect(await statuses(supervisor)).toBe('a running')
    expect(world.starts.get('a')).toBe(2)
  })

  test('a child that ended before it was told to is reported with its own reason', async () => {
    const opened = gate()
    world.scripts.set('b', { onStop: () => opened.opened })
    const supervisor = await world.grow({ children: [worker('a'), worker('b')] })
    const { a } = await pidsOf(supervisor)
    const ended = stopTree(supervisor.pid)
    await world.settled()
    await world.kill(a)
    opened.open()
    await ended
    expect(world.log.map(({ data }) => data)).toMatchObject([{ context: 'shutdown_error', reason: 'killed' }])
  })
})

test('a supervisor that is killed leaves its children to end with killed, each in its own way (SUP-048)', async () => {
  world.trees.set('inner', () => ({ children: [worker('x')] }))
  const supervisor = await world.grow({ children: [worker('a'), subtree('inner')] })
  const inner = world.main.ref(Shop, (await pidsOf(supervisor))['inner']!)
  const innerEnded = world.ending(inner.pid)
  world.takeEvents()
  await world.kill(supervisor.pid)
  expect(await innerEnded).toBe('killed')
  expect(world.takeEvents().toSorted()).toEqual(['stop a killed', 'stop x shutdown'])
})
