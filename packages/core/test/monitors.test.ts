import { describe, expect, test } from 'vitest'
import { createNode, defineActor, Down, InvalidOption, NodeDown } from '../src/index.ts'
import type { ActorSelf } from '../src/index.ts'
import { watched } from '../../../test/support/gate.ts'
import { mailOf, Nodes } from '../../../test/support/nodes.ts'

/** Who runs it does not matter to a reference. */
const Any = defineActor(import.meta, 'Any', () => undefined)

/** Both in one node, and each in its own: the laws are the same. */
describe.each([
  ['in one node', 1],
  ['across two nodes', 2],
])('%s', (_, far) => {
  const setUp = async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const [watcher, target] = [await nodes.actor(), await nodes.actor(far)]
    await nodes.settled()
    const end = async (self: ActorSelf, reason: unknown): Promise<void> => {
      nodes.main.exit(self.pid, reason)
      await nodes.settled()
    }
    return { nodes, watcher, target, end }
  }

  describe('a monitor', () => {
    test.each(['boom', 'shutdown', { shutdown: 'later' }, 'killed'])(
      'reports the end %o, once (PROC-046)',
      async (reason) => {
        const { watcher, target, end } = await setUp()
        const ref = watcher.monitor(target.pid)
        await end(target, reason)
        expect(await mailOf(watcher)).toEqual([new Down(ref, target.pid, reason)])
      },
    )

    test('reports a normal end too (PROC-046)', async () => {
      const { nodes, watcher, target } = await setUp()
      const ref = watcher.monitor(target.pid)
      await nodes.settled()
      target.exit(target.pid, 'normal')
      await nodes.settled()
      expect(await mailOf(watcher)).toEqual([new Down(ref, target.pid, 'normal')])
    })

    test('stacks: three of them give three DOWN with three refs (PROC-047)', async () => {
      const { watcher, target, end } = await setUp()
      const refs = [watcher.monitor(target.pid), watcher.monitor(target.pid), watcher.monitor(target.pid)]
      await end(target, 'boom')
      const downs = (await mailOf(watcher)) as Down[]
      expect(new Set(downs.map(({ ref }) => ref))).toEqual(new Set(refs))
      expect(downs).toHaveLength(3)
      expect(new Set(refs).size).toBe(3)
    })

    test('of an actor that has ended gives noproc (PROC-048)', async () => {
      const { nodes, watcher, target, end } = await setUp()
      await end(target, 'boom')
      const ref = watcher.monitor(target.pid)
      await nodes.settled()
      expect(await mailOf(watcher)).toEqual([new Down(ref, target.pid, 'noproc')])
    })

    test('by name reports the name (PROC-049)', async () => {
      const { nodes, watcher, target, end } = await setUp()
      await target.register('db')
      await nodes.settled()
      const ref = watcher.monitor('db')
      await end(target, 'boom')
      expect(await mailOf(watcher)).toEqual([new Down(ref, 'db', 'boom')])
    })

    test('by a reference reports the pid', async () => {
      const { watcher, target, end } = await setUp()
      const ref = watcher.monitor(watcher.ref(Any, target.pid))
      await end(target, 'boom')
      expect(await mailOf(watcher)).toEqual([new Down(ref, target.pid, 'boom')])
    })

    test('stays with the actor that had the name when it was set (PROC-050)', async () => {
      const { nodes, watcher, target, end } = await setUp()
      await target.register('db')
      await nodes.settled()
      const ref = watcher.monitor('db')
      await target.unregister('db')
      const successor = await nodes.actor(far)
      await successor.register('db')
      await nodes.settled()
      await end(successor, 'not me')
      expect(await mailOf(watcher)).toEqual([])
      await end(target, 'me')
      expect(await mailOf(watcher)).toEqual([new Down(ref, 'db', 'me')])
    })

    test('is one-way: the watcher’s end is no news for the watched (PROC-053)', async () => {
      const { nodes, watcher, target, end } = await setUp()
      target.trapExit = true
      watcher.monitor(target.pid)
      await nodes.settled()
      await end(watcher, 'boom')
      expect(await mailOf(target)).toEqual([])
    })
  })

  describe('demonitor', () => {
    test('no DOWN arrives after it, and with info it says that the monitor was active (PROC-051, PROC-052)', async () => {
      const { nodes, watcher, target, end } = await setUp()
      const ref = watcher.monitor(target.pid)
      await nodes.settled()
      expect(watcher.demonitor(ref, { info: true })).toBe(true)
      await end(target, 'boom')
      expect(await mailOf(watcher)).toEqual([])
    })

    test('with info is false for one that has fired, was removed or never was; without it is always true (PROC-052)', async () => {
      const { watcher, target, end } = await setUp()
      const [fired, removed] = [watcher.monitor(target.pid), watcher.monitor(target.pid)]
      watcher.demonitor(removed)
      await end(target, 'boom')
      const refs = [fired, removed, 987_654]
      expect(refs.map((ref) => watcher.demonitor(ref, { info: true }))).toEqual([false, false, false])
      expect(refs.map((ref) => watcher.demonitor(ref))).toEqual([true, true, true])
    })

    test('leaves a DOWN that lies in the mailbox; flush takes it (PROC-051)', async () => {
      const { watcher, target, end } = await setUp()
      const [kept, flushed] = [watcher.monitor(target.pid), watcher.monitor(target.pid)]
      await end(target, 'boom')
      watcher.send(watcher.pid, 'after')
      watcher.demonitor(kept)
      watcher.demonitor(flushed, { flush: true })
      expect(await mailOf(watcher)).toEqual([new Down(kept, target.pid, 'boom'), 'after'])
    })

    test('removes one of several, not the others', async () => {
      const { nodes, watcher, target, end } = await setUp()
      const [one, other] = [watcher.monitor(target.pid), watcher.monitor(target.pid)]
      await nodes.settled()
      watcher.demonitor(one)
      await end(target, 'boom')
      expect(await mailOf(watcher)).toEqual([new Down(other, target.pid, 'boom')])
    })

    test('of a ref of somebody else does nothing to them', async () => {
      const { nodes, watcher, target, end } = await setUp()
      const other = await nodes.actor()
      const ref = watcher.monitor(target.pid)
      expect(other.demonitor(ref, { info: true })).toBe(false)
      await end(target, 'boom')
      expect(await mailOf(watcher)).toEqual([new Down(ref, target.pid, 'boom')])
    })
  })

  test('isAlive is answered in pair order (PROC-045)', async () => {
    const { nodes, watcher, target } = await setUp()
    const before = watcher.isAlive(target.pid)
    watcher.exit(target.pid, 'kill')
    const after = watcher.isAlive(target.pid)
    await nodes.settled()
    expect([await before, await after]).toEqual([true, false])
  })

  test('isAlive by name', async () => {
    const { nodes, watcher, target } = await setUp()
    await target.register('db')
    await nodes.settled()
    const [db, nobody] = [watcher.isAlive('db'), watcher.isAlive('nobody')]
    await nodes.settled()
    expect([await db, await nobody]).toEqual([true, false])
  })
})

