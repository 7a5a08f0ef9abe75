import { describe, expect, test } from 'vitest'
import { ActorExited, createNode, defineActor, defineServer, later, P, place, reply, stop } from '../src/index.ts'
import type { ActorSelf, Alias, From, Pid } from '../src/index.ts'
import { gate, rejection, watched } from '../../../test/support/gate.ts'
import { Nodes } from '../../../test/support/nodes.ts'

const Idle = defineServer(import.meta, 'Idle', {
  init: () => 0,
  calls: { get: (self) => self.state, never: () => later(() => undefined) },
  casts: { reset: () => undefined },
})
const Waiter = defineActor(import.meta, 'Waiter', (self) => self.receive((on) => on.with('never', () => undefined)))

const ended = async () => {
  const nodes = new Nodes(createNode)
  const self = await nodes.actor()
  const ref = self.named(Idle, 'idle')
  await nodes.main.start(Idle, [], { name: 'idle' })
  nodes.main.exit(self.pid, 'kill')
  return { nodes, self, ref }
}

describe('an actor that has ended', () => {
  /** Every member of `self` that does something. */
  const uses: Readonly<Record<string, (self: ActorSelf) => unknown>> = {
    initAck: (self) => self.initAck(),
    send: (self) => self.send('idle', 1),
    drained: (self) => self.drained('idle'),
    'exit/1': (self) => self.exit('again'),
    'exit/2': (self) => self.exit('idle', 'boom'),
    link: (self) => self.link('idle'),
    unlink: (self) => self.unlink('idle'),
    monitor: (self) => self.monitor('idle'),
    demonitor: (self) => self.demonitor(1),
    monitorNode: (self) => self.monitorNode(1),
    alias: (self) => self.alias(),
    unalias: (self) => self.unalias('<test.1.1#1>' as Alias),
    info: (self) => self.info('idle'),
    isAlive: (self) => self.isAlive('idle'),
    register: (self) => self.register('me'),
    unregister: (self) => self.unregister('idle'),
    whereis: (self) => self.whereis('idle'),
    available: (self) => self.available('idle'),
    named: (self) => self.named(Idle, 'idle'),
    ref: (self) => self.ref(Idle, self.pid),
    start: (self) => self.start(Idle, []),
    startLink: (self) => self.startLink(Idle, []),
    startMonitor: (self) => self.startMonitor(Idle, []),
    tryStart: (self) => self.tryStart(Idle, []),
    spawn: (self) => self.spawn(() => undefined),
    spawnLink: (self) => self.spawnLink(() => undefined),
    spawnMonitor: (self) => self.spawnMonitor(() => undefined),
    receive: (self) => self.receive((on) => on.with(1, () => 1)),
    sleep: (self) => self.sleep(1),
    sendAfter: (self) => self.sendAfter(1, 'idle', 1),
    startTimer: (self) => self.startTimer(1, 1),
    cancelTimer: (self) => self.cancelTimer(1),
    readTimer: (self) => self.readTimer(1),
    log: (self) => self.log('x'),
    report: (self) => self.report('info', 'x'),
    reportProgress: (self) => self.reportProgress({ child: 'x', pid: self.pid, behaviour: 'x', level: 'info' }),
    reportRestarted: (self) => self.reportRestarted({ child: 'x', pid: undefined, reason: 'x' }),
    lingers: (self) => self.lingers(['child']),
    showUnsettled: (self) => self.showUnsettled(() => []),
    learnFrom: (self) =>
      self.learnFrom({
        child: 'x',
        placement: place('inline', { kinds: ['inline'] }),
        evidence: { node: 1, domain: 'x', cause: 'stuck' },
      }),
    'trapExit, read': (self) => self.trapExit,
    'trapExit, written': (self) => (self.trapExit = true),
    'state, read': (self) => (self as ActorSelf & { state: unknown }).state,
    'state, written': (self) => ((self as ActorSelf & { state: unknown }).state = 1),
  }
  const allowed = new Set(['pid', 'node', 'path', 'parent', 'registeredName', 'abortSignal', 'now', 'random'])

  test.each(Object.keys(uses))('%s throws ActorExited, with the pid', async (name) => {
    const { nodes, self } = await ended()
    const error = await rejection((async () => uses[name]!(self))())
    expect(error).toBeInstanceOf(ActorExited)
    expect(error).toMatchObject({ code: 'actor_exited', pid: self.pid })
    expect(nodes.exits).toHaveLength(1)
  })

  test('nothing else of self does anything: the list above is complete', async () => {
    const { self } = await ended()
    const members = Object.getOwnPropertyNames(Object.getPrototypeOf(self)).filter(
      (name) => name !== 'constructor' && !allowed.has(name),
    )
    const tested = new Set(Object.keys(uses).map((name) => name.split(/[/,]/)[0]))
    expect(members.filter((name) => !tested.has(name))).toEqual([])
  })

  test('still knows who it was', async () => {
    const { self, nodes } = await ended()
    expect([self.pid, self.node, self.path, self.parent]).toEqual([
      expect.stringContaining('<test.1.'),
      1,
      '/closure',
      nodes.main.pid,
    ])
  })

  test('calls, casts and replies through its references throw as well', async () => {
    const { ref, nodes } = await ended()
    expect(() => ref.call.get()).toThrow(ActorExited)
    expect(() => ref.cast.reset()).toThrow(ActorExited)
    expect(() => ref.within(5).call.get()).toThrow(ActorExited)
    expect(nodes.root.snapshot().counters.sent).toBe(0)
  })
})

