import { type ExitReason, stop } from '@bulkhead/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { gate } from '../../../test/support/gate.ts'
import type { RestartType } from '../src/restart.ts'
import type { Strategy } from '../src/strategy.ts'
import { pidsOf, Shop, statuses, subtree, worker, Worker, World } from './world.ts'

let world: World

beforeEach(() => {
  world = new World()
})

afterEach(() => {
  world.node.stop('shutdown')
})

const ends: Record<string, { readonly reason: ExitReason; readonly clean: boolean }> = {
  normal: { reason: 'normal', clean: true },
  shutdown: { reason: 'shutdown', clean: true },
  '{ shutdown: … }': { reason: { shutdown: 'for the night' }, clean: true },
  abnormal: { reason: 'boom', clean: false },
  killed: { reason: 'killed', clean: false },
}
const endNames = Object.keys(ends)
const isRestarted = (restart: RestartType, end: string): boolean =>
  restart === 'permanent' || (restart === 'transient' && !ends[end]!.clean)

/** Ends a worker by itself; `killed` really kills it. */
const endWith = (pid: string | undefined, end: string): Promise<void> =>
  end === 'killed' ? world.kill(pid as never) : world.end(pid as never, ends[end]!.reason)

describe('restart type × how the child ended (SUP-016, SUP-017, SUP-018)', () => {
  const cells = (['permanent', 'transient', 'temporary'] as const).flatMap((restart) =>
    endNames.map((end) => ({ restart, end })),
  )
  const restarted = cells.filter(({ restart, end }) => isRestarted(restart, end))
  const notRestarted = cells.filter(({ restart, end }) => !isRestarted(restart, end))

  /** A supervisor after its child `a` has ended, and the pids before that. */
  const afterEnd = async (restart: RestartType, end: string) => {
    const supervisor = await world.grow({ children: [worker('a', { restart }), worker('b')] })
    const before = await pidsOf(supervisor)
    await endWith(before['a'], end)
    return { supervisor, before, after: await pidsOf(supervisor) }
  }

  test.each(restarted)('$restart × $end: restarted', async ({ restart, end }) => {
    const { supervisor, before, after } = await afterEnd(restart, end)
    expect(await statuses(supervisor)).toBe('a running, b running')
    expect(after['a']).not.toBe(before['a'])
    expect(after['b']).toBe(before['b'])
    expect(world.restarted).toEqual([{ child: 'a', pid: after['a'], reason: ends[end]!.reason }])
  })

  test.each(notRestarted)('$restart × $end: not restarted', async ({ restart, end }) => {
    const { supervisor, before, after } = await afterEnd(restart, end)
    expect(await statuses(supervisor)).toBe(restart === 'temporary' ? 'b running' : 'a stopped, b running')
    expect(after['b']).toBe(before['b'])
    expect(world.restarted).toEqual([])
  })

  test('an error that a handler threw is abnormal', async () => {
    const supervisor = await world.grow({ children: [worker('a', { restart: 'transient' })] })
    world.main.ref(Worker, (await pidsOf(supervisor))['a']!).cast.crash('boom')
    await world.settled()
    expect(await statuses(supervisor)).toBe('a running')
    expect(world.restarted).toMatchObject([{ child: 'a', reason: { name: 'Error', message: 'boom' } }])
  })

  test.each(endNames)('the end of a permanent child is reported: %s (SUP-077)', async (end) => {
    const supervisor = await world.grow({ children: [worker('a')] })
    await endWith((await pidsOf(supervisor))['a'], end)
    expect(world.reports()).toEqual(['child_terminated a'])
  })

  test.each(['transient', 'temporary'] as const)(
    'of a %s child abnormal ends are reported only (SUP-077)',
    async (restart) => {
      const children = endNames.map((id) => worker(id, { restart }))
      const supervisor = await world.grow({ intensity: 10, children })
      const pids = await pidsOf(supervisor)
      for (const end of endNames) await endWith(pids[end], end)
      expect(world.reports()).toEqual(['child_terminated abnormal', 'child_terminated killed'])
    },
  )
})

