import { describe, expect, test } from 'vitest'
import { createNode, Down } from '../src/index.ts'
import type { ActorSelf, Evidence, NodeHost } from '../src/index.ts'
import { mailOf, Nodes } from '../../../test/support/nodes.ts'

const evidence: Evidence = { node: 2, domain: 'test.2', cause: 'exited', code: 3 }

/** Messages as they are, DOWN as its reason and what is known about the node. */
const heardBy = async (self: ActorSelf): Promise<unknown[]> =>
  (await mailOf(self)).map((mail) => (mail instanceof Down ? { down: mail.reason, cause: mail.node?.cause } : mail))

/** Node 1 watches an actor of node 2. */
async function setUp(host: Partial<NodeHost> = {}) {
  const nodes = new Nodes(createNode, { ids: [1, 2], host })
  const [watcher, far] = [await nodes.actor(), await nodes.actor(2)]
  watcher.monitor(far.pid)
  await nodes.settled()
  return { nodes, watcher, far, ends: () => nodes.connection(2, 1).close() }
}

describe('the end of a node is told', () => {
  test('after all that the node had sent, when the verdict is known first', async () => {
    const { nodes, watcher, far, ends } = await setUp()
    nodes.freeze(1)
    far.send(watcher.pid, 'last word')
    ends()
    nodes.root.down(2, { evidence })
    await nodes.settled()
    expect(await heardBy(watcher)).toEqual([])
    nodes.thaw(1)
    await nodes.settled()
    expect(await heardBy(watcher)).toEqual(['last word', { down: 'noconnection', cause: 'exited' }])
  })

  test('with the verdict, when the connection has closed first', async () => {
    const { nodes, watcher, far, ends } = await setUp()
    far.send(watcher.pid, 'last word')
    ends()
    await nodes.settled()
    expect(await heardBy(watcher)).toEqual(['last word'])
    nodes.root.down(2, { evidence })
    await nodes.settled()
    expect(await heardBy(watcher)).toEqual([{ down: 'noconnection', cause: 'exited' }])
  })

  test('and what is sent to its actors afterwards reaches nobody, though they were sent to just before', async () => {
    const { nodes, watcher, far, ends } = await setUp()
    expect(watcher.send(far.pid, 'before')).toBe(true)
    await nodes.settled()
    ends()
    nodes.root.down(2, { evidence })
    await nodes.settled()
    expect(watcher.send(far.pid, 'after')).toBe(false)
    expect(nodes.deadLetters.at(-1)).toEqual({ to: far.pid, from: watcher.pid, why: 'noproc' })
  })

  test('250 ms after its connection closed, when no verdict comes: nothing is known then', async () => {
    const { nodes, watcher, ends } = await setUp()
    ends()
    await nodes.pass(249)
    expect(await heardBy(watcher)).toEqual([])
    await nodes.pass(1)
    expect(await heardBy(watcher)).toEqual([{ down: 'noconnection', cause: 'unknown' }])
  })

  test.each([
    ['that of its OS process, where the host knows it to share one', () => 'crew 7', 'crew 7'],
    ['its own otherwise', () => undefined, 'test.2'],
  ])('then its failure domain is %s', async (_title, domainOf, domain) => {
    const { nodes, watcher, ends } = await setUp({ domainOf })
    ends()
    await nodes.pass(250)
    const [down] = await mailOf(watcher)
    expect((down as Down).node).toEqual({ node: 2, domain, cause: 'unknown' })
  })

  test('once, however often and late it is told again', async () => {
    const { nodes, watcher, ends } = await setUp()
    ends()
    await nodes.pass(250)
    nodes.root.down(2, { evidence })
    nodes.root.down(2, { evidence })
    await nodes.settled()
    expect(await heardBy(watcher)).toEqual([{ down: 'noconnection', cause: 'unknown' }])
  })
})

describe('a fenced node', () => {
  test('is heard by nobody who hears of its replacement: the notice comes before any later frame', async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2, 3] })
    const [watcher, fenced] = [await nodes.actor(3), await nodes.actor(2)]
    watcher.monitor(fenced.pid)
    await nodes.settled()
    fenced.send(watcher.pid, 'in time')
    await nodes.settled()
    nodes.freeze(3)
    nodes.root.down(2, { evidence: { ...evidence, cause: 'stuck' }, fenced: true })
    nodes.main.send(watcher.pid, 'replaced')
    fenced.send(watcher.pid, 'too late')
    nodes.thaw(3)
    await nodes.settled()
    expect(await heardBy(watcher)).toEqual(['in time', { down: 'noconnection', cause: 'stuck' }, 'replaced'])
  })

  test('is not drained: what it has sent and nobody has heard is dropped', async () => {
    const { nodes, watcher, far } = await setUp()
    nodes.freeze(1)
    far.send(watcher.pid, 'unheard')
    nodes.root.down(2, { evidence: { ...evidence, cause: 'stuck' }, fenced: true })
    nodes.thaw(1)
    await nodes.settled()
    expect(await heardBy(watcher)).toEqual([{ down: 'noconnection', cause: 'stuck' }])
  })
})
