import { describe, expect, test } from 'vitest'
import { createNode, defineServer, registerType, stop } from '../src/index.ts'
import type { Down, Exit, Pid } from '../src/index.ts'
import { watched } from '../../../test/support/gate.ts'
import { mailOf, Nodes } from '../../../test/support/nodes.ts'

/** A type that only the next so many readers understand. */
class Fragile {
  readonly text = 'fragile'
}
let readable = 0
registerType({
  name: 'Fragile',
  class: Fragile,
  encode: ({ text }) => text,
  decode: () => {
    if (readable-- <= 0) throw new Error('no such type here')
    return new Fragile()
  },
})

const Starter = defineServer(import.meta, 'Starter', {
  init: (_self, how: string) => (how === 'fragile' ? stop(new Fragile()) : stop(how)),
})

describe('a reason that does not decode where it arrives', () => {
  const setUp = async () => {
    readable = 0
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const [watcher, far] = [await nodes.actor(), await nodes.actor(2)]
    await nodes.settled()
    return { nodes, watcher, far }
  }

  test('is replaced by its printed form on the actor’s own node; everybody hears of the end', async () => {
    const { nodes, watcher } = await setUp()
    const victim = await nodes.actor()
    watcher.trapExit = true
    watcher.link(victim.pid)
    watcher.monitor(victim.pid)
    nodes.main.exit(victim.pid, new Fragile())
    await nodes.settled()
    const heard = (await mailOf(watcher)) as (Exit | Down)[]
    expect(heard.map(({ reason }) => typeof reason)).toEqual(['string', 'string'])
  })

  /** Each with the number of times that its own node reads it. */
  const ways: readonly (readonly [string, number, (world: Awaited<ReturnType<typeof setUp>>) => unknown])[] = [
    ['a link', 2, ({ nodes, watcher, far }) => (watcher.link(far.pid), nodes.settled())],
    ['a monitor', 2, ({ nodes, watcher, far }) => (watcher.monitor(far.pid), nodes.settled())],
    ['an exit signal', 1, ({ watcher, far }) => far.exit(watcher.pid, new Fragile())],
  ]

  test.each(ways)('of %s loses only itself: the node that sent it is not punished', async (way, reads, act) => {
    const world = await setUp()
    const { nodes, watcher, far } = world
    watcher.trapExit = true
    readable = reads
    await act(world)
    if (way !== 'an exit signal') nodes.node(2).main.exit(far.pid, new Fragile())
    await nodes.settled()
    const heard = (await mailOf(watcher)) as (Exit | Down)[]
    expect(heard.map(({ reason }) => reason)).toEqual([expect.stringContaining('does not decode here: ')])
    expect(nodes.ended).toEqual([])
  })

  test('of a start loses only itself', async () => {
    const { nodes } = await setUp()
    readable = 1
    const starting = watched(nodes.main.tryStart(Starter, ['fragile'], { isolation: 'thread' }))
    await nodes.settled()
    const reason = expect.stringContaining('does not decode here: ') as string
    expect(starting).toMatchObject({ state: 'resolved', value: { kind: 'failed', reason } })
    expect(nodes.ended).toEqual([])
  })

  test('ends no call without an answer', async () => {
    const { nodes, watcher } = await setUp()
    const Crasher = defineServer(import.meta, 'Crasher', {
      init: () => 0,
      calls: {
        crash: () => {
          throw new Fragile()
        },
      },
    })
    const starting = nodes.main.start(Crasher, [], { isolation: 'thread' })
    await nodes.settled()
    readable = 1
    const call = watched(watcher.ref(Crasher, (await starting).pid as Pid).call.crash())
    await nodes.settled()
    expect(call).toMatchObject({
      state: 'rejected',
      value: { code: 'exited', reason: expect.stringContaining('does not decode') as string },
    })
    expect(nodes.ended).toEqual([])
  })
})

describe('a start on another node', () => {
  test.each([['shutdown'], ['normal']])('that fails with %s has that reason', async (reason) => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const starting = watched(nodes.main.tryStart(Starter, [reason], { isolation: 'thread', link: true, monitor: true }))
    await nodes.settled()
    expect(starting.value).toEqual({ kind: 'failed', reason })
    expect(await mailOf(nodes.main)).toEqual([])
  })
})