describe('strategies', () => {
  const grow = async (strategy: Strategy, children = ['a', 'b', 'c', 'd'].map((id) => worker(id))) => {
    const supervisor = await world.grow({ strategy, intensity: 10, children })
    world.takeEvents()
    return supervisor
  }

  test('one_for_one: siblings keep their pids (SUP-019)', async () => {
    const supervisor = await grow('one_for_one')
    const before = await pidsOf(supervisor)
    await world.kill(before['b'])
    expect(await pidsOf(supervisor)).toEqual({ ...before, b: expect.not.stringMatching(before['b']!) })
    expect(world.takeEvents()).toEqual(['start b'])
  })

  test('one_for_all: the others stop in reverse order, then all start in order (SUP-020)', async () => {
    const supervisor = await grow('one_for_all')
    await world.kill((await pidsOf(supervisor))['b'])
    expect(world.takeEvents()).toEqual([
      'stop d shutdown',
      'stop c shutdown',
      'stop a shutdown',
      'start a',
      'start b',
      'start c',
      'start d',
    ])
    expect(await statuses(supervisor)).toBe('a running, b running, c running, d running')
  })

  test('rest_for_one: those started after it stop in reverse order, then it and they start (SUP-021)', async () => {
    const supervisor = await grow('rest_for_one')
    const before = await pidsOf(supervisor)
    await world.kill(before['b'])
    expect(world.takeEvents()).toEqual(['stop d shutdown', 'stop c shutdown', 'start b', 'start c', 'start d'])
    expect((await pidsOf(supervisor))['a']).toBe(before['a'])
  })

  test.each(['one_for_all', 'rest_for_one'] as const)(
    '%s: a transient child that ends normal and a temporary one that ends anyhow touch nobody (SUP-022)',
    async (strategy) => {
      const children = [worker('t', { restart: 'transient' }), worker('u', { restart: 'temporary' }), worker('z')]
      const supervisor = await grow(strategy, children)
      const { t, u, z } = await pidsOf(supervisor)
      await world.end(t, 'normal')
      await world.end(u, 'boom')
      expect(await pidsOf(supervisor)).toEqual({ t: undefined, z })
    },
  )

  test('a group restart starts members that did not run: terminated, ended normal (SUP-023)', async () => {
    const children = [worker('a'), worker('b'), worker('c', { restart: 'transient' })]
    const supervisor = await grow('one_for_all', children)
    const { a, c } = await pidsOf(supervisor)
    await supervisor.call.terminateChild('b')
    await world.end(c, 'normal')
    expect(await statuses(supervisor)).toBe('a running, b stopped, c stopped')
    await world.kill(a)
    expect(await statuses(supervisor)).toBe('a running, b running, c running')
  })

  test.each(['one_for_all', 'rest_for_one'] as const)(
    '%s: temporary bystanders are terminated and forgotten (SUP-024)',
    async (strategy) => {
      const children = [worker('a'), worker('t', { restart: 'temporary' }), worker('b')]
      const supervisor = await grow(strategy, children)
      await world.kill((await pidsOf(supervisor))['a'])
      expect(world.takeEvents()).toEqual(['stop b shutdown', 'stop t shutdown', 'start a', 'start b'])
      expect(await statuses(supervisor)).toBe('a running, b running')
    },
  )

  test('restarted children keep their place, added ones come last (SUP-025)', async () => {
    const supervisor = await grow('rest_for_one', [worker('a'), worker('b')])
    await supervisor.call.startChild(worker('c'))
    await world.kill((await pidsOf(supervisor))['b'])
    expect(await statuses(supervisor)).toBe('a running, b running, c running')
    world.takeEvents()
    await world.kill((await pidsOf(supervisor))['a'])
    expect(world.takeEvents()).toEqual(['stop c shutdown', 'stop b shutdown', 'start a', 'start b', 'start c'])
  })

  test('siblings that end while the group stops are one restart, not two', async () => {
    const supervisor = await world.grow({ strategy: 'one_for_all', intensity: 1, children: [worker('a'), worker('b')] })
    const { a, b } = await pidsOf(supervisor)
    world.main.exit(a!, 'kill')
    world.main.exit(b!, 'kill')
    await world.settled()
    expect(await statuses(supervisor)).toBe('a running, b running')
    expect([world.starts.get('a'), world.starts.get('b')]).toEqual([2, 2])
  })
})