test('an unregistered name is noproc (PROC-049)', async () => {
  const { main } = new Nodes(createNode)
  const ref = main.monitor('nobody')
  expect(await mailOf(main)).toEqual([new Down(ref, 'nobody', 'noproc')])
})

test('demonitor of what is no ref is an error (PROC-052)', () => {
  const { main } = new Nodes(createNode)
  expect(() => main.demonitor('ref' as never)).toThrow(InvalidOption)
})

test('what is no destination is an error that names it', () => {
  const { main } = new Nodes(createNode)
  for (const bad of [undefined, null, 5, {}, true])
    expect(() => main.monitor(bad as never)).toThrow(/to is .*give a pid/)
})

describe('when the node of the watched goes down', () => {
  const setUp = async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const [watcher, target] = [await nodes.actor(), await nodes.actor(2)]
    await nodes.settled()
    return { nodes, watcher, target }
  }
  const evidence = { node: 2, domain: 'test.2', cause: 'signaled', signal: 'SIGKILL' } as const

  test('DOWN says noconnection and carries the evidence, once per monitor (DIST-001)', async () => {
    const { nodes, watcher, target } = await setUp()
    const refs = [watcher.monitor(target.pid), watcher.monitor(target.pid)]
    await nodes.settled()
    nodes.crash(2)
    await nodes.pass(2_000)
    expect(await mailOf(watcher)).toEqual(refs.map((ref) => new Down(ref, target.pid, 'noconnection', evidence)))
  })

  test('the culprit has its own reason, its neighbours noconnection', async () => {
    const { nodes, watcher, target } = await setUp()
    const innocent = await nodes.actor(2)
    const [culprit, other] = [watcher.monitor(target.pid), watcher.monitor(innocent.pid)]
    await nodes.settled()
    const reason = { out_of_memory: { limitMb: 64 } }
    nodes.crash(2, { culprit: { pid: target.pid, reason } })
    await nodes.pass(2_000)
    const downs = (await mailOf(watcher)) as Down[]
    expect(new Map(downs.map(({ ref, reason: why }) => [ref, why]))).toEqual(
      new Map<number, unknown>([
        [culprit, reason],
        [other, 'noconnection'],
      ]),
    )
  })

  test('monitorNode gives one NodeDown, also for a node that is gone already (DIST-005)', async () => {
    const { nodes, watcher } = await setUp()
    watcher.monitorNode(2)
    await nodes.settled()
    nodes.crash(2)
    await nodes.pass(2_000)
    expect(await mailOf(watcher)).toEqual([new NodeDown(2, evidence)])
    watcher.monitorNode(2)
    expect(await mailOf(watcher)).toMatchObject([{ node: 2, evidence: { node: 2, cause: 'unknown' } }])
  })

  test('monitorNode of what is no node is an error', async () => {
    const { watcher } = await setUp()
    for (const bad of [0, -1, 1.5, NaN, '2']) expect(() => watcher.monitorNode(bad as number)).toThrow(InvalidOption)
  })

  test('an open isAlive is answered with false', async () => {
    const { nodes, watcher, target } = await setUp()
    const asked = watched(watcher.isAlive(target.pid))
    nodes.crash(2)
    await nodes.pass(2_000)
    expect(asked).toEqual({ state: 'resolved', value: false })
    expect(await watcher.isAlive(target.pid)).toBe(false)
  })
})

