import { describe, expect, test } from 'vitest'
import { createNode, defineActor, defineServer, Down, Exit, ignore, NotLoadable, stop } from '../src/index.ts'
import type { ActorSelf, Isolation, NodeId, Pid, StartOutcome } from '../src/index.ts'
import { gate, watched } from '../../../test/support/gate.ts'
import type { Gate } from '../../../test/support/gate.ts'
import { mailOf, Nodes, THREAD } from '../../../test/support/nodes.ts'

let opened: Gate = gate()
let inits = 0

const Child = defineServer(import.meta, 'Child', {
  init: async (self, how: string) => {
    inits++
    if (how === 'slow') await opened.opened
    if (how === 'throw') throw new Error('no init')
    if (how === 'ignore') return ignore()
    if (how === 'stop') return stop('stopped in init')
    if (how === 'exit') self.exit('exited in init')
    return how
  },
  calls: { how: (self) => self.state, where: (self) => self.node },
})
/** Ends as soon as it runs. */
const Brief = defineActor(import.meta, 'Brief', (_self, reason?: unknown) => {
  if (reason !== undefined) throw reason
})

describe.each<[string, NodeId, Isolation]>([
  ['in place', 1, 'inline'],
  ['on another node', THREAD, 'thread'],
])('%s', (_where, home, isolation) => {
  const setUp = async () => {
    opened = gate()
    inits = 0
    const nodes = new Nodes(createNode, { ids: [1, THREAD] })
    const parent = await nodes.actor()
    parent.trapExit = true
    await nodes.settled()
    /** Starts, and lets everything settle. */
    const tryStart = async (how: string, options: object = {}): Promise<StartOutcome<unknown>> => {
      const starting = parent.tryStart(Child, [how], { isolation, ...options })
      await nodes.settled()
      return starting
    }
    return { nodes, parent, tryStart }
  }
  const started = (outcome: StartOutcome<unknown>) => {
    expect(outcome.kind).toBe('started')
    return outcome as Extract<StartOutcome<unknown>, { kind: 'started' }>
  }

  test('runs where it was placed', async () => {
    const { nodes, tryStart } = await setUp()
    const { ref } = started(await tryStart('fine'))
    const where = (ref as ReturnType<typeof nodes.main.ref<[string], { calls: { where: () => number } }>>).call.where()
    await nodes.settled()
    expect(await where).toBe(home)
  })

  test('a child that ends at once has its real reason, for link and monitor: never noproc (PROC-004, PROC-005, PROC-006)', async () => {
    const { nodes, parent } = await setUp()
    const starting = parent.tryStart(Brief, [new Error('instantly')], { isolation, link: true, monitor: true })
    await nodes.settled()
    const { pid, monitor } = started(await starting)
    const messages = await mailOf(parent)
    expect(messages).toHaveLength(2)
    expect(messages).toContainEqual(
      expect.objectContaining({ from: pid, reason: expect.objectContaining({ message: 'instantly' }) as unknown }),
    )
    expect(messages).toContainEqual(
      expect.objectContaining({
        ref: monitor,
        target: pid,
        reason: expect.objectContaining({ message: 'instantly' }) as unknown,
      }),
    )
  })

  test('a child that ends normal at once is started, then gone', async () => {
    const { nodes, parent } = await setUp()
    const starting = parent.tryStart(Brief, [], { isolation, link: true, monitor: true })
    await nodes.settled()
    const { pid, monitor } = started(await starting)
    const messages = await mailOf(parent)
    expect(messages).toHaveLength(2)
    expect(messages).toEqual(
      expect.arrayContaining([new Exit(pid, 'normal'), new Down(monitor as number, pid, 'normal')]),
    )
  })

  test.each([
    ['throw', expect.objectContaining({ message: 'no init' })],
    ['stop', 'stopped in init'],
    ['exit', 'exited in init'],
  ])('init that fails by %s: a rejection with its reason, then nothing (PROC-074, PROC-076)', async (how, reason) => {
    const { nodes, parent, tryStart } = await setUp()
    expect(await tryStart(how, { link: true, monitor: true, name: 'child' })).toEqual({ kind: 'failed', reason })
    expect(await mailOf(parent)).toEqual([])
    expect(
      nodes
        .node(home)
        .snapshot()
        .actors.filter(({ behaviour }) => behaviour === 'Child'),
    ).toEqual([])
    expect([nodes.main.whereis('child'), nodes.node(home).main.whereis('child')]).toEqual([undefined, undefined])
  })

  test('a failed linked start does not hurt a starter that does not trap', async () => {
    const { nodes, parent, tryStart } = await setUp()
    parent.trapExit = false
    await tryStart('throw', { link: true })
    expect(await nodes.main.isAlive(parent.pid)).toBe(true)
  })

  test('ignore: neither link nor monitor speaks', async () => {
    const { parent, tryStart } = await setUp()
    expect(await tryStart('ignore', { link: true, monitor: true })).toEqual({ kind: 'ignored' })
    expect(await mailOf(parent)).toEqual([])
  })

  test('the starter’s end during init ends a linked child, and leaves any other alone', async () => {
    for (const link of [true, false]) {
      const { nodes, parent } = await setUp()
      void parent.tryStart(Child, ['slow'], { isolation, link, name: 'child' })
      await nodes.settled()
      const pid = nodes.main.whereis('child') as Pid
      nodes.main.exit(parent.pid, 'kill')
      opened.open()
      await nodes.settled()
      const alive = watched(nodes.main.isAlive(pid))
      await nodes.settled()
      expect(alive.value).toBe(!link)
      expect(nodes.main.whereis('child')).toBe(link ? undefined : pid)
    }
  })

  test('a link of a start is a link like any other afterwards', async () => {
    const { nodes, parent, tryStart } = await setUp()
    const { pid } = started(await tryStart('fine', { link: true }))
    nodes.main.exit(pid, 'boom')
    await nodes.settled()
    expect(await mailOf(parent)).toEqual([new Exit(pid, 'boom')])
    const { pid: second } = started(await tryStart('fine', { link: true }))
    nodes.main.exit(parent.pid, 'kill')
    await nodes.settled()
    const alive = watched(nodes.main.isAlive(second))
    await nodes.settled()
    expect(alive.value).toBe(false)
  })

  test('a monitor of a start can be removed like any other', async () => {
    const { nodes, parent, tryStart } = await setUp()
    const { pid, monitor } = started(await tryStart('fine', { monitor: true }))
    expect(parent.demonitor(monitor as number, { info: true })).toBe(true)
    nodes.main.exit(pid, 'boom')
    await nodes.settled()
    expect(await mailOf(parent)).toEqual([])
  })

  test('a time that runs out: timeout, the child is killed, nothing of it is heard, the name is free (PROC-075)', async () => {
    const { nodes, parent } = await setUp()
    const starting = watched(
      parent.tryStart(Child, ['slow'], { isolation, timeoutMs: 50, link: true, monitor: true, name: 'child' }),
    )
    await nodes.settled()
    await nodes.pass(50)
    expect(starting.value).toEqual({ kind: 'failed', reason: 'timeout' })
    await nodes.settled()
    expect(nodes.exits).toMatchObject([{ behaviour: 'Child', reason: 'killed' }])
    expect(await mailOf(parent)).toEqual([])
    expect(nodes.main.whereis('child')).toBeUndefined()
    opened.open()
    await nodes.settled()
    expect(await mailOf(parent)).toEqual([])
  })

  test('a time that runs out: the name is free when the start is over, and not only soon after (SRV-003, SRV-009)', async () => {
    const { nodes, parent } = await setUp()
    const holder = watched(
      parent
        .tryStart(Child, ['slow'], { isolation, timeoutMs: 50, link: true, monitor: true, name: 'child' })
        .then(({ kind }) => [kind, parent.whereis('child'), nodes.main.whereis('child')]),
    )
    await nodes.settled()
    await nodes.pass(50)
    expect(holder.value).toEqual(['failed', undefined, undefined])
    expect(await mailOf(parent)).toEqual([])
  })

  test('arguments are as they were when the start was asked for', async () => {
    const { nodes, parent } = await setUp()
    const Keeper = defineServer({ url: import.meta.url }, 'Keeper', {
      init: (_self, parts: string[]) => parts,
      calls: { get: (self) => self.state },
    })
    const parts = ['as given']
    const starting = parent.start(Keeper, [parts], { isolation })
    parts.push('changed later')
    await nodes.settled()
    const got = (await starting).call.get()
    await nodes.settled()
    expect(await got).toEqual(['as given'])
  })

  test('100 starts at once have 100 different pids, and one outcome each', async () => {
    const { nodes, parent } = await setUp()
    const outcomes = Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        parent.tryStart(Child, [i % 2 === 0 ? 'fine' : 'throw'], { isolation, link: true }),
      ),
    )
    await nodes.settled()
    const settled = await outcomes
    expect(settled.map(({ kind }) => kind)).toEqual(
      Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 'started' : 'failed')),
    )
    expect(new Set(settled.flatMap((each) => (each.kind === 'started' ? [each.pid] : []))).size).toBe(50)
    expect(await mailOf(parent)).toEqual([])
    expect(inits).toBe(100)
  })
})

