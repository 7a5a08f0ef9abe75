import { describe, expect, test } from 'vitest'
import { createNode, defineActor, defineServer, P, show, stop, sys } from '../src/index.ts'
import type { Telemetry } from '../src/index.ts'
import { gate, rejection } from '../../../test/support/gate.ts'
import { mailOf, Nodes } from '../../../test/support/nodes.ts'

function fail(): never {
  throw new Error('boom')
}

const Vault = defineServer(import.meta, 'Vault', {
  init: (self, secret: string) => ({ secret, traps: (self.trapExit = secret === 'trapping') }),
  calls: {
    open: (_self, code: number) => {
      throw new RangeError(`wrong code ${code}`)
    },
    deep: async () => {
      await Promise.resolve()
      throw new Error('outer', { cause: new TypeError('inner') })
    },
    close: () => stop('shutdown'),
    closeBadly: () => stop({ reason: 'bad' }),
    get: () => 1,
  },
  info: (_self, message) => {
    if (message === 'crash') throw new Error('in info')
  },
  terminate: (_self, reason) => {
    if (reason === 'worse') throw new Error('in terminate')
  },
  formatState: ({ secret }) => ({ secret: '*'.repeat(secret.length) }),
})

describe('a crash report', () => {
  test('names path, behaviour, handler, last message, state and restarts', async () => {
    const nodes = new Nodes(createNode)
    const shop = await nodes.actor(1, { id: 'shop' })
    const vault = await shop.start(Vault, ['gold'], { id: 'vault', restarts: 3 })
    await rejection(vault.call.open(123))
    expect(nodes.crashes).toEqual([
      {
        pid: vault.pid,
        path: '/shop/vault',
        behaviour: 'Vault',
        reason: expect.any(RangeError),
        handler: 'Vault.open',
        lastMessage: ['open', 123],
        state: { secret: '****' },
        restarts: 3,
      },
    ])
  })

  test('shows the state as formatState does: secrets stay where they are', async () => {
    const nodes = new Nodes(createNode)
    const vault = await nodes.main.start(Vault, ['topsecret'])
    await rejection(vault.call.open(1))
    expect(JSON.stringify(nodes.crashes)).not.toContain('topsecret')
  })

  test('shows the last message as formatMessage does, of a call, a cast and a plain message (SRV-052)', async () => {
    const Door = defineServer(import.meta, 'Door', {
      init: () => 0,
      calls: { open: (_self, _secret: string): never => fail() },
      casts: { knock: (_self, _secret: string): never => fail() },
      info: fail,
      formatMessage: (message) => (Array.isArray(message) ? [message[0], '…'] : 'a message'),
    })
    const nodes = new Nodes(createNode)
    const doors = [
      await nodes.main.start(Door, []),
      await nodes.main.start(Door, []),
      await nodes.main.start(Door, []),
    ] as const
    await rejection(doors[0].call.open('password123'))
    doors[1].cast.knock('password123')
    nodes.main.send(doors[2].pid!, { secret: 'password123' })
    await nodes.settled()
    expect(nodes.crashes.map(({ lastMessage }) => lastMessage)).toEqual([['open', '…'], ['knock', '…'], 'a message'])
    expect(show(nodes.crashes) + show(nodes.log)).not.toContain('password123')
  })

  test('shows the last message of a function as its formatMessage does', async () => {
    const Guard = defineActor(import.meta, 'Guard', (self) => self.receive((on) => on.with(P.string, fail)), {
      formatMessage: (message) => `${(message as string).length} letters`,
    })
    const nodes = new Nodes(createNode)
    nodes.main.send((await nodes.main.start(Guard, [])).pid!, 'password123')
    await nodes.settled()
    expect(nodes.crashes).toMatchObject([{ lastMessage: '11 letters' }])
    expect(show(nodes.log)).not.toContain('password123')
  })

  test('shows the reason as formatReason does, while monitors and callers hear the real one (SRV-052)', async () => {
    const nodes = new Nodes(createNode)
    const reason = { password: 'sesame' }
    const formatReason = (): string => 'a reason'
    const Discreet = defineServer(import.meta, 'Discreet', {
      init: () => 0,
      calls: { end: () => stop(reason) },
      formatReason,
    })
    const Silent = defineActor(import.meta, 'Silent', (self) => self.exit(reason), { formatReason })
    const Careless = defineActor(import.meta, 'Careless', (self) => self.exit(reason), {
      formatReason: () => {
        throw new Error('no')
      },
    })
    const discreet = await nodes.main.start(Discreet, [])
    expect(await rejection(discreet.call.end())).toMatchObject({ reason })
    await nodes.main.start(Silent, [])
    await nodes.main.start(Careless, [])
    await nodes.settled()
    expect(nodes.exits).toMatchObject([{ reason }, { reason }, { reason }])
    expect(nodes.crashes.map((report) => report.reason)).toEqual(['a reason', 'a reason', 'formatReason failed'])
    expect(JSON.stringify(nodes.log)).not.toContain('sesame')
  })

  test('of a formatMessage that fails shows nothing of the message', async () => {
    const Blind = defineServer(import.meta, 'Blind', { init: () => 0, info: fail, formatMessage: fail })
    const nodes = new Nodes(createNode)
    nodes.main.send((await nodes.main.start(Blind, [])).pid!, 'password123')
    await nodes.settled()
    expect(nodes.crashes).toMatchObject([{ lastMessage: 'formatMessage failed', reason: { message: 'boom' } }])
  })

  test.each([
    ['defineServer', () => defineServer(import.meta, 'Bad', { init: () => 0, formatMessage: 'no' as never })],
    ['defineActor', () => defineActor(import.meta, 'Bad', () => 0, { formatMessage: 'no' as never })],
  ])('%s takes a function as formatMessage, and nothing else', (_, define) => {
    expect(define).toThrow(/Bad\.formatMessage/)
  })

  test('of an actor that another node took along has what is known about its end', async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const [near, far] = [await nodes.actor(), await nodes.actor(2)]
    near.link(far.pid)
    await nodes.settled()
    const evidence = { node: 2, domain: 'test.2', cause: 'exited', code: 3, output: ['last words'] } as const
    nodes.crash(2, { evidence })
    await nodes.pass(2_000)
    expect(nodes.crashes).toMatchObject([{ pid: near.pid, reason: 'noconnection', evidence }])
  })

  test('of a formatState that fails says so, and the actor ends all the same (SRV-052)', async () => {
    const Clumsy = defineServer(import.meta, 'Clumsy', {
      init: () => ({ secret: 'x' }),
      calls: {
        crash: () => {
          throw new Error('boom')
        },
      },
      formatState: () => {
        throw new Error('no format')
      },
    })
    const nodes = new Nodes(createNode)
    const clumsy = await nodes.main.start(Clumsy, [])
    expect(await rejection(clumsy.call.crash())).toMatchObject({ reason: { message: 'boom' } })
    expect(nodes.crashes).toMatchObject([{ state: 'formatState failed', reason: { message: 'boom' } }])
  })

  test('has the events that sys.log kept, each as it may be shown (SRV-052)', async () => {
    const Diary = defineServer(import.meta, 'Diary', {
      init: () => 'password123',
      calls: { write: (_self, _secret: string) => 'written' },
      casts: { burn: (_self, _secret: string): never => fail() },
      formatMessage: () => '…',
      formatState: () => '***',
    })
    const nodes = new Nodes(createNode)
    const [diary, other] = [await nodes.main.start(Diary, []), await nodes.main.start(Diary, [])]
    await sys.log(diary, true)
    await diary.call.write('password123')
    diary.cast.burn('password123')
    other.cast.burn('password123')
    await nodes.settled()
    const [reported, without] = nodes.crashes
    expect(reported?.log).toMatchObject([
      { event: 'in', message: '…' },
      { event: 'out', reply: '…', state: '***' },
      { event: 'in', message: '…' },
    ])
    expect(Object.keys(without!)).not.toContain('log')
    expect(show(nodes.crashes) + show(nodes.log)).not.toContain('password123')
  })

  test('names the handler that crashed, not the one that cleaned up after it', async () => {
    const nodes = new Nodes(createNode)
    const vault = await nodes.main.start(Vault, ['gold'])
    await rejection(vault.call.open(1))
    expect(nodes.crashes[0]?.handler).toBe('Vault.open')
  })

  test('names terminate when that is what crashed', async () => {
    const nodes = new Nodes(createNode)
    const vault = await nodes.main.start(Vault, ['trapping'])
    nodes.main.exit(vault.pid!, 'worse')
    await nodes.settled()
    expect(nodes.crashes).toMatchObject([{ handler: 'Vault.terminate', reason: { message: 'in terminate' } }])
  })

  test('of a plain message and of an actor that takes its mail by receive has the last message too', async () => {
    const nodes = new Nodes(createNode)
    const Reader = defineActor(import.meta, 'Reader', async (self) => {
      for (;;)
        await self.receive((on) =>
          on
            .with('crash', () => {
              throw new Error('in receive')
            })
            .with(P.number, () => undefined),
        )
    })
    const [vault, reader] = [await nodes.main.start(Vault, ['gold']), await nodes.main.start(Reader, [])]
    for (const to of [vault.pid!, reader.pid!]) {
      nodes.main.send(to, 7)
      nodes.main.send(to, 'crash')
    }
    await nodes.settled()
    expect(nodes.crashes).toMatchObject([
      { behaviour: 'Vault', handler: 'Vault.info', lastMessage: 'crash' },
      { behaviour: 'Reader', handler: 'Reader.receive', lastMessage: 'crash' },
    ])
  })

  test('of an actor that took no message has none; of one whose init failed has no state', async () => {
    const Stillborn = defineServer({ url: import.meta.url }, 'Stillborn', {
      init: (): number => {
        throw new Error('no init')
      },
    })
    const nodes = new Nodes(createNode)
    await nodes.main.tryStart(Stillborn, [])
    expect(nodes.crashes).toHaveLength(1)
    expect(Object.keys(nodes.crashes[0]!)).not.toContain('lastMessage')
    expect(Object.keys(nodes.crashes[0]!)).not.toContain('state')
    expect(nodes.crashes[0]).toMatchObject({ handler: 'Stillborn.init', behaviour: 'Stillborn' })
  })

  test.each(['normal', 'shutdown', { shutdown: 'for the night' }])('%o writes none (SRV-044)', async (reason) => {
    const nodes = new Nodes(createNode)
    const self = await nodes.actor()
    self.exit(self.pid, reason)
    await nodes.settled()
    expect(nodes.exits).toHaveLength(1)
    expect(nodes.crashes).toEqual([])
  })

  test.each([
    'killed',
    'noproc',
    'noconnection',
    'kill',
    { other: 1 },
    undefined,
    Object.assign(new Error('x'), { shutdown: 1 }),
  ])('%o writes one (SRV-044)', async (reason) => {
    const nodes = new Nodes(createNode)
    const self = await nodes.actor()
    nodes.main.exit(self.pid, reason)
    expect(nodes.crashes).toHaveLength(1)
  })
})

