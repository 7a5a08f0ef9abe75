import type { Pid } from '@bulkhead/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { gate } from '../../../test/support/gate.ts'
import type { ChildOptions } from '../src/child-spec.ts'
import type { SupervisorReport } from '../src/reports.ts'
import { pidsOf, Shop, statuses, subtree, worker, World } from './world.ts'

let world: World

beforeEach(() => {
  world = new World()
})

afterEach(() => {
  world.node.stop('shutdown')
})

const onThread = (id: string, options: ChildOptions = {}) => worker(id, { isolation: 'thread', ...options })
const placements = (): string[] => world.placements.splice(0)
const pidOf = async (supervisor: Parameters<typeof pidsOf>[0], id: string): Promise<Pid | undefined> =>
  (await pidsOf(supervisor))[id]
const lessons = (): (SupervisorReport & { text: string })[] =>
  world.log
    .map(({ data, text }) => ({ ...(data as SupervisorReport), text }))
    .filter(({ context }) => context === 'moved' || context === 'not_moved')

describe('a child that took its node down', () => {
  test('is restarted one wall further out each time; its neighbours where they were', async () => {
    const supervisor = await world.grow({ intensity: 9, children: [onThread('a'), onThread('b')] })
    expect(placements()).toEqual(['/Shop/a thread pooled', '/Shop/b thread pooled'])
    await world.takeDown(await pidOf(supervisor, 'b'))
    expect(placements().toSorted()).toEqual(['/Shop/a thread pooled', '/Shop/b thread dedicated'])
    await world.takeDown(await pidOf(supervisor, 'b'))
    expect(placements().toSorted()).toEqual(['/Shop/a thread pooled', '/Shop/b process dedicated'])
  })

  test('unknown culprit: nobody moves', async () => {
    await world.grow({ children: [onThread('a'), onThread('b')] })
    placements()
    await world.crash()
    expect(placements()).toEqual(['/Shop/a thread pooled', '/Shop/b thread pooled'])
    expect(lessons()).toEqual([])
  })

  test('whoever ended with the culprit because of a link is not to blame', async () => {
    world.thread = 3
    world.scripts.set('a', {
      trapExit: false,
      starts: [(self) => world.culprit && self.link(world.culprit)],
    })
    const culprits = await world.grow({ children: [onThread('b')] })
    world.culprit = await pidOf(culprits, 'b')
    world.thread = 2
    world.trees.set('other', () => ({ children: [onThread('a')] }))
    await world.start(Shop, 'other')
    placements()
    world.thread = 3
    await world.takeDown(world.culprit)
    expect(placements().toSorted()).toEqual(['/Shop/a thread pooled', '/Shop/b thread dedicated'])
  })

  test('the log says that it moved, and where the ladder ends', async () => {
    const supervisor = await world.grow({ children: [onThread('a', { isolation: { memory: 'shared' } })] })
    const pids: (Pid | undefined)[] = []
    for (let i = 0; i < 2; i++) {
      pids.push(await pidOf(supervisor, 'a'))
      await world.takeDown(pids[i])
    }
    expect(lessons()).toMatchObject([
      {
        context: 'moved',
        text: `child a ${pids[0]} moved to a thread of its own: it exited (code 3) on a shared thread at noon`,
      },
      {
        context: 'not_moved',
        text: `child a ${pids[1]} stays where it is: memory: 'shared' needs a thread of its starter's OS process; it exited (code 3) on a thread of its own at noon`,
      },
    ])
  })

  test('adapt: false: it stays where it was, at its price', async () => {
    const supervisor = await world.grow({ intensity: 0, children: [onThread('a', { adapt: false })] })
    placements()
    const ended = world.ending(supervisor.pid)
    await world.takeDown(await pidOf(supervisor, 'a'))
    expect(await ended).toBe('shutdown')
    expect(lessons()).toEqual([])
  })

  test('an end in order teaches nothing', async () => {
    const supervisor = await world.grow({ children: [onThread('a')] })
    placements()
    await world.end(await pidOf(supervisor, 'a'), 'boom')
    expect(placements()).toEqual(['/Shop/a thread pooled'])
  })

  test('a temporary one is not restarted, so nothing is learnt', async () => {
    const supervisor = await world.grow({ children: [onThread('a', { restart: 'temporary' })] })
    await world.takeDown(await pidOf(supervisor, 'a'))
    placements()
    await supervisor.call.startChild(onThread('a'))
    expect(placements()).toEqual(['/Shop/a thread pooled'])
  })

  test('a start that takes its node down teaches as well', async () => {
    const opened = gate()
    world.scripts.set('a', {
      starts: [(self) => ((world.culprit = self.pid), opened.opened), () => undefined],
    })
    const growing = world.grow({ children: [onThread('b')] }).then((supervisor) => supervisor)
    const supervisor = await growing
    const starting = supervisor.call.startChild(onThread('a')).catch((error: unknown) => error)
    await world.settled()
    placements()
    await world.takeDown(world.culprit)
    expect(await starting).toMatchObject({ code: 'start_failed' })
    await supervisor.call.startChild(onThread('a'))
    expect(placements()).toContain('/Shop/a thread dedicated')
  })
})

describe('the first restart on each new wall is not charged', () => {
  test('intensity 0: both walls are tried, and the third end is one too many', async () => {
    const supervisor = await world.grow({ intensity: 0, children: [onThread('a')] })
    const ended = world.ending(supervisor.pid)
    for (let i = 0; i < 2; i++) {
      await world.takeDown(await pidOf(supervisor, 'a'))
      expect(await statuses(supervisor)).toBe('a running')
    }
    await world.takeDown(await pidOf(supervisor, 'a'))
    expect(await ended).toBe('shutdown')
    expect(lessons().map(({ context }) => context)).toEqual(['moved', 'moved', 'not_moved'])
  })

  test.each(['a', 'b', 'c'])('nor are the neighbours that ended with it, whoever is first: %s', async (culprit) => {
    const supervisor = await world.grow({ intensity: 0, children: [onThread('a'), onThread('b'), onThread('c')] })
    await world.takeDown(await pidOf(supervisor, culprit))
    expect(await statuses(supervisor)).toBe('a running, b running, c running')
  })

  test('a supervisor that has only neighbours is charged as ever', async () => {
    const supervisor = await world.grow({ children: [onThread('b')] })
    world.trees.set('other', () => ({ intensity: 0, children: [onThread('a')] }))
    const other = await world.start(Shop, 'other')
    const ended = world.ending(other.pid)
    await world.takeDown(await pidOf(supervisor, 'b'))
    expect(await ended).toBe('shutdown')
  })
})

describe('what was learnt is kept by path', () => {
  test('a restarted supervisor has not forgotten it', async () => {
    world.trees.set('shop', () => ({ children: [onThread('a')] }))
    const top = await world.grow({ children: [subtree('shop')] })
    const shop = (await pidOf(top, 'shop')) as Pid
    await world.takeDown(await pidOf(world.main.ref(Shop, shop), 'a'))
    placements()
    await world.kill(shop)
    expect(await pidOf(top, 'shop')).not.toBe(shop)
    expect(placements()).toEqual(['/Shop/shop/a thread dedicated'])
  })

  test('ten quiet minutes forget it', async () => {
    const supervisor = await world.grow({ children: [onThread('a')] })
    await world.takeDown(await pidOf(supervisor, 'a'))
    placements()
    await world.pass(10 * 60_000)
    await world.end(await pidOf(supervisor, 'a'), 'boom')
    expect(placements()).toEqual(['/Shop/a thread pooled'])
  })
})
