import { type ActorSelf, type Evidence, Exit, type Pid, place, Timeout } from '@bulkhead/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { gate } from '../../../test/support/gate.ts'
import type { Strategy } from '../src/strategy.ts'
import { Supervision } from '../src/supervision.ts'
import { DEFAULT_RULES } from '../src/supervisor-spec.ts'
import { pidsOf, statuses, worker, World } from './world.ts'

let world: World

beforeEach(() => {
  world = new World()
})

afterEach(() => {
  world.node.stop('shutdown')
})

const ids = ['a', 'b', 'c', 'd', 'e']
const onThread = (id: string) => worker(id, { isolation: 'thread' })
const allRun = ids.map((id) => `${id} running`).join(', ')

describe('the end of a node that hosts five children', () => {
  const grow = (strategy: Strategy, intensity: number) =>
    world.grow({ strategy, intensity, children: ids.map(onThread) })

  test.each(['one_for_one', 'rest_for_one', 'one_for_all'] as const)(
    '%s: all are started again, at one charge',
    async (strategy) => {
      const supervisor = await grow(strategy, 1)
      const before = await pidsOf(supervisor)
      await world.crash()
      expect(await statuses(supervisor)).toBe(allRun)
      const after = await pidsOf(supervisor)
      for (const id of ids) expect(after[id]).not.toBe(before[id])
    },
  )

  test.each(['one_for_one', 'rest_for_one', 'one_for_all'] as const)(
    '%s: the end of the next node is the next charge',
    async (strategy) => {
      const supervisor = await grow(strategy, 1)
      const ended = world.ending(supervisor.pid)
      await world.crash()
      await world.crash()
      expect(await ended).toBe('shutdown')
    },
  )

  test('intensity 0: it is one charge too many', async () => {
    const supervisor = await grow('one_for_one', 0)
    const ended = world.ending(supervisor.pid)
    await world.crash()
    expect(await ended).toBe('shutdown')
  })

  test('nodes that ended of one cause, such as the threads of one process, are one charge', async () => {
    const supervisor = await world.grow({ intensity: 1, children: [onThread('a')] })
    world.thread = 3
    await supervisor.call.startChild(onThread('b'))
    world.thread = 2
    await world.crash('process 9')
    await world.crash('process 9')
    expect(await statuses(supervisor)).toBe('a running, b running')
    expect(world.starts.get('b')).toBe(2)
  })

  test('what is known about it is in the reports', async () => {
    await grow('one_for_one', 1)
    await world.crash('thread 2')
    const reports = world.log.map(({ data }) => data).filter((data) => data !== undefined)
    expect(reports).toHaveLength(5)
    for (const report of reports) {
      expect(report).toMatchObject({
        context: 'child_terminated',
        reason: 'noconnection',
        evidence: { domain: 'thread 2', cause: 'exited', code: 3 },
      })
    }
  })

  test('transient children are restarted: noconnection is abnormal, also after exit code 0', async () => {
    const supervisor = await world.grow({ children: [worker('a', { isolation: 'thread', restart: 'transient' })] })
    await world.crash()
    expect(await statuses(supervisor)).toBe('a running')
  })
})

test('a start that the end of a node interrupts shares the charge of the children that the node took', async () => {
  const opened = gate()
  world.scripts.set('b', { starts: [() => undefined, () => opened.opened, () => undefined] })
  const supervisor = await world.grow({ intensity: 2, children: [onThread('a'), onThread('b')] })
  await world.crash()
  expect(world.takeEvents()).toEqual(['start a', 'start b', 'start a', 'start b'])
  await world.crash()
  expect(await statuses(supervisor)).toBe('a running, b running')
  expect(world.takeEvents().toSorted()).toEqual(['start a', 'start b'])
})

test('children on other nodes are left alone', async () => {
  const supervisor = await world.grow({ intensity: 1, children: [worker('a'), onThread('b')] })
  const { a } = await pidsOf(supervisor)
  await world.crash()
  expect((await pidsOf(supervisor))['a']).toBe(a)
  expect(await statuses(supervisor)).toBe('a running, b running')
})

test('a child that is started again and again on a node that is gone exhausts the intensity', async () => {
  const evidence: Evidence = { node: 2, domain: 'thread 2', cause: 'unknown' }
  const timers: unknown[] = []
  const self: Partial<ActorSelf> = {
    now: () => 0,
    report: () => {},
    reportRestarted: () => {},
    showUnsettled: () => {},
    startTimer: (_ms, message) => timers.push(message),
    tryStart: () => Promise.resolve({ kind: 'failed', reason: 'noconnection', evidence }),
  }
  const supervision = new Supervision(self as ActorSelf, { ...DEFAULT_RULES, intensity: 3, keepsStopped: true })
  const { args, ...spec } = worker('a')
  const pid = '<test.2.1>' as Pid
  supervision.children.started(supervision.add(spec, args), { pid, placement: place('thread', { kinds: ['thread'] }) })
  const verdicts = [await supervision.exited(new Exit(pid, 'noconnection', evidence))]
  for (let timer = 1; timer <= 3; timer++) {
    verdicts.push(await supervision.timedOut(new Timeout(timer, timers[timer - 1])))
  }
  expect(verdicts).toEqual(['go_on', 'go_on', 'go_on', 'shutdown'])
})