describe('what self does not understand is an InvalidOption that names it', () => {
  const uses: readonly (readonly [string, (self: ActorSelf) => unknown])[] = [
    ['trapExit', (self) => (self.trapExit = 'yes' as never)],
    ['options', (self) => self.send(self.pid, 1, null as never)],
    ['transfr', (self) => self.send(self.pid, 1, { transfr: [] } as never)],
    ['transfer', (self) => self.send(self.pid, 1, { transfer: new ArrayBuffer(1) } as never)],
    ['transfer[0]', (self) => self.send(self.pid, 1, { transfer: [5] } as never)],
    ['flus', (self) => self.demonitor(1, { flus: true } as never)],
    ['flush', (self) => self.demonitor(1, { flush: 'yes' } as never)],
    ['info', (self) => self.demonitor(1, { info: 1 } as never)],
    ['clauses', (self) => self.receive(undefined as never)],
    ['with.handler', (self) => self.receive((on) => on.with(1, undefined as never))],
    ['after.handler', (self) => self.receive((on) => on.after(1, undefined as never))],
    ['behaviour', (self) => self.named(undefined as never, 'idle')],
    ['behaviour', (self) => self.ref(undefined as never, self.pid)],
    ['options', (self) => self.start(Idle, [], null as never)],
    ['isolaton', (self) => self.start(Idle, [], { isolaton: 'thread' } as never)],
    ['options', (self) => self.spawn(() => undefined, 5 as never)],
    ['restrat', (self) => self.spawn(() => undefined, { restrat: 1 } as never)],
    ['take', () => later(undefined as never)],
    ['options', () => stop('normal', null as never)],
    ['deadline', () => stop('normal', { deadline: 5 } as never)],
  ]

  test.each(uses)('%s (%#)', async (field, use) => {
    const nodes = new Nodes(createNode)
    const self = await nodes.actor()
    const error = await rejection((async () => use(self))())
    expect(error).toMatchObject({ code: 'invalid_option', field })
    // It did nothing: the actor lives on.
    expect(self.trapExit).toBe(false)
    expect(await self.receive((on) => on.after(0, () => 'quiet'))).toBe('quiet')
  })
})