describe('restart intensity', () => {
  /** Kills `a` so many times, and tells how often it was started again and whether the supervisor lives. */
  const restarts = async (strategy: Strategy, intensity: number, times: number) => {
    world.starts.clear()
    const supervisor = await world.grow({ strategy, intensity, children: [worker('z'), worker('a'), worker('b')] })
    for (let i = 0; i < times; i++) await world.kill((await pidsOf(supervisor))['a'])
    return { restarts: world.starts.get('a')! - 1, alive: await world.main.isAlive(supervisor.pid!) }
  }

  test.each(['one_for_one', 'one_for_all', 'rest_for_one'] as const)(
    '%s: gives up on restart intensity+1, a group counting once (SUP-030)',
    async (strategy) => {
      expect(await restarts(strategy, 3, 3)).toEqual({ restarts: 3, alive: true })
      expect(await restarts(strategy, 3, 4)).toEqual({ restarts: 3, alive: false })
    },
  )

  test('0 means no restart at all (SUP-030)', async () => {
    expect(await restarts('one_for_one', 0, 1)).toEqual({ restarts: 0, alive: false })
  })

  test('giving up stops the children in reverse order and exits shutdown, not with the reason of the child (SUP-031)', async () => {
    const supervisor = await world.grow({ intensity: 0, children: ['a', 'b', 'c'].map((id) => worker(id)) })
    const ended = world.ending(supervisor.pid)
    world.takeEvents()
    await world.end((await pidsOf(supervisor))['b'], 'boom')
    expect(await ended).toBe('shutdown')
    expect(world.takeEvents()).toEqual(['stop b boom', 'stop c shutdown', 'stop a shutdown'])
    expect(world.reports()).toEqual(['child_terminated b', 'shutdown b'])
  })

  test('the window slides (SUP-032)', async () => {
    const supervisor = await world.grow({ intensity: 2, periodMs: 1_000, children: [worker('a')] })
    for (const waitMs of [0, 900, 101]) {
      await world.pass(waitMs)
      await world.kill((await pidsOf(supervisor))['a'])
    }
    expect(await statuses(supervisor)).toBe('a running')
    await world.kill((await pidsOf(supervisor))['a'])
    expect(await world.main.isAlive(supervisor.pid!)).toBe(false)
    expect(world.starts.get('a')).toBe(4)
  })

  test('the normal exit of a permanent child counts (SUP-034)', async () => {
    const supervisor = await world.grow({ intensity: 1, children: [worker('a')] })
    await world.end((await pidsOf(supervisor))['a'], 'normal')
    await world.end((await pidsOf(supervisor))['a'], 'normal')
    expect(await world.main.isAlive(supervisor.pid!)).toBe(false)
  })

  test('ends that cause no restart do not count (SUP-034)', async () => {
    const children = ['a', 'b', 'c'].map((id) => worker(id, { restart: 'temporary' }))
    const supervisor = await world.grow({ intensity: 0, children })
    const pids = await pidsOf(supervisor)
    for (const id of ['a', 'b', 'c']) await world.kill(pids[id])
    expect(await statuses(supervisor)).toBe('')
  })
})