describe('the log', () => {
  const lines = (nodes: Nodes): string[] => nodes.log.map(({ level, path, text }) => `${level} ${path} ${text}`)

  test('has one line for a crash: who, in which handler, why; and the report as data', async () => {
    const nodes = new Nodes(createNode)
    const vault = await nodes.main.start(Vault, ['gold'], { id: 'vault' })
    await rejection(vault.call.open(5))
    expect(lines(nodes)).toEqual(['error /vault crashed in Vault.open: RangeError: wrong code 5'])
    expect(nodes.log[0]).toMatchObject({
      pid: vault.pid,
      data: {
        behaviour: 'Vault',
        handler: 'Vault.open',
        reason: expect.any(RangeError) as Error,
        lastMessage: '["open", 5]',
        state: '{ secret: "****" }',
        restarts: 0,
      },
    })
  })

  test('has it whether or not anybody listens to telemetry', async () => {
    const nodes = new Nodes(createNode, { platform: { telemetry: undefined as never } })
    const vault = await nodes.main.start(Vault, ['gold'], { id: 'vault' })
    await rejection(vault.call.open(5))
    expect(nodes.log).toHaveLength(1)
  })

  test('has it for a function, and for an init that failed', async () => {
    const nodes = new Nodes(createNode)
    const Failing = defineActor({ url: import.meta.url }, 'Failing', fail)
    const Unborn = defineServer({ url: import.meta.url }, 'Unborn', { init: fail })
    await nodes.main.start(Failing, [])
    await nodes.main.tryStart(Unborn, [])
    expect(lines(nodes)).toEqual([
      'error /Failing crashed in Failing.init: Error: boom',
      'error /Unborn crashed in Unborn.init: Error: boom',
    ])
  })

  test('has none for an end in order, and none for whom a signal ended: that is no failure of its own', async () => {
    const nodes = new Nodes(createNode)
    const [vault, ...others] = [
      await nodes.main.start(Vault, ['gold']),
      await nodes.actor(),
      await nodes.actor(),
      await nodes.actor(),
    ]
    await rejection(vault.call.close())
    others[0].link(others[1].pid)
    nodes.main.exit(others[0].pid, 'boom')
    nodes.main.exit(others[2].pid, 'kill')
    await nodes.settled()
    expect(nodes.crashes).toHaveLength(3)
    expect(nodes.log).toEqual([])
  })

  test('has none of the child of a supervisor, wherever that is: it reports by itself', async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const Boss = defineServer({ url: import.meta.url }, 'Boss', {
      type: 'supervisor',
      init: (self) => void (self.trapExit = true),
      calls: {
        adopt: async (self, isolation: 'inline' | 'thread') => (await self.startLink(Vault, ['x'], { isolation })).pid!,
      },
      info: () => undefined,
    })
    const boss = await nodes.main.start(Boss, [])
    for (const isolation of ['inline', 'thread'] as const) {
      const adopting = boss.call.adopt(isolation)
      await nodes.settled()
      const opening = rejection(nodes.main.ref(Vault, await adopting).call.open(1))
      await nodes.settled()
      await opening
    }
    expect(nodes.crashes).toHaveLength(2)
    expect(nodes.log).toEqual([])
  })
})

