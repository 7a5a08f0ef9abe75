import { describe, expect, test } from 'vitest'
import { createNode, Exit } from '../src/index.ts'
import type { ActorSelf } from '../src/index.ts'
import { mailOf, Nodes } from '../../../test/support/nodes.ts'

/** Both in one node, and each in its own: the laws are the same. */
describe.each([
  ['in one node', 1],
  ['across two nodes', 2],
])('%s', (_, far) => {
  const setUp = async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const [one, other] = [await nodes.actor(), await nodes.actor(far)]
    await nodes.settled()
    const end = async (self: ActorSelf, reason: unknown): Promise<void> => {
      nodes.main.exit(self.pid, reason)
      await nodes.settled()
    }
    return { nodes, one, other, end }
  }

  test('a link set from one side ends both, whichever ends first (PROC-025, PROC-028)', async () => {
    for (const first of ['one', 'other'] as const) {
      const world = await setUp()
      expect(world.one.link(world.other.pid)).toBe(true)
      await world.nodes.settled()
      await world.end(world[first], 'boom')
      expect(world.nodes.exits.map(({ reason }) => reason)).toEqual(['boom', 'boom'])
    }
  })

  test('linking twice, and from either side, is one link and one exit signal (PROC-025)', async () => {
    const { nodes, one, other, end } = await setUp()
    one.trapExit = true
    for (const [from, to] of [
      [one, other],
      [one, other],
      [other, one],
    ] as const) {
      from.link(to.pid)
      await nodes.settled()
    }
    await end(other, 'boom')
    expect(await mailOf(one)).toEqual([new Exit(other.pid, 'boom')])
  })

  test('both linking at the same moment is one link (PROC-025)', async () => {
    const { nodes, one, other, end } = await setUp()
    one.trapExit = true
    one.link(other.pid)
    other.link(one.pid)
    await nodes.settled()
    await end(other, 'boom')
    expect(await mailOf(one)).toEqual([new Exit(other.pid, 'boom')])
  })

  test('a normal end does not hurt a partner that does not trap; the link is gone (PROC-027)', async () => {
    const { nodes, one, other } = await setUp()
    one.link(other.pid)
    await nodes.settled()
    other.exit(other.pid, 'normal')
    await nodes.settled()
    expect(await nodes.main.isAlive(one.pid)).toBe(true)
  })

  test('a normal end is a message to a partner that traps (PROC-027)', async () => {
    const { nodes, one, other } = await setUp()
    one.trapExit = true
    one.link(other.pid)
    await nodes.settled()
    other.exit(other.pid, 'normal')
    await nodes.settled()
    expect(await mailOf(one)).toEqual([new Exit(other.pid, 'normal')])
  })

  test('either side can remove the link (PROC-026)', async () => {
    for (const remover of ['one', 'other'] as const) {
      const { nodes, one, other, end } = await setUp()
      one.link(other.pid)
      await nodes.settled()
      expect(remover === 'one' ? one.unlink(other.pid) : other.unlink(one.pid)).toBe(true)
      await nodes.settled()
      await end(other, 'boom')
      expect(await nodes.main.isAlive(one.pid)).toBe(true)
    }
  })

  test('unlinking a stranger is true and does nothing (PROC-026)', async () => {
    const { one, other } = await setUp()
    expect([one.unlink(other.pid), one.unlink(one.pid)]).toEqual([true, true])
  })

  test('after unlink returned, the partner’s end does not reach the caller (PROC-031)', async () => {
    const { nodes, one, other } = await setUp()
    one.trapExit = true
    one.link(other.pid)
    await nodes.settled()
    other.exit(other.pid, 'boom')
    one.unlink(other.pid)
    await nodes.settled()
    const messages = await mailOf(one)
    // In one node the end was there before the unlink; across nodes it was still on its way.
    expect(messages).toEqual(far === 1 ? [new Exit(other.pid, 'boom')] : [])
  })

  test('unlink leaves an EXIT that lies in the mailbox (PROC-032)', async () => {
    const { one, other, nodes, end } = await setUp()
    one.trapExit = true
    one.link(other.pid)
    await nodes.settled()
    await end(other, 'boom')
    one.unlink(other.pid)
    expect(await mailOf(one)).toEqual([new Exit(other.pid, 'boom')])
  })

  test('unlink, the peer ends, link again: noproc, not the old reason (PROC-033)', async () => {
    const { nodes, one, other, end } = await setUp()
    one.trapExit = true
    one.link(other.pid)
    await nodes.settled()
    one.unlink(other.pid)
    await end(other, 'old reason')
    one.link(other.pid)
    await nodes.settled()
    expect(await mailOf(one)).toEqual([new Exit(other.pid, 'noproc')])
  })

  test('unlink and link again at once is a link (PROC-012)', async () => {
    const { nodes, one, other, end } = await setUp()
    one.trapExit = true
    one.link(other.pid)
    await nodes.settled()
    one.unlink(other.pid)
    one.link(other.pid)
    await nodes.settled()
    await end(other, 'boom')
    expect(await mailOf(one)).toEqual([new Exit(other.pid, 'boom')])
  })

  test('a link request that crosses an unlink of the other side is void', async () => {
    const { nodes, one, other, end } = await setUp()
    one.link(other.pid)
    await nodes.settled()
    one.unlink(other.pid)
    other.link(one.pid)
    await nodes.settled()
    await end(other, 'boom')
    // In one node the link came after the unlink; across nodes both sides agree that it did or that it did not.
    const linked = !(await nodes.main.isAlive(one.pid))
    if (far === 1) expect(linked).toBe(true)
    const { nodes: again, one: first, other: second, end: endAgain } = await setUp()
    first.link(second.pid)
    await again.settled()
    first.unlink(second.pid)
    second.link(first.pid)
    await again.settled()
    await endAgain(first, 'boom')
    expect(!(await again.main.isAlive(second.pid))).toBe(linked)
  })

  test('linking to an actor that has ended is an exit signal with noproc: it ends one that does not trap (PROC-030)', async () => {
    const { nodes, one, other, end } = await setUp()
    await end(other, 'boom')
    expect(one.link(other.pid)).toBe(true)
    await nodes.settled()
    expect(nodes.exits.at(-1)).toMatchObject({ pid: one.pid, reason: 'noproc' })
  })

  test('and a message to one that traps (PROC-029)', async () => {
    const { nodes, one, other, end } = await setUp()
    await end(other, 'boom')
    one.trapExit = true
    one.link(other.pid)
    await nodes.settled()
    expect(await mailOf(one)).toEqual([new Exit(other.pid, 'noproc')])
  })

  test('an exit signal sent by a partner does not use the link up (PROC-034)', async () => {
    const { nodes, one, other } = await setUp()
    one.trapExit = true
    one.link(other.pid)
    await nodes.settled()
    other.exit(one.pid, 'by hand')
    other.exit(other.pid, 'by link')
    await nodes.settled()
    expect(await mailOf(one)).toEqual([new Exit(other.pid, 'by hand'), new Exit(other.pid, 'by link')])
  })

  test('a trapper that dies tells its partners; one that only heard lives on', async () => {
    const { nodes, one, other, end } = await setUp()
    const third = await nodes.actor()
    one.trapExit = true
    one.link(other.pid)
    one.link(third.pid)
    await nodes.settled()
    await end(other, 'boom')
    expect(await nodes.main.isAlive(third.pid)).toBe(true)
    nodes.main.exit(one.pid, 'kill')
    await nodes.settled()
    expect(nodes.exits.at(-1)).toMatchObject({ pid: third.pid, reason: 'killed' })
  })
})