describe('a start whose node goes down', () => {
  test('before the child was made: noconnection, with the evidence', async () => {
    const nodes = new Nodes(createNode, { ids: [1, THREAD] })
    await nodes.settled()
    nodes.freeze(THREAD)
    const starting = watched(nodes.main.tryStart(Child, ['fine'], { isolation: 'thread', link: true, monitor: true }))
    await nodes.settled()
    nodes.crash(THREAD)
    await nodes.pass(2_000)
    expect(starting.value).toMatchObject({
      kind: 'failed',
      reason: 'noconnection',
      evidence: { node: THREAD, cause: 'signaled' },
    })
    expect(await mailOf(nodes.main)).toEqual([])
  })

  test('during init: the same, once, and nothing of link and monitor', async () => {
    opened = gate()
    const nodes = new Nodes(createNode, { ids: [1, THREAD] })
    await nodes.settled()
    const starting = watched(nodes.main.tryStart(Child, ['slow'], { isolation: 'thread', link: true, monitor: true }))
    await nodes.settled()
    nodes.crash(THREAD)
    await nodes.pass(2_000)
    expect(starting.value).toMatchObject({ kind: 'failed', reason: 'noconnection' })
    expect(await mailOf(nodes.main)).toEqual([])
  })

  test('the culprit’s start fails with its own reason', async () => {
    opened = gate()
    const nodes = new Nodes(createNode, { ids: [1, THREAD] })
    await nodes.settled()
    const starting = watched(nodes.main.tryStart(Child, ['slow'], { isolation: 'thread', name: 'child' }))
    await nodes.settled()
    const reason = { stuck: { handler: 'Child.init', forMs: 5_000 } }
    nodes.crash(THREAD, { culprit: { pid: nodes.main.whereis('child') as Pid, reason } })
    await nodes.pass(2_000)
    expect(starting.value).toMatchObject({ kind: 'failed', reason })
  })

  test('a start on a node that has ended already fails at once', async () => {
    const nodes = new Nodes(createNode, { ids: [1, THREAD] })
    await nodes.settled()
    nodes.crash(THREAD)
    await nodes.pass(2_000)
    const starting = watched(nodes.main.tryStart(Child, ['fine'], { isolation: 'thread' }))
    await nodes.settled()
    expect(starting.value).toEqual({ kind: 'failed', reason: 'noconnection' })
  })
})