describe('the stack of an error', () => {
  const lastLine = (error: unknown): string => (error as Error).stack!.split('\n').at(-1)!

  test('ends with the actor in which it was raised: path, handler, pid', async () => {
    const nodes = new Nodes(createNode)
    const vault = await nodes.main.start(Vault, ['gold'], { id: 'vault' })
    nodes.main.monitor(vault.pid!)
    const failure = (await rejection(vault.call.open(5))) as { reason: Error }
    expect(lastLine(failure.reason)).toBe(`    in actor /vault (Vault.open) ${vault.pid}`)
    const [down] = (await mailOf(nodes.main)) as { reason: Error }[]
    expect(lastLine(down!.reason)).toBe(`    in actor /vault (Vault.open) ${vault.pid}`)
    expect(down!.reason.stack).toContain('RangeError: wrong code 5')
  })

  test('of an asynchronous handler does as well, and its cause comes along', async () => {
    const nodes = new Nodes(createNode)
    const vault = await nodes.main.start(Vault, ['gold'], { id: 'vault' })
    const { reason } = (await rejection(vault.call.deep())) as { reason: Error }
    expect(lastLine(reason)).toContain('(Vault.deep)')
    expect(reason.cause).toBeInstanceOf(TypeError)
    expect(reason.cause).toMatchObject({ message: 'inner' })
  })

  test('is signed once, by the first actor, though it takes others along its links', async () => {
    const nodes = new Nodes(createNode)
    const [one, two, three, watcher] = [
      await nodes.actor(1, { id: 'one' }),
      await nodes.actor(),
      await nodes.actor(),
      await nodes.actor(),
    ]
    two.link(one.pid)
    three.link(two.pid)
    watcher.monitor(three.pid)
    nodes.main.exit(one.pid, new Error('first'))
    const [down] = (await mailOf(watcher)) as { reason: Error }[]
    expect(down!.reason.stack!.match(/in actor/g)).toHaveLength(1)
    expect(lastLine(down!.reason)).toContain('/one')
  })

  test('of a refusal is signed too', async () => {
    const { refuse } = await import('../src/index.ts')
    const Refuser = defineServer(import.meta, 'Refuser', {
      init: () => 0,
      calls: { ask: () => refuse(new Error('no')) },
    })
    const nodes = new Nodes(createNode)
    const error = await rejection((await nodes.main.start(Refuser, [], { id: 'refuser' })).call.ask())
    expect(lastLine(error)).toContain('in actor /refuser (Refuser.ask)')
  })

  test('that cannot be changed is left as it is', async () => {
    const nodes = new Nodes(createNode)
    const self = await nodes.actor()
    nodes.main.monitor(self.pid)
    nodes.main.exit(self.pid, Object.freeze(new Error('frozen')))
    expect(await mailOf(nodes.main)).toMatchObject([{ reason: { message: 'frozen' } }])
  })
})

