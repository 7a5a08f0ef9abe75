import { describe, expect, test } from 'vitest'
import { createNode, defineServer, Down, Exit, InvalidOption, NameError, P } from '../src/index.ts'
import type { ActorSelf, NodeId } from '../src/index.ts'
import { rejection, watched } from '../../../test/support/gate.ts'
import { mailOf, Nodes } from '../../../test/support/nodes.ts'

const Idle = defineServer(import.meta, 'Idle', { init: () => 0 })

const failureOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await rejection(promise)
  expect(error).toBeInstanceOf(NameError)
  return (error as NameError).code
}

/** Seen from the root, from the node of the named actor, and from a third. */
describe.each([
  ['an actor of the root', 1],
  ['an actor of another node', 2],
])('%s', (_, home: NodeId) => {
  const setUp = async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2, 3] })
    const actor = await nodes.actor(home)
    await nodes.settled()
    const found = (name: string) => [1, 2, 3].map((id) => nodes.node(id).main.whereis(name))
    return { nodes, actor, found }
  }
  const nobody = [undefined, undefined, undefined]

  test('registers itself: when the promise resolves its own node finds it, and soon every node', async () => {
    const { nodes, actor, found } = await setUp()
    await actor.register('db')
    expect(actor.whereis('db')).toBe(actor.pid)
    expect(actor.registeredName).toBe('db')
    await nodes.settled()
    expect(found('db')).toEqual([actor.pid, actor.pid, actor.pid])
  })

  test('who waits for a name learns its holder on every node, at once or when there is one', async () => {
    const { nodes, actor } = await setUp()
    const waiting = watched(Promise.all([1, 2, 3].map((id) => nodes.node(id).main.available('db'))))
    await nodes.settled()
    expect(waiting.state).toBe('pending')
    await actor.register('db')
    await nodes.settled()
    expect(waiting.value).toEqual([actor.pid, actor.pid, actor.pid])
    expect(await nodes.node(3).main.available('db')).toBe(actor.pid)
  })

  test('unknown names are undefined everywhere (PROC-071)', async () => {
    expect((await setUp()).found('db')).toEqual(nobody)
  })

  test('a second name is refused (PROC-070)', async () => {
    const { actor } = await setUp()
    await actor.register('db')
    expect(await failureOf(actor.register('cache'))).toBe('already_named')
    expect(actor.registeredName).toBe('db')
  })

  test('a taken name is refused, and the error names the holder (PROC-070)', async () => {
    const { nodes, actor } = await setUp()
    await actor.register('db')
    for (const id of [1, 2, 3]) {
      const late = await nodes.actor(id)
      const error = (await rejection(late.register('db'))) as NameError
      expect(error).toMatchObject({ code: 'name_taken', holder: actor.pid, registeredName: 'db' })
      expect(late.registeredName).toBeUndefined()
    }
  })

  test('unregister frees the name; again is refused (PROC-071)', async () => {
    const { nodes, actor, found } = await setUp()
    await actor.register('db')
    await nodes.settled()
    await nodes.main.unregister('db')
    await nodes.settled()
    expect(found('db')).toEqual(nobody)
    expect(actor.registeredName).toBeUndefined()
    expect(await failureOf(actor.unregister('db'))).toBe('not_registered')
    await actor.register('other')
    expect(actor.registeredName).toBe('other')
  })

  test('whoever hears DOWN or EXIT finds the name free, and can register it at once (PROC-055)', async () => {
    const { nodes, actor } = await setUp()
    await actor.register('db')
    const watchers: ActorSelf[] = []
    const seen: unknown[] = []
    for (const id of [1, 2, 3]) {
      const watcher = await nodes.actor(id)
      watcher.trapExit = true
      if (id === 2) watcher.link(actor.pid)
      else watcher.monitor(actor.pid)
      watchers.push(watcher)
      void watcher.receive((on) => on.with({ reason: 'boom' }, () => seen.push(watcher.whereis('db'))))
    }
    await nodes.settled()
    nodes.main.exit(actor.pid, 'boom')
    await nodes.settled()
    expect(seen).toEqual(nobody)
    for (const watcher of watchers) {
      await watcher.register('db')
      expect(watcher.whereis('db')).toBe(watcher.pid)
      await watcher.unregister('db')
    }
  })

  test('a name that an actor was given just before its end is found by nobody afterwards (REG-006)', async () => {
    const { nodes, actor, found } = await setUp()
    const watcher = await nodes.actor(3)
    watcher.monitor(actor.pid)
    await nodes.settled()
    const registering = watched(actor.register('db'))
    actor.exit(actor.pid, 'at once')
    const seen = watcher.receive((on) => on.with(P.instanceOf(Down), ({ reason }) => [reason, watcher.whereis('db')]))
    await nodes.settled()
    expect(await seen).toEqual(['at once', undefined])
    expect(found('db')).toEqual(nobody)
    // What an ended actor awaited never settles.
    if (home !== 1) expect(registering.state).toBe('pending')
    const next = await nodes.actor(3)
    await next.register('db')
    expect(next.whereis('db')).toBe(next.pid)
  })

  test('can be named by somebody else', async () => {
    const { nodes, actor, found } = await setUp()
    for (const id of [1, 2, 3]) {
      await nodes.node(id).main.register('db', actor.pid)
      await nodes.settled()
      expect(found('db')).toEqual([actor.pid, actor.pid, actor.pid])
      expect(actor.registeredName).toBe('db')
      await actor.unregister('db')
      await nodes.settled()
    }
  })

  test('one that has ended cannot be named by anybody (PROC-070)', async () => {
    const { nodes, actor, found } = await setUp()
    nodes.main.exit(actor.pid, 'boom')
    await nodes.settled()
    for (const id of [1, 2, 3]) {
      const naming = watched(nodes.node(id).main.register('db', actor.pid))
      await nodes.settled()
      expect(naming).toMatchObject({ state: 'rejected', value: { code: 'noproc' } })
      expect(found('db')).toEqual(nobody)
    }
    const next = await nodes.actor(3)
    await next.register('db')
    await nodes.settled()
    expect(found('db')).toEqual([next.pid, next.pid, next.pid])
  })

  test('that is named by another node while it ends is not found afterwards', async () => {
    const { nodes, actor, found } = await setUp()
    const naming = nodes.node(3).main.register('db', actor.pid)
    naming.catch(() => undefined)
    actor.exit(actor.pid, 'at once')
    await nodes.settled()
    expect(found('db')).toEqual(nobody)
    const next = await nodes.actor(3)
    await next.register('db')
  })
})