test('linking to oneself is true and creates nothing (PROC-025)', async () => {
  const nodes = new Nodes(createNode)
  const one = await nodes.actor()
  one.trapExit = true
  expect(one.link(one.pid)).toBe(true)
  nodes.main.exit(one.pid, 'shutdown')
  expect(await mailOf(one)).toEqual([new Exit(nodes.main.pid, 'shutdown')])
})

describe('linking to a name that nobody holds is linking to nobody', () => {
  test('an actor that traps exits hears noproc', async () => {
    const nodes = new Nodes(createNode)
    const one = await nodes.actor()
    one.trapExit = true
    expect(one.link('nobody')).toBe(true)
    expect(await mailOf(one)).toEqual([expect.objectContaining({ reason: 'noproc' })])
    expect(nodes.exits).toEqual([])
  })

  test('any other ends with it', async () => {
    const nodes = new Nodes(createNode)
    const one = await nodes.actor()
    expect(one.link('nobody')).toBe(true)
    await nodes.settled()
    expect(nodes.exits).toMatchObject([{ pid: one.pid, reason: 'noproc' }])
  })
})

test('a node that goes down ends what is linked to its actors, with noconnection on both sides (DIST-001, DIST-002)', async () => {
  const nodes = new Nodes(createNode, { ids: [1, 2] })
  const [one, trapper, other] = [await nodes.actor(), await nodes.actor(), await nodes.actor(2)]
  trapper.trapExit = true
  one.link(other.pid)
  trapper.link(other.pid)
  await nodes.settled()
  nodes.crash(2)
  await nodes.pass(2_000)
  expect(nodes.exits).toMatchObject([{ pid: one.pid, reason: 'noconnection' }])
  expect(await mailOf(trapper)).toMatchObject([
    { from: other.pid, reason: 'noconnection', node: { node: 2, cause: 'signaled', signal: 'SIGKILL' } },
  ])
})

test('a pid of a node that has ended is noproc (DIST-008)', async () => {
  const nodes = new Nodes(createNode, { ids: [1, 2] })
  const [one, other] = [await nodes.actor(), await nodes.actor(2)]
  nodes.crash(2)
  await nodes.pass(2_000)
  one.trapExit = true
  one.link(other.pid)
  await nodes.settled()
  expect(await mailOf(one)).toEqual([new Exit(other.pid, 'noproc')])
})