describe('hooks', () => {
  test('spawned and exited: each actor once, with pid, behaviour, path, placement and reason', async () => {
    const nodes = new Nodes(createNode)
    const vault = await nodes.main.start(Vault, ['gold'], { id: 'vault' })
    expect(nodes.spawned).toEqual([
      { pid: vault.pid, behaviour: 'Vault', path: '/vault', placement: expect.objectContaining({ kind: 'inline' }) },
    ])
    await rejection(vault.call.close())
    expect(nodes.exits).toEqual([{ pid: vault.pid, behaviour: 'Vault', path: '/vault', reason: 'shutdown' }])
  })

  test('a start that fails was spawned and has exited', async () => {
    const Stillborn = defineServer({ url: import.meta.url }, 'Stillborn', { init: () => stop('no') })
    const nodes = new Nodes(createNode)
    await nodes.main.tryStart(Stillborn, [])
    expect([nodes.spawned.length, nodes.exits.length]).toEqual([1, 1])
    expect(nodes.exits[0]?.reason).toBe('no')
  })

  test('restarted: what a supervisor reports', async () => {
    const events: unknown[] = []
    const nodes = new Nodes(createNode, { platform: { telemetry: { restarted: (event) => events.push(event) } } })
    nodes.main.reportRestarted({ child: 'db', pid: undefined, reason: 'boom' })
    expect(events).toEqual([{ supervisor: nodes.main.pid, child: 'db', pid: undefined, reason: 'boom' }])
  })

  test('nodeDown: node, cause and domain', async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    await nodes.settled()
    nodes.crash(2)
    await nodes.pass(2_000)
    const evidence = { node: 2, domain: 'test.2', cause: 'signaled', signal: 'SIGKILL' }
    expect(nodes.nodesDown).toEqual([{ node: 2, cause: 'signaled', domain: 'test.2', evidence }])
  })

  test('nodeDown names the culprit, when there is one', async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const far = await nodes.actor(2)
    await nodes.settled()
    const culprit = { pid: far.pid, reason: { exited: { code: 3 } } }
    nodes.crash(2, { culprit })
    await nodes.pass(2_000)
    expect(nodes.nodesDown).toMatchObject([{ node: 2, culprit }])
  })

  describe('handled', () => {
    type Handled = Parameters<NonNullable<Telemetry['handled']>>[0]
    const setUp = async () => {
      const events: Handled[] = []
      const hold = gate()
      const nodes = new Nodes(createNode, { platform: { telemetry: { handled: (event) => events.push(event) } } })
      const Timed = defineServer({ url: import.meta.url }, 'Timed', {
        init: () => 0,
        calls: {
          work: (_self, ms: number) => nodes.clock.advance(ms),
          wait: () => hold.opened,
          fail: () => {
            throw new Error('failed')
          },
        },
        info: () => undefined,
      })
      const timed = await nodes.main.start(Timed, [])
      return { nodes, timed, events, hold }
    }

    test('tells how long a message waited and how long its synchronous part ran', async () => {
      const { nodes, timed, events } = await setUp()
      nodes.clock.advance(1_000)
      const calls = [timed.call.work(30), timed.call.work(5)]
      await Promise.all(calls)
      expect(events).toEqual([
        { pid: timed.pid, handler: 'Timed.work', queuedMs: 0, ranMs: 30 },
        { pid: timed.pid, handler: 'Timed.work', queuedMs: 30, ranMs: 5 },
      ])
    })

    test('waiting is not running', async () => {
      const { nodes, timed, events, hold } = await setUp()
      const call = timed.call.wait()
      await nodes.settled()
      nodes.clock.advance(500)
      hold.open()
      await call
      expect(events).toMatchObject([{ handler: 'Timed.wait', ranMs: 0 }])
    })

    test('tells of a handler that failed, and of messages', async () => {
      const { nodes, timed, events } = await setUp()
      nodes.main.send(timed.pid!, 'x')
      await rejection(timed.call.fail())
      expect(events.map(({ handler }) => handler)).toEqual(['Timed.info', 'Timed.fail'])
    })

    test('tells of what a receive takes, in a function and in a server, and of nothing that it leaves', async () => {
      const { nodes, timed, events } = await setUp()
      const Reader = defineActor({ url: import.meta.url }, 'Reader', async (self) => {
        await self.receive((on) => on.with(2, () => nodes.clock.advance(7)))
        await self.receive((on) => on.with(3, () => undefined).after(50, () => undefined))
        await self.receive((on) => on.with(1, () => undefined))
      })
      const reader = (await nodes.main.start(Reader, [])).pid!
      await nodes.settled()
      nodes.main.send(reader, 1)
      nodes.clock.advance(20)
      nodes.main.send(reader, 2)
      nodes.clock.advance(10)
      await nodes.pass(100)
      expect(events.filter(({ pid }) => pid !== timed.pid)).toEqual([
        { pid: reader, handler: 'Reader.receive', queuedMs: 10, ranMs: 7 },
        { pid: reader, handler: 'Reader.receive', queuedMs: 30 + 7 + 50, ranMs: 0 },
      ])
    })

    test('of a notice tells how long it waited, too', async () => {
      const { nodes, events } = await setUp()
      const self = await nodes.actor()
      self.trapExit = true
      nodes.clock.advance(1_000)
      nodes.main.exit(self.pid, 'trapped')
      nodes.clock.advance(10)
      await mailOf(self)
      expect(events).toMatchObject([{ pid: self.pid, queuedMs: 10, ranMs: 0 }])
    })

    test('of a message that came before anybody listened tells no time', async () => {
      const events: Handled[] = []
      const telemetry: Telemetry = {}
      const nodes = new Nodes(createNode, { platform: { telemetry } })
      const self = await nodes.actor()
      nodes.clock.advance(1_000)
      nodes.main.send(self.pid, 1)
      telemetry.handled = (event) => events.push(event)
      await mailOf(self)
      expect(events).toMatchObject([{ queuedMs: 0 }])
    })

    test('of a continue it waited not at all', async () => {
      const events: Handled[] = []
      const nodes = new Nodes(createNode, { platform: { telemetry: { handled: (event) => events.push(event) } } })
      const { andContinue } = await import('../src/index.ts')
      const Going = defineServer(import.meta, 'Going', { init: () => andContinue(0, 1), continue: () => undefined })
      nodes.clock.advance(10_000)
      await nodes.main.start(Going, [])
      await nodes.settled()
      expect(events).toMatchObject([{ handler: 'Going.continue', queuedMs: 0 }])
    })
  })

  describe('counted', () => {
    type Counted = Parameters<NonNullable<Telemetry['counted']>>[0]
    const setUp = async () => {
      const events: Counted[] = []
      const telemetry: Telemetry = { counted: (event) => events.push(event) }
      const nodes = new Nodes(createNode, { platform: { telemetry } })
      const vault = await nodes.main.start(Vault, ['gold'])
      await nodes.pass(2_000)
      events.length = 0
      return { nodes, vault, events, telemetry }
    }

    test('tells once a second what a node that works has counted', async () => {
      const { nodes, vault, events } = await setUp()
      const { counters } = nodes.root.snapshot()
      for (let i = 0; i < 10; i++) await vault.call.get()
      await nodes.pass(1_000)
      expect(events).toEqual([{ node: 1, actors: 1, ...counters, ...nodes.root.snapshot().counters }])
      // Each call and its reply.
      expect(events[0]!.handled - counters.handled).toBe(20)
      await vault.call.get()
      await nodes.pass(1_000)
      expect(events.map(({ handled }) => handled - counters.handled)).toEqual([20, 22])
    })

    test('tells nothing of a node that rests', async () => {
      const { nodes, events } = await setUp()
      await nodes.pass(60_000)
      expect(events).toEqual([])
    })

    test('sets no timer while nobody listens, and goes on when somebody does', async () => {
      const { nodes, vault, events, telemetry } = await setUp()
      const hook = telemetry.counted!
      delete telemetry.counted
      await vault.call.get()
      telemetry.counted = hook
      await nodes.pass(60_000)
      expect(events).toEqual([])
      await vault.call.get()
      await nodes.pass(1_000)
      expect(events).toHaveLength(1)
    })
  })

  test('none is needed: a node without telemetry works', async () => {
    const nodes = new Nodes(createNode, { platform: { telemetry: undefined as never } })
    const vault = await nodes.main.start(Vault, ['gold'])
    expect(await vault.call.get()).toBe(1)
    nodes.main.send('nobody', 1)
    await rejection(vault.call.open(1))
    expect(await nodes.main.isAlive(vault.pid!)).toBe(false)
  })
})