test.each(['', 'undefined', '<test.1.5>', 'x'.repeat(256), 5, undefined, null])(
  '%o is no name (PROC-070)',
  async (name) => {
    const { main } = new Nodes(createNode)
    expect(await rejection(main.register(name as string))).toBeInstanceOf(InvalidOption)
  },
)

test('only a pid can be named', async () => {
  const { main } = new Nodes(createNode)
  expect(await rejection(main.register('db', 'not a pid' as never))).toMatchObject({ field: 'pid' })
})

test('a node that joins later knows the names given before', async () => {
  const nodes = new Nodes(createNode, { ids: [1, 2] })
  await nodes.main.register('db')
  await nodes.settled()
  expect(nodes.node(2).main.whereis('db')).toBe(nodes.main.pid)
})

test('of two nodes that register a name at once, one gets it', async () => {
  const nodes = new Nodes(createNode, { ids: [1, 2, 3] })
  const [one, other] = [await nodes.actor(2), await nodes.actor(3)]
  await nodes.settled()
  const results = [watched(one.register('db')), watched(other.register('db'))]
  await nodes.settled()
  expect(results.map(({ state }) => state).toSorted()).toEqual(['rejected', 'resolved'])
  const winner = results[0]?.state === 'resolved' ? one : other
  expect([1, 2, 3].map((id) => nodes.node(id).main.whereis('db'))).toEqual(Array(3).fill(winner.pid))
})

test('a node that goes down frees its names before anybody hears of it', async () => {
  const nodes = new Nodes(createNode, { ids: [1, 2, 3] })
  const [holder, watcher] = [await nodes.actor(2), await nodes.actor(3)]
  await holder.register('db')
  watcher.trapExit = true
  watcher.link(holder.pid)
  await nodes.settled()
  const seen = watcher.receive((on) => on.with(P.instanceOf(Exit), (exit) => [exit.reason, watcher.whereis('db')]))
  nodes.crash(2)
  await nodes.pass(2_000)
  expect(await seen).toEqual(['noconnection', undefined])
  await watcher.register('db')
})

