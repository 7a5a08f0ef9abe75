import { describe, expect, test } from 'vitest'
import { Nodes, THREAD } from '../../../test/support/nodes.ts'
import { createNode, defineServer, InvalidOption } from '../src/index.ts'
import type { Evidence, Lesson, NodeHost, PlacementDecision } from '../src/index.ts'

const Child = defineServer(import.meta, 'Child', {
  init: (_self, what: unknown) => (what === 'never' ? new Promise<undefined>(() => undefined) : undefined),
  calls: {},
})

const evidence: Evidence = { node: THREAD, domain: 'test.2', cause: 'stuck' }
const lesson: Lesson = { moves: true, wall: 'thread', because: 'moved' }

/** A node whose host is asked for places, and what it was asked. */
function hosted(host: Partial<NodeHost> = {}) {
  const asked: { readonly decision: PlacementDecision; readonly path: string }[] = []
  const allocate: NodeHost['allocate'] = (decision, path) => {
    asked.push({ decision, path })
    return Promise.resolve({ node: THREAD, decision: { ...decision, share: 'dedicated', because: ['learnt'] } })
  }
  const nodes = new Nodes(createNode, {
    ids: [1, THREAD],
    host: { kinds: ['inline', 'thread', 'process'], allocate, ...host },
  })
  const start = async (memory: unknown, options: object = {}) => {
    const starting = nodes.main.tryStart(Child, [memory], { isolation: 'thread', ...options })
    await nodes.settled()
    return starting
  }
  return { nodes, asked, start }
}

describe('a start', () => {
  test('asks the host with its place in the tree, and is placed by what the host says', async () => {
    const { nodes, asked, start } = hosted()
    const outcome = await start(1, { id: 'a' })
    expect(asked).toMatchObject([{ path: '/a', decision: { share: 'pooled' } }])
    expect(outcome).toMatchObject({ kind: 'started', placement: { share: 'dedicated', because: ['learnt'] } })
    const [actor] = nodes.node(THREAD).snapshot().actors
    expect(actor?.placement).toMatchObject({ share: 'dedicated', because: ['learnt'] })
  })

  test('with adapt: false may not be moved; other values are refused', async () => {
    const { asked, nodes, start } = hosted()
    await start(1, { adapt: false })
    expect(asked[0]?.decision.furthest).toEqual({ wall: 'shared', because: 'adapt: false' })
    await expect(nodes.main.tryStart(Child, [1], { adapt: 'no' as never })).rejects.toBeInstanceOf(InvalidOption)
  })

  test('with shared memory among its arguments may not be moved to a process', async () => {
    const { asked, start } = hosted()
    await start(new SharedArrayBuffer(8))
    expect(asked[0]?.decision.furthest).toEqual({
      wall: 'thread',
      because: 'its arguments hold a SharedArrayBuffer',
    })
    await start(new SharedArrayBuffer(8), { adapt: false })
    expect(asked[1]?.decision.furthest.because).toBe('adapt: false')
  })

  test('that the end of its node makes fail tells who was lost, and where it was', async () => {
    const { nodes, start } = hosted()
    const starting = start('never')
    await nodes.settled()
    nodes.crash(THREAD, { evidence })
    await nodes.settled()
    const [lost] = nodes.spawned
    expect(await starting).toMatchObject({
      kind: 'failed',
      reason: 'noconnection',
      lost: { pid: lost?.pid, placement: { share: 'dedicated' } },
    })
  })
})

describe('learnFrom', () => {
  test('tells the host the path of the child', async () => {
    const told: unknown[] = []
    const { nodes, start } = hosted({
      learn: (...what) => {
        told.push(what)
        return Promise.resolve(lesson)
      },
    })
    const outcome = await start(1)
    const { placement } = outcome as { placement: PlacementDecision }
    const supervisor = await nodes.actor(1, { id: 'shop' })
    expect(await supervisor.learnFrom({ child: 'a', placement, evidence })).toEqual(lesson)
    expect(told).toEqual([['/shop/a', placement, evidence]])
  })

  test('where the host learns nothing, nothing follows', async () => {
    const { nodes, start } = hosted()
    const { placement } = (await start(1)) as unknown as { placement: PlacementDecision }
    expect(await nodes.main.learnFrom({ child: 'a', placement, evidence })).toBeUndefined()
  })
})