describe('a restart that fails', () => {
  const fails = (): unknown => stop('no disk')
  const works = (): unknown => undefined

  test('is retried at once, without any time passing (SUP-035)', async () => {
    world.scripts.set('a', { starts: [works, fails, fails, works] })
    const supervisor = await world.grow({ intensity: 3, children: [worker('a')] })
    await world.kill((await pidsOf(supervisor))['a'])
    expect(await statuses(supervisor)).toBe('a running')
    expect([world.starts.get('a'), world.clock.now()]).toEqual([4, 0])
  })

  test('is charged at each retry (SUP-036)', async () => {
    world.scripts.set('a', { starts: [works, fails] })
    const supervisor = await world.grow({ intensity: 3, children: [worker('a')] })
    const ended = world.ending(supervisor.pid)
    await world.kill((await pidsOf(supervisor))['a'])
    expect(await ended).toBe('shutdown')
    expect(world.starts.get('a')).toBe(1 + 3)
    expect(world.reports()).toEqual([
      'child_terminated a',
      'start_error a',
      'start_error a',
      'start_error a',
      'shutdown a',
    ])
  })

  test('is too late when it would work after the retries that the intensity allows (SUP-036)', async () => {
    world.scripts.set('a', { starts: [works, fails, fails, works] })
    const supervisor = await world.grow({ intensity: 2, children: [worker('a')] })
    await world.kill((await pidsOf(supervisor))['a'])
    expect(await world.main.isAlive(supervisor.pid!)).toBe(false)
    expect(world.starts.get('a')).toBe(3)
  })

  test('lets requests through that wait, and shows restarting (SUP-035, SUP-037)', async () => {
    const opened = gate()
    const slow = async (): Promise<unknown> => {
      await opened.opened
      return stop('no disk')
    }
    world.scripts.set('a', { starts: [works, slow, works] })
    const supervisor = await world.grow({ intensity: 3, children: [worker('a'), worker('b')] })
    await world.kill((await pidsOf(supervisor))['a'])
    const asked = [statuses(supervisor), supervisor.call.countChildren()] as const
    await world.settled()
    opened.open()
    expect(await Promise.all(asked)).toEqual([
      'a restarting, b running',
      { specs: 2, active: 1, supervisors: 0, workers: 2 },
    ])
    await world.settled()
    expect(await statuses(supervisor)).toBe('a running, b running')
  })

  describe('while it is being retried (SUP-038)', () => {
    /** A supervisor whose child `a` is about to be restarted; the request is served before the next try. */
    async function whileRestarting<T>(
      strategy: Strategy,
      request: (supervisor: Awaited<ReturnType<World['grow']>>) => Promise<T>,
    ) {
      const opened = gate()
      const slow = async (): Promise<unknown> => {
        await opened.opened
        return stop('no disk')
      }
      world.starts.clear()
      world.scripts.set('a', { starts: [works, slow, works] })
      const supervisor = await world.grow({ strategy, intensity: 9, children: [worker('a'), worker('b')] })
      await world.kill((await pidsOf(supervisor))['a'])
      const answer = request(supervisor).then(
        (value) => value as unknown,
        (error: { code: string }) => error.code,
      )
      await world.settled()
      opened.open()
      await world.settled()
      return { supervisor, answer: await answer }
    }

    test.each(['one_for_one', 'rest_for_one', 'one_for_all'] as const)(
      '%s: restartChild and deleteChild refuse restarting',
      async (strategy) => {
        expect((await whileRestarting(strategy, (each) => each.call.restartChild('a'))).answer).toBe('restarting')
        expect((await whileRestarting(strategy, (each) => each.call.deleteChild('a'))).answer).toBe('restarting')
      },
    )

    test('startChild with that id refuses already_present', async () => {
      const { answer } = await whileRestarting('one_for_one', (each) => each.call.startChild(worker('a')))
      expect(answer).toBe('already_present')
    })

    test('terminateChild is fine and ends the retries', async () => {
      const { supervisor, answer } = await whileRestarting('one_for_one', (each) => each.call.terminateChild('a'))
      expect(answer).toBeUndefined()
      expect(await statuses(supervisor)).toBe('a stopped, b running')
      expect(world.starts.get('a')).toBe(2)
    })

    test('the supervisor can be shut down', async () => {
      const { supervisor } = await whileRestarting('one_for_one', async (each) => {
        world.main.exit(each.pid!, 'shutdown')
        await world.ending(each.pid)
      })
      expect(await world.main.isAlive(supervisor.pid!)).toBe(false)
      expect(world.starts.get('a')).toBe(2)
    })
  })

  test('rest_for_one, a later sibling: those restarted stay, the retry begins at the one that failed (SUP-039)', async () => {
    world.scripts.set('c', { starts: [works, fails, works] })
    const children = ['a', 'b', 'c', 'd'].map((id) => worker(id))
    const supervisor = await world.grow({ strategy: 'rest_for_one', intensity: 2, children })
    world.takeEvents()
    await world.kill((await pidsOf(supervisor))['b'])
    expect(world.takeEvents()).toEqual([
      'stop d shutdown',
      'stop c shutdown',
      'start b',
      'start c',
      'start c',
      'start d',
    ])
    expect(await statuses(supervisor)).toBe('a running, b running, c running, d running')
  })

  test('one_for_all, a later sibling: those just restarted stop, and all begins again (SUP-040)', async () => {
    world.scripts.set('c', { starts: [works, fails, works] })
    const children = ['a', 'b', 'c', 'd'].map((id) => worker(id))
    const supervisor = await world.grow({ strategy: 'one_for_all', intensity: 2, children })
    world.takeEvents()
    await world.kill((await pidsOf(supervisor))['a'])
    expect(world.takeEvents()).toEqual([
      'stop d shutdown',
      'stop c shutdown',
      'stop b shutdown',
      'start a',
      'start b',
      'start c',
      'stop b shutdown',
      'stop a shutdown',
      'start a',
      'start b',
      'start c',
      'start d',
    ])
    expect(await statuses(supervisor)).toBe('a running, b running, c running, d running')
  })

  test('one_for_all, an earlier sibling: only the one that failed is restarting', async () => {
    const opened = gate()
    const slow = async (): Promise<unknown> => {
      await opened.opened
      return stop('no disk')
    }
    world.scripts.set('a', { starts: [works, slow, works] })
    const supervisor = await world.grow({ strategy: 'one_for_all', intensity: 5, children: [worker('a'), worker('b')] })
    await world.kill((await pidsOf(supervisor))['b'])
    const asked = statuses(supervisor)
    await world.settled()
    opened.open()
    expect(await asked).toBe('a restarting, b stopped')
    await world.settled()
    expect(await statuses(supervisor)).toBe('a running, b running')
  })
})