test('without a root nobody gets a name, and who asked is told', async () => {
  const nodes = new Nodes(createNode, { ids: [1, 2] })
  const actor = await nodes.actor(2)
  await nodes.settled()
  const registering = rejection(actor.register('db'))
  nodes.crash(1)
  await nodes.pass(2_000)
  expect(await registering).toMatchObject({ code: 'noproc' })
  expect(await rejection(actor.register('late'))).toMatchObject({ code: 'noproc' })
})

test('a refused registration of an actor that has ended meanwhile settles nothing', async () => {
  const nodes = new Nodes(createNode, { ids: [1, 2] })
  const actor = await nodes.actor(2)
  await nodes.main.register('db')
  await nodes.settled()
  const registering = watched(actor.register('db'))
  nodes.node(2).main.exit(actor.pid, 'kill')
  await nodes.settled()
  expect(registering.state).toBe('pending')
})

describe('available', () => {
  test('is at once for a name that somebody holds', async () => {
    const nodes = new Nodes(createNode)
    const [one, other] = [await nodes.actor(), await nodes.actor()]
    await other.register('db')
    expect(await one.available('db')).toBe(other.pid)
  })

  test('waits until somebody holds it: a replacement, on whatever node', async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const [one, first, second] = [await nodes.actor(), await nodes.actor(2), await nodes.actor(2)]
    await first.register('db')
    await nodes.settled()
    nodes.main.exit(first.pid, 'kill')
    await nodes.settled()
    const waiting = [watched(one.available('db')), watched(nodes.node(2).main.available('db'))]
    await nodes.settled()
    expect(waiting.map(({ state }) => state)).toEqual(['pending', 'pending'])
    await second.register('db')
    await nodes.settled()
    expect(waiting.map(({ value }) => value)).toEqual([second.pid, second.pid])
  })

  test.each(['', '<test.1.5>', 5])('%o is no name', async (name) => {
    const { main } = new Nodes(createNode)
    expect(await rejection((async () => main.available(name as string))())).toBeInstanceOf(InvalidOption)
  })
})

describe('a named start (SRV-001, SRV-003, SRV-008)', () => {
  test('has its name before init runs', async () => {
    const { main } = new Nodes(createNode)
    let during: unknown
    const Curious = defineServer(import.meta, 'Curious', {
      init: (self) => (during = self.whereis('curious') === self.pid),
    })
    const ref = await main.start(Curious, [], { name: 'curious' })
    expect(during).toBe(true)
    expect(main.whereis('curious')).toBe(ref.pid)
  })

  test('fails with already_started and the holder when the name is taken; init does not run', async () => {
    const { main } = new Nodes(createNode)
    const first = await main.start(Idle, [], { name: 'idle' })
    let ran = false
    const Late = defineServer(import.meta, 'Late', { init: () => (ran = true) })
    const outcome = await main.tryStart(Late, [], { name: 'idle' })
    expect(outcome).toEqual({ kind: 'failed', reason: { already_started: first.pid } })
    expect(ran).toBe(false)
  })

  test.each([
    [
      'init throws',
      () => {
        throw new Error('no')
      },
    ],
    ['init rejects', () => Promise.reject(new Error('no'))],
  ])('%s: the name is free when the start has failed (SRV-003)', async (_, init) => {
    const { main } = new Nodes(createNode)
    const Failing = defineServer({ url: import.meta.url }, 'Failing', { init })
    expect((await main.tryStart(Failing, [], { name: 'failing' })).kind).toBe('failed')
    expect(main.whereis('failing')).toBeUndefined()
    await main.register('failing')
  })

  test('on another node', async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const starting = nodes.main.start(Idle, [], { name: 'idle', isolation: 'thread' })
    await nodes.settled()
    const { pid } = await starting
    expect([1, 2].map((id) => nodes.node(id).main.whereis('idle'))).toEqual([pid, pid])
    const again = nodes.node(2).main.tryStart(Idle, [], { name: 'idle', isolation: 'inline' })
    await nodes.settled()
    expect(await again).toEqual({ kind: 'failed', reason: { already_started: pid } })
  })
})

test('the order of a pair holds whatever address is used (PROC-014)', async () => {
  const nodes = new Nodes(createNode, { ids: [1, 2] })
  const [sender, receiver] = [await nodes.actor(), await nodes.actor(2)]
  await receiver.register('db')
  await nodes.settled()
  const ref = sender.named(Idle, 'db')
  for (let i = 0; i < 30; i++) sender.send([receiver.pid, 'db', ref][i % 3] as never, i)
  await nodes.settled()
  expect(await mailOf(receiver)).toEqual(Array.from({ length: 30 }, (_, i) => i))
})
