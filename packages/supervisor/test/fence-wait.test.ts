import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lookAgainMs } from '../src/fence-wait.ts'
import { pidsOf, statuses, worker, World } from './world.ts'

let world: World

beforeEach(() => {
  world = new World()
})

afterEach(() => {
  world.node.stop('shutdown')
})

const patient = (id: string) => worker(id, { isolation: { memory: 'shared' } })
const starts = (): string[] => world.takeEvents().filter((event) => event.startsWith('start'))

/** Ends the node of the patient ones; their threads are still in native calls. */
async function fence(...paths: readonly string[]): Promise<void> {
  world.takeEvents()
  for (const path of paths) world.lingering.add(path)
  await world.crash()
}

describe('a child whose replacement waits for a fenced thread', () => {
  test('is restarted when that has ended; others are served meanwhile', async () => {
    const supervisor = await world.grow({ intensity: 9, children: [patient('a'), worker('b')] })
    await fence('/Shop/a')
    expect([await statuses(supervisor), starts()]).toEqual(['a restarting, b running', []])
    await world.end((await pidsOf(supervisor))['b'], 'wrong')
    expect([await statuses(supervisor), starts()]).toEqual(['a restarting, b running', ['start b']])
    await world.pass(10 * lookAgainMs)
    expect(starts()).toEqual([])
    world.lingering.clear()
    await world.pass(lookAgainMs)
    expect([await statuses(supervisor), starts()]).toEqual(['a running, b running', ['start a']])
  })

  test('costs one restart, however long it waits', async () => {
    const supervisor = await world.grow({ intensity: 1, periodMs: 1_000_000, children: [patient('a')] })
    await fence('/Shop/a')
    await world.pass(100 * lookAgainMs)
    world.lingering.clear()
    await world.pass(lookAgainMs)
    expect(await statuses(supervisor)).toBe('a running')
  })

  test('keeps its group stopped: one_for_all', async () => {
    const supervisor = await world.grow({
      strategy: 'one_for_all',
      intensity: 9,
      children: [worker('a'), patient('b'), worker('c')],
    })
    await fence('/Shop/b')
    await world.pass(3 * lookAgainMs)
    expect([await statuses(supervisor), starts()]).toEqual(['a stopped, b restarting, c stopped', []])
    world.lingering.clear()
    await world.pass(lookAgainMs)
    expect(starts()).toEqual(['start a', 'start b', 'start c'])
  })

  test('keeps those behind it stopped: rest_for_one', async () => {
    const supervisor = await world.grow({
      strategy: 'rest_for_one',
      intensity: 9,
      children: [worker('a'), patient('b'), worker('c')],
    })
    await fence('/Shop/b')
    await world.pass(3 * lookAgainMs)
    expect([await statuses(supervisor), starts()]).toEqual(['a running, b restarting, c stopped', []])
    world.lingering.clear()
    await world.pass(lookAgainMs)
    expect(starts()).toEqual(['start b', 'start c'])
  })

  test('can be stopped, and does not hold up a shutdown', async () => {
    const supervisor = await world.grow({ intensity: 9, children: [patient('a')] })
    const ended = world.ending(supervisor.pid)
    await fence('/Shop/a')
    world.main.exit(supervisor.pid!, 'shutdown')
    await world.settled()
    expect(await ended).toBe('shutdown')
  })

  test('is not started by hand', async () => {
    const supervisor = await world.grow({ intensity: 9, children: [patient('a')] })
    await fence('/Shop/a')
    await supervisor.call.terminateChild('a')
    await expect(supervisor.call.restartChild('a')).rejects.toMatchObject({ code: 'fenced', child: 'a' })
    await supervisor.call.deleteChild('a')
    await expect(supervisor.call.startChild(patient('a'))).rejects.toMatchObject({ code: 'fenced', child: 'a' })
    world.lingering.clear()
    await supervisor.call.startChild(patient('a'))
    expect(starts()).toEqual(['start a'])
  })
})

describe('a supervisor that is started while a former child lingers', () => {
  test.each([
    ['one_for_one', 'a running, b restarting, c running', ['start a', 'start c'], ['start b']],
    ['rest_for_one', 'a running, b restarting, c stopped', ['start a'], ['start b', 'start c']],
    ['one_for_all', 'a restarting, b stopped, c stopped', [], ['start a', 'start b', 'start c']],
  ] as const)('%s', async (strategy, status, before, after) => {
    world.lingering.add('/Shop/b')
    const supervisor = await world.grow({ strategy, children: [worker('a'), patient('b'), worker('c')] })
    expect([await statuses(supervisor), starts()]).toEqual([status, before])
    await world.pass(3 * lookAgainMs)
    expect(starts()).toEqual([])
    world.lingering.clear()
    await world.pass(lookAgainMs)
    expect(starts()).toEqual(after)
  })
})

test('nobody asks for children that do not wait', async () => {
  world.lingering.add('/Shop/a')
  const supervisor = await world.grow({
    children: [worker('a', { isolation: { memory: 'shared', afterFence: 'replace' } })],
  })
  expect(await statuses(supervisor)).toBe('a running')
})