describe('inspection', () => {
  test('a snapshot shows each actor with name, path, mailbox, handler and status', async () => {
    const nodes = new Nodes(createNode)
    const hold = gate()
    const Busy = defineServer(import.meta, 'Busy', { init: () => 0, calls: { wait: () => hold.opened } })
    const busy = await nodes.main.start(Busy, [], { name: 'busy', id: 'b', restarts: 2 })
    void busy.call.wait()
    await nodes.settled()
    nodes.main.send(busy.pid!, 'queued')
    const waiting = nodes.main.tryStart(
      defineServer(import.meta, 'Starting', { init: () => new Promise<number>(() => undefined) }),
      [],
      { timeoutMs: 10 },
    )
    await nodes.settled()
    const { node, actors } = nodes.root.snapshot()
    expect(node).toBe(1)
    expect(actors).toMatchObject([
      {
        pid: busy.pid,
        behaviour: 'Busy',
        type: 'worker',
        path: '/b',
        parent: nodes.main.pid,
        name: 'busy',
        status: 'running',
        handler: 'Busy.wait',
        mailbox: { count: 1 },
        restarts: 2,
        placement: { kind: 'inline' },
      },
      { behaviour: 'Starting', status: 'starting', name: undefined },
    ])
    expect(actors[0]!.mailbox.bytes).toBeGreaterThan(0)
    hold.open()
    await nodes.pass(10)
    await waiting
    expect(nodes.root.snapshot().actors).toMatchObject([{ status: 'waiting', mailbox: { count: 0, bytes: 0 } }])
  })

  test('an error from outside any handler can be attributed to its actor', async () => {
    const nodes = new Nodes(createNode)
    const self = await nodes.actor()
    const serial = Number(/(\d+)>$/.exec(self.pid)?.[1])
    const ref = nodes.main.monitor(self.pid)
    expect(nodes.root.crash(serial, new Error('in a timer'))).toBe(true)
    expect(await mailOf(nodes.main)).toMatchObject([{ ref, reason: { message: 'in a timer' } }])
    expect(nodes.root.crash(serial, new Error('again'))).toBe(false)
    expect(nodes.root.crash(0, new Error('the node’s own'))).toBe(false)
  })
})