describe('what an ended actor awaited never settles', () => {
  const awaits: Readonly<Record<string, (self: ActorSelf, nodes: Nodes) => Promise<unknown>>> = {
    sleep: (self) => self.sleep(10),
    receive: (self) => self.receive((on) => on.with(P._, () => 1).after(10, () => 2)),
    'a call, when the reply comes': (self) => {
      let from: From | undefined
      const Slow = defineServer(import.meta, 'Slow', {
        init: () => 0,
        calls: { get: () => later((asked) => (from = asked)) },
        casts: { now: () => reply(from!, 1) },
      })
      return self.start(Slow, []).then(async (slow) => {
        const call = slow.call.get()
        self.send(slow.pid as Pid, 0)
        setImmediate(() => from && reply(from, 1))
        return call
      })
    },
    'a call that runs out of time': (self) => self.named(Idle, 'idle').within(10).call.never(),
    'a start': (self) =>
      self.start(
        defineServer(import.meta, 'SlowStart', {
          init: () => new Promise<number>((resolve) => setImmediate(resolve, 1)),
        }),
        [],
      ),
    'a start that fails': (self) =>
      self.tryStart(
        defineServer(import.meta, 'BadStart', {
          init: () => new Promise<number>((_, reject) => setImmediate(reject, new Error('bad'))),
        }),
        [],
      ),
    'a start that takes too long': (self) =>
      self.tryStart(defineServer(import.meta, 'NoStart', { init: () => new Promise<number>(() => undefined) }), [], {
        timeoutMs: 10,
      }),
    'a name to become available': (self, nodes) => {
      setImmediate(() => void nodes.main.register('wanted'))
      return self.available('wanted')
    },
    'a drained mailbox': (self, nodes) => {
      const waiter = nodes.main.whereis('waiter') as Pid
      self.send(waiter, 'x'.repeat(2_000_000))
      return self.drained(waiter)
    },
  }

  test.each(Object.keys(awaits))('%s', async (name) => {
    const nodes = new Nodes(createNode)
    await nodes.main.start(Idle, [], { name: 'idle' })
    await nodes.main.start(Waiter, [], { name: 'waiter' })
    const self = await nodes.actor()
    const promise = watched(awaits[name]!(self, nodes))
    await Promise.resolve()
    nodes.main.exit(self.pid, 'kill')
    nodes.main.exit('waiter', 'kill')
    await nodes.pass(10_000)
    await nodes.settled()
    expect(promise).toEqual({ state: 'pending', value: undefined })
    expect(nodes.clock.count).toBe(0)
  })

  test('so no finally runs because of its end, and no error comes of it', async () => {
    const nodes = new Nodes(createNode)
    const steps: string[] = []
    const pid = await nodes.main.spawn(async (self) => {
      try {
        await self.start(Idle, [])
        await self.sleep(1_000)
      } finally {
        steps.push('finally')
      }
    })
    await nodes.settled()
    nodes.main.exit(pid, 'kill')
    await nodes.pass(10_000)
    expect(steps).toEqual([])
    expect(nodes.log).toEqual([])
  })

  test('a start that ends in the same moment as its starter does not fail it either', async () => {
    const nodes = new Nodes(createNode)
    const steps: string[] = []
    const Assassin = defineServer(import.meta, 'Assassin', {
      init: (self, victim: Pid) => {
        self.exit(victim, 'kill')
      },
    })
    const Child = defineServer(import.meta, 'Child', { init: () => 0 })
    await nodes.main.spawn(async (self) => {
      try {
        await Promise.all([self.start(Child, []), self.start(Assassin, [self.pid])])
        steps.push('went on')
      } catch (error) {
        steps.push(String(error))
      }
    })
    await nodes.settled()
    expect(steps).toEqual([])
  })

  test('awaits on foreign promises still resume: only the end of a node stops code', async () => {
    const nodes = new Nodes(createNode)
    const hold = gate()
    const steps: unknown[] = []
    const pid = await nodes.main.spawn(async (self) => {
      await hold.opened
      steps.push('resumed')
      try {
        self.send(self.pid, 1)
      } catch (error) {
        steps.push(error)
      }
      throw new Error('left over')
    })
    nodes.main.exit(pid, 'kill')
    hold.open()
    await nodes.settled()
    expect(steps).toEqual(['resumed', expect.any(ActorExited)])
    expect(nodes.exits).toMatchObject([{ pid, reason: 'killed' }])
    expect(nodes.log).toMatchObject([{ level: 'warning', data: { message: 'left over' } }])
  })

  test('an exit that a leftover asks for is no news', async () => {
    const nodes = new Nodes(createNode)
    const hold = gate()
    const pid = await nodes.main.spawn(async (self) => {
      const goodbye = (): never => self.exit('late')
      try {
        self.exit('kept')
      } catch (error) {
        await hold.opened
        throw error
      }
      goodbye()
    })
    nodes.main.exit(pid, 'kill')
    hold.open()
    await nodes.settled()
    expect(nodes.log).toEqual([])
    expect(nodes.exits).toHaveLength(1)
  })
})