describe('a kill across nodes is bounded', () => {
  const setUp = async (obeys: boolean) => {
    const nodes = new Nodes(createNode, { ids: [1, 2], node: { killMs: 1_000 } })
    const [killer, victim] = [await nodes.actor(), await nodes.actor(2)]
    await nodes.settled()
    if (!obeys) nodes.freeze(2)
    killer.exit(victim.pid, 'kill')
    return { nodes, killer, victim }
  }

  test('a node that reports the death in time is left alone', async () => {
    const { nodes } = await setUp(true)
    await nodes.pass(5_000)
    expect(nodes.ended).toEqual([])
  })

  test('one that does not is ended after killMs, not before, and the victim is named', async () => {
    const { nodes, victim } = await setUp(false)
    await nodes.pass(999)
    expect(nodes.ended).toEqual([])
    await nodes.pass(1)
    expect(nodes.ended).toEqual([{ node: 2, why: { cause: 'killed', culprit: victim.pid } }])
  })

  test('any other exit signal ends no node', async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const [killer, victim] = [await nodes.actor(), await nodes.actor(2)]
    await nodes.settled()
    nodes.freeze(2)
    killer.exit(victim.pid, 'killed')
    await nodes.pass(60_000)
    expect(nodes.ended).toEqual([])
  })
})