describe('escalation', () => {
  const grow = async (restart: RestartType) => {
    world.trees.set('inner', () => ({ intensity: 0, children: [worker('x')] }))
    const outer = await world.grow({ intensity: 1, children: [subtree('inner', { restart }), worker('b')] })
    const { inner, b } = await pidsOf(outer)
    const x = (await pidsOf(world.main.ref(Shop, inner!)))['x']
    await world.kill(x)
    return { outer, inner, b }
  }

  test('permanent: a supervisor that gave up is restarted, at one charge (SUP-041)', async () => {
    const { outer, inner, b } = await grow('permanent')
    const after = await pidsOf(outer)
    expect(after['b']).toBe(b)
    expect(after['inner']).not.toBe(inner)
    expect(world.restarted).toEqual([{ child: 'inner', pid: after['inner'], reason: 'shutdown' }])
    await world.kill(after['inner'])
    expect(await world.main.isAlive(outer.pid!)).toBe(false)
  })

  test.each([
    ['transient', 'inner stopped, b running'],
    ['temporary', 'b running'],
  ] as const)('%s: a supervisor that gave up is not restarted (SUP-041)', async (restart, expected) => {
    const { outer } = await grow(restart)
    expect(await statuses(outer)).toBe(expected)
  })

  test('a supervisor that is killed is restarted, and its children end with it (SUP-048)', async () => {
    world.trees.set('inner', () => ({ children: [worker('x'), worker('y')] }))
    const outer = await world.grow({ children: [subtree('inner')] })
    world.takeEvents()
    await world.kill((await pidsOf(outer))['inner'])
    expect(world.takeEvents().toSorted()).toEqual(['start x', 'start y', 'stop x killed', 'stop y killed'])
    expect(await statuses(outer)).toBe('inner running')
  })
})