describe('abortSignal', () => {
  test('is aborted when the actor ends, with an error that names it', async () => {
    const nodes = new Nodes(createNode)
    const self = await nodes.actor()
    const { abortSignal } = self
    expect(abortSignal).toBe(self.abortSignal)
    expect(abortSignal.aborted).toBe(false)
    let heard = 0
    abortSignal.addEventListener('abort', () => heard++)
    nodes.main.exit(self.pid, 'boom')
    expect(abortSignal.aborted).toBe(true)
    expect(heard).toBe(1)
    expect(abortSignal.reason).toBeInstanceOf(ActorExited)
    expect(abortSignal.reason).toMatchObject({ pid: self.pid })
  })

  test('of an actor that has ended is aborted from the beginning', async () => {
    const nodes = new Nodes(createNode)
    const self = await nodes.actor()
    nodes.main.exit(self.pid, 'boom')
    expect(self.abortSignal.aborted).toBe(true)
  })

  test('is made only when somebody asks for it', async () => {
    let made = 0
    const nodes = new Nodes(createNode, { platform: { newAbortController: () => (made++, new AbortController()) } })
    const self = await nodes.actor()
    nodes.main.exit((await nodes.actor()).pid, 'boom')
    expect(made).toBe(0)
    void self.abortSignal
    expect(made).toBe(1)
  })

  test('on a platform that has none is an error that says so', async () => {
    const nodes = new Nodes(createNode, { platform: { newAbortController: undefined as never } })
    const self = await nodes.actor()
    expect(() => self.abortSignal).toThrow(/no AbortController/)
  })
})

describe('what an actor knows of itself', () => {
  test('paths go down the tree, by ids', async () => {
    const nodes = new Nodes(createNode)
    const top = await nodes.actor(1, { id: 'shop' })
    let child: ActorSelf | undefined
    await top.spawn(
      (self) => {
        child = self
      },
      { id: 'db' },
    )
    expect([top.path, child?.path]).toEqual(['/shop', '/shop/db'])
    expect([top.parent, child?.parent]).toEqual([nodes.main.pid, top.pid])
    const server = await top.start(Idle, [])
    expect(nodes.root.snapshot().actors.find(({ pid }) => pid === server.pid)?.path).toBe('/shop/Idle')
  })

  test('chance and time come from the platform', async () => {
    const nodes = new Nodes(createNode, { platform: { random: () => 0.125 } })
    const self = await nodes.actor()
    await nodes.pass(1_234)
    expect([self.random(), self.now()]).toEqual([0.125, 1_234])
  })

  test('what it logs carries its pid and path', async () => {
    const nodes = new Nodes(createNode)
    const self = await nodes.actor(1, { id: 'talker' })
    self.log('hello', { n: 1 }, 10n)
    self.report('warning', 'careful', { field: 1 })
    expect(nodes.log).toEqual([
      { level: 'info', text: 'hello {"n":1} 10', pid: self.pid, path: '/talker' },
      { level: 'warning', text: 'careful', pid: self.pid, path: '/talker', data: { field: 1 } },
    ])
  })
})