describe('finding the node and the behaviour', () => {
  test('a host that has no node for it fails the start with what the host said', async () => {
    const nodes = new Nodes(createNode, {
      ids: [1, THREAD],
      host: { allocate: () => Promise.reject(new Error('no room')) },
    })
    expect(await nodes.main.tryStart(Child, ['fine'], { isolation: 'thread' })).toMatchObject({
      kind: 'failed',
      reason: { message: 'no room' },
    })
  })

  test('a start that gave up while its node was still looked for starts nothing', async () => {
    inits = 0
    const found = gate()
    const nodes = new Nodes(createNode, {
      ids: [1, THREAD],
      host: { allocate: (decision) => found.opened.then(() => ({ node: THREAD, decision })) },
    })
    const starting = watched(nodes.main.tryStart(Child, ['fine'], { isolation: 'thread', timeoutMs: 10 }))
    await nodes.pass(10)
    expect(starting.value).toEqual({ kind: 'failed', reason: 'timeout' })
    found.open()
    await nodes.settled()
    expect(inits).toBe(0)
  })

  test('a start whose time is over under an actor that does not obey: its node is ended, and then the start is over', async () => {
    opened = gate()
    const nodes = new Nodes(createNode, { ids: [1, THREAD], node: { killMs: 1_000 } })
    const starting = watched(nodes.main.tryStart(Child, ['slow'], { isolation: 'thread', timeoutMs: 50 }))
    await nodes.settled()
    nodes.freeze(THREAD)
    await nodes.pass(50)
    await nodes.pass(999)
    expect([starting.state, nodes.ended]).toEqual(['pending', []])
    await nodes.pass(1)
    expect(nodes.ended).toMatchObject([{ node: THREAD, why: { cause: 'killed' } }])
    nodes.crash(THREAD)
    await nodes.settled()
    expect(starting.value).toEqual({ kind: 'failed', reason: 'timeout' })
  })

  test('a placement that is impossible fails the start with an explanation', async () => {
    const nodes = new Nodes(createNode)
    expect(await nodes.main.tryStart(Child, ['fine'], { isolation: 'process' })).toMatchObject({
      kind: 'failed',
      reason: { code: 'placement' },
    })
  })

  describe('beside another actor', () => {
    const kindOf = (kind: 'thread' | 'process') => ({ kindOf: () => Promise.resolve(kind) })

    test.each(['thread', 'process'] as const)('the decision is told what its node is: a %s', async (kind) => {
      const nodes = new Nodes(createNode, { ids: [1, THREAD], host: kindOf(kind) })
      const other = await nodes.actor(THREAD)
      const starting = nodes.main.start(Child, ['fine'], { isolation: { coordination: { with: other } } })
      await nodes.settled()
      const { pid } = await starting
      const actor = nodes
        .node(THREAD)
        .snapshot()
        .actors.find((each) => each.pid === pid)
      expect(actor?.placement).toMatchObject({ kind, share: 'with', node: THREAD })
    })

    test("memory: 'shared' with an actor of a process fails, and names both", async () => {
      const nodes = new Nodes(createNode, { ids: [1, THREAD], host: kindOf('process') })
      const other = await nodes.actor(THREAD)
      const isolation = { memory: 'shared', coordination: { with: other } } as const
      const started = await nodes.main.tryStart(Child, ['fine'], { isolation })
      expect(started).toMatchObject({ kind: 'failed', reason: { code: 'placement' } })
      expect(String((started as { reason?: unknown }).reason)).toMatch(/memory: 'shared' contradicts coordination/)
    })

    test('shared memory among the arguments does not get to another OS process', async () => {
      const nodes = new Nodes(createNode, { ids: [1, THREAD], host: kindOf('process') })
      const isolation = { coordination: { with: await nodes.actor(THREAD) } }
      const args = [new SharedArrayBuffer(8)] as unknown as [string]
      expect(await nodes.main.tryStart(Child, args, { isolation })).toMatchObject({
        kind: 'failed',
        reason: { code: 'not_sendable' },
      })
    })

    test('of another system: an error that says so', async () => {
      const nodes = new Nodes(createNode, { ids: [1, THREAD] })
      const isolation = { coordination: { with: { pid: '<elsewhere.1.3>' } } }
      expect(await nodes.main.tryStart(Child, ['fine'], { isolation })).toMatchObject({
        kind: 'failed',
        reason: { code: 'placement', message: expect.stringContaining('another system') },
      })
    })
  })

  test('an operator’s word wins over the code, and says so', async () => {
    const nodes = new Nodes(createNode, {
      ids: [1, THREAD],
      host: { override: (path) => (path === '/Child' ? 'thread' : undefined) },
    })
    const starting = nodes.main.start(Child, ['fine'], { isolation: 'inline' })
    await nodes.settled()
    await starting
    const [child] = nodes.node(THREAD).snapshot().actors
    expect(child?.placement?.because.join()).toContain('operator')
  })

  /** A node that has not loaded the module yet, in a realm that has: it must be asked to load what it does not find. */
  const unloaded = (load: (url: string, key: string) => Promise<void>) => {
    const behaviour = {
      key: 'file:///far.ts#Far',
      name: 'Far',
      url: 'file:///far.ts',
      type: 'worker' as const,
      isolation: undefined,
    }
    const nodes = new Nodes(createNode, { node: { load } })
    return { nodes, behaviour }
  }

  test('a module that cannot be loaded fails the start with the reason', async () => {
    const { nodes, behaviour } = unloaded(() => Promise.reject(new Error('no such file')))
    expect(await nodes.main.tryStart(behaviour, [])).toMatchObject({
      kind: 'failed',
      reason: { message: 'no such file' },
    })
  })

  test('a module that does not define the behaviour fails it with what to do', async () => {
    const asked: string[][] = []
    const { nodes, behaviour } = unloaded(async (url, key) => void asked.push([url, key]))
    const outcome = await nodes.main.tryStart(behaviour, [], { link: true, monitor: true })
    expect(outcome).toMatchObject({ kind: 'failed', reason: { code: 'not_loadable' } })
    expect((outcome as { reason: Error }).reason).toBeInstanceOf(NotLoadable)
    expect((outcome as { reason: Error }).reason.message).toMatch(/far\.ts.*Far/)
    expect(asked).toEqual([['file:///far.ts', 'file:///far.ts#Far']])
    expect(await mailOf(nodes.main)).toEqual([])
  })

  test('a module that loads for ever is bounded by the time of the start', async () => {
    const { nodes, behaviour } = unloaded(() => new Promise(() => undefined))
    const starting = watched(nodes.main.tryStart(behaviour, [], { timeoutMs: 100 }))
    await nodes.pass(100)
    expect(starting.value).toEqual({ kind: 'failed', reason: 'timeout' })
  })
})