describe('auto-shutdown', () => {
  const significant = (id: string, restart: RestartType) => worker(id, { restart, significant: true })

  const grow = async (
    autoShutdown: 'never' | 'any_significant' | 'all_significant',
    children: ReturnType<typeof worker>[],
  ) => {
    const supervisor = await world.grow({ autoShutdown, intensity: 5, children })
    world.takeEvents()
    const ended = world.ending(supervisor.pid)
    let reason: unknown = 'alive'
    void ended.then((ending) => (reason = ending))
    return { supervisor, pids: await pidsOf(supervisor), reason: () => reason }
  }

  const cells = (['transient', 'temporary'] as const).flatMap((restart) =>
    endNames.map((end) => [restart, end, isRestarted(restart, end) ? 'restarted' : 'shuts down'] as const),
  )

  test.each(cells)('any_significant: %s × %s: %s (SUP-058, SUP-059)', async (restart, end, outcome) => {
    const { pids, reason } = await grow('any_significant', [worker('a'), significant('s', restart), worker('b')])
    await endWith(pids['s'], end)
    expect(reason()).toBe(outcome === 'restarted' ? 'alive' : 'shutdown')
    const stops = world.takeEvents().filter((event) => event.startsWith('stop') && !event.startsWith('stop s'))
    expect(stops).toEqual(outcome === 'restarted' ? [] : ['stop b shutdown', 'stop a shutdown'])
  })

  test('all_significant: only the end of the last active significant child shuts down (SUP-058)', async () => {
    const children = [significant('s', 'transient'), significant('t', 'temporary'), worker('a')]
    const { pids, reason } = await grow('all_significant', children)
    await world.end(pids['t'], 'boom')
    expect(reason()).toBe('alive')
    await world.end(pids['s'], 'normal')
    expect(reason()).toBe('shutdown')
  })

  test('children that are not significant never shut down (SUP-058)', async () => {
    const children = [worker('a', { restart: 'transient' }), worker('b', { restart: 'temporary' })]
    const { pids, reason } = await grow('any_significant', children)
    await world.end(pids['a'], 'normal')
    await world.end(pids['b'], 'boom')
    expect(reason()).toBe('alive')
  })

  test('terminateChild of a significant child does not shut down (SUP-059)', async () => {
    const { supervisor, reason } = await grow('any_significant', [significant('s', 'transient')])
    await supervisor.call.terminateChild('s')
    await world.settled()
    expect(reason()).toBe('alive')
  })

  test.each(['one_for_all', 'rest_for_one'] as const)(
    '%s: a significant bystander of a group restart does not shut down (SUP-059)',
    async (strategy) => {
      const children = [worker('a'), significant('s', 'temporary'), significant('t', 'transient')]
      const supervisor = await world.grow({ strategy, autoShutdown: 'any_significant', children })
      await world.kill((await pidsOf(supervisor))['a'])
      expect(await statuses(supervisor)).toBe('a running, t running')
    },
  )

  test.each(['transient', 'temporary'] as const)(
    'escalates: a %s significant supervisor that shut down ends its parent too (SUP-060)',
    async (restart) => {
      world.trees.set('inner', () => ({ autoShutdown: 'any_significant', children: [significant('x', 'transient')] }))
      const inner = subtree('inner', { restart, significant: true })
      const { pids, reason } = await grow('any_significant', [inner])
      await world.end((await pidsOf(world.main.ref(Shop, pids['inner']!)))['x'], 'normal')
      expect(reason()).toBe('shutdown')
    },
  )
})

describe('back-off', () => {
  const backoff = { minMs: 100, maxMs: 1_000, jitter: 0, resetAfterMs: 5_000 }

  test('waits before each restart, longer each time', async () => {
    const supervisor = await world.grow({ intensity: 9, children: [worker('a', { backoff })] })
    for (const waitMs of [100, 200, 400]) {
      await world.kill((await pidsOf(supervisor))['a'])
      await world.pass(waitMs - 1)
      expect(await statuses(supervisor)).toBe('a restarting')
      await world.pass(1)
      expect(await statuses(supervisor)).toBe('a running')
    }
  })

  test('begins anew after a quiet time', async () => {
    const supervisor = await world.grow({ intensity: 9, children: [worker('a', { backoff })] })
    await world.kill((await pidsOf(supervisor))['a'])
    await world.pass(100)
    await world.pass(5_000)
    await world.kill((await pidsOf(supervisor))['a'])
    await world.pass(100)
    expect(await statuses(supervisor)).toBe('a running')
  })

  test('waits between failed starts too, and charges each once', async () => {
    world.scripts.set('a', { starts: [() => undefined, () => stop('no disk')] })
    const supervisor = await world.grow({ intensity: 2, children: [worker('a', { backoff })] })
    await world.kill((await pidsOf(supervisor))['a'])
    await world.pass(100)
    expect([world.starts.get('a'), await statuses(supervisor)]).toEqual([2, 'a restarting'])
    await world.pass(200)
    expect([world.starts.get('a'), await statuses(supervisor)]).toEqual([3, 'a restarting'])
    await world.pass(400)
    expect(await world.main.isAlive(supervisor.pid!)).toBe(false)
    expect(world.starts.get('a')).toBe(3)
  })

  test('one_for_all: the others stop at once and start when the wait is over', async () => {
    const children = [worker('a'), worker('b', { backoff }), worker('c')]
    const supervisor = await world.grow({ strategy: 'one_for_all', intensity: 9, children })
    await world.kill((await pidsOf(supervisor))['b'])
    expect(await statuses(supervisor)).toBe('a stopped, b restarting, c stopped')
    await world.pass(100)
    expect(await statuses(supervisor)).toBe('a running, b running, c running')
  })

  test('terminateChild ends the wait', async () => {
    const supervisor = await world.grow({ children: [worker('a', { backoff })] })
    await world.kill((await pidsOf(supervisor))['a'])
    await supervisor.call.terminateChild('a')
    await world.pass(1_000)
    expect(await statuses(supervisor)).toBe('a stopped')
  })

  test('jitter takes its chance from the node', async () => {
    world.chance = 0.5
    const children = [worker('a', { backoff: { ...backoff, jitter: 1 } })]
    const supervisor = await world.grow({ children })
    await world.kill((await pidsOf(supervisor))['a'])
    await world.pass(49)
    expect(await statuses(supervisor)).toBe('a restarting')
    await world.pass(1)
    expect(await statuses(supervisor)).toBe('a running')
  })
})