describe('closures', () => {
  test('spawn answers with the pid at once; what happens in the body is not raised in the spawner (PROC-001)', async () => {
    const nodes = new Nodes(createNode)
    const pid = await nodes.main.spawn(() => {
      throw new Error('inside')
    })
    expect(pid).toMatch(/^<test\.1\.\d+>$/)
    await nodes.settled()
    expect(nodes.exits).toMatchObject([{ pid, reason: { message: 'inside' } }])
  })

  test('a body that does nothing ends with normal (PROC-002)', async () => {
    const nodes = new Nodes(createNode)
    const { pid, ref } = await nodes.main.spawnMonitor(() => undefined)
    await nodes.settled()
    expect(await mailOf(nodes.main)).toEqual([new Down(ref, pid, 'normal')])
  })

  test('spawnLink is atomic (PROC-004)', async () => {
    const nodes = new Nodes(createNode)
    const pid = await nodes.main.spawnLink((self: ActorSelf) => self.exit('at once'))
    await nodes.settled()
    expect(await mailOf(nodes.main)).toEqual([new Exit(pid, 'at once')])
  })

  test('a closure can be named', async () => {
    const nodes = new Nodes(createNode)
    const pid = await nodes.main.spawn(() => new Promise(() => undefined), { name: 'closure' })
    expect(nodes.main.whereis('closure')).toBe(pid)
  })
})

test('serials count up and are never used twice', async () => {
  const nodes = new Nodes(createNode)
  const pids: Pid[] = []
  for (let i = 0; i < 5; i++) {
    const pid = await nodes.main.spawn(() => undefined)
    await nodes.settled()
    pids.push(pid)
  }
  expect(pids).toEqual([1, 2, 3, 4, 5].map((serial) => `<test.1.${serial}>`))
})

test('a node that stops ends its actors, youngest first, and tells each why', async () => {
  const nodes = new Nodes(createNode)
  const [one, other] = [await nodes.actor(), await nodes.actor()]
  nodes.root.stop('shutdown')
  expect(nodes.exits).toMatchObject([
    { pid: other.pid, reason: 'shutdown' },
    { pid: one.pid, reason: 'shutdown' },
    { pid: nodes.main.pid },
  ])
  expect(nodes.clock.count).toBe(0)
})