describe('hold', () => {
  const exhaust = async (supervisor: Awaited<ReturnType<World['grow']>>, id: string, times: number) => {
    for (let i = 0; i < times; i++) await world.kill((await pidsOf(supervisor))[id])
  }

  test('leaves the child stopped instead of giving up, and reports it', async () => {
    const supervisor = await world.grow({ intensity: 1, children: [worker('a', { hold: true }), worker('b')] })
    await exhaust(supervisor, 'a', 2)
    expect(await statuses(supervisor)).toBe('a held, b running')
    expect(world.reports().at(-1)).toBe('held a')
  })

  test('its failures do not count against its siblings', async () => {
    const supervisor = await world.grow({ intensity: 1, children: [worker('a', { hold: true }), worker('b')] })
    await exhaust(supervisor, 'a', 2)
    await exhaust(supervisor, 'b', 1)
    expect(await statuses(supervisor)).toBe('a held, b running')
    await exhaust(supervisor, 'b', 1)
    expect(await world.main.isAlive(supervisor.pid!)).toBe(false)
  })

  test('restartChild starts it again', async () => {
    const supervisor = await world.grow({ intensity: 0, children: [worker('a', { hold: true })] })
    await exhaust(supervisor, 'a', 1)
    expect(await supervisor.call.restartChild('a')).toBe((await pidsOf(supervisor))['a'])
    expect(await statuses(supervisor)).toBe('a running')
  })

  test('restartChild that fails refuses, and the child stays held', async () => {
    world.scripts.set('a', { starts: [() => undefined, () => stop('no disk')] })
    const supervisor = await world.grow({ intensity: 0, children: [worker('a', { hold: true })] })
    await exhaust(supervisor, 'a', 1)
    await expect(supervisor.call.restartChild('a')).rejects.toMatchObject({ code: 'start_failed' })
    expect(await statuses(supervisor)).toBe('a held')
  })

  test('deleteChild forgets it, startChild finds it there', async () => {
    const supervisor = await world.grow({ intensity: 0, children: [worker('a', { hold: true })] })
    await exhaust(supervisor, 'a', 1)
    await expect(supervisor.call.startChild(worker('a'))).rejects.toMatchObject({ code: 'already_present' })
    await supervisor.call.deleteChild('a')
    expect(await statuses(supervisor)).toBe('')
  })

  test('rest_for_one: its group stops with it, and starts with it', async () => {
    const children = [worker('a'), worker('b', { hold: true }), worker('c')]
    const supervisor = await world.grow({ strategy: 'rest_for_one', intensity: 0, children })
    await exhaust(supervisor, 'b', 1)
    expect(await statuses(supervisor)).toBe('a running, b held, c stopped')
    await supervisor.call.restartChild('b')
    expect(await statuses(supervisor)).toBe('a running, b running, c running')
  })

  test('a child without it still makes the supervisor give up', async () => {
    const supervisor = await world.grow({ intensity: 0, children: [worker('a', { hold: true }), worker('b')] })
    await exhaust(supervisor, 'b', 1)
    expect(await world.main.isAlive(supervisor.pid!)).toBe(false)
  })
})

test('a child is told how often it was started before', async () => {
  const supervisor = await world.grow({ intensity: 5, children: [worker('a')] })
  for (let i = 0; i < 2; i++) await world.kill((await pidsOf(supervisor))['a'])
  const { a } = await pidsOf(supervisor)
  expect(world.node.snapshot().actors.find(({ pid }) => pid === a)?.restarts).toBe(2)
  expect((await supervisor.call.whichChildren())[0]?.restarts).toBe(2)
})
