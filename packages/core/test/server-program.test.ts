import { describe, expect, test } from 'vitest'
import {
  andContinue,
  andTimeout,
  createNode,
  defineServer,
  Exit,
  ignore,
  later,
  refuse,
  reply,
  stop,
  StartFailed,
  Timeout,
} from '../src/index.ts'
import type { ActorRef, ActorSelf, From, Init, Pid, ServerSelf } from '../src/index.ts'
import { gate, rejection, watched } from '../../../test/support/gate.ts'
import { mailOf, Nodes } from '../../../test/support/nodes.ts'

type Self = ServerSelf<string>

/** What the next server does; each test writes its own. */
interface Script {
  init?: (self: ActorSelf) => unknown
  call?: ((self: Self, argument: unknown) => unknown) | undefined
  cast?: (self: Self, argument: unknown) => unknown
  info?: (self: Self, message: unknown) => unknown
  continue?: (self: Self, argument: unknown) => unknown
  terminate?: (self: Self, reason: unknown) => unknown
}
let script: Script = {}
let events: unknown[] = []

const Scripted = defineServer(import.meta, 'Scripted', {
  init: (self): Init<string> | Promise<Init<string>> =>
    script.init === undefined ? 'state' : (script.init(self) as string),
  calls: {
    run: (self, argument?: unknown) => script.call?.(self, argument),
    get: (self) => self.state,
  },
  casts: { run: (self, argument?: unknown) => script.cast?.(self, argument) },
  info: (self, message) => {
    events.push(['info', message])
    return script.info?.(self, message)
  },
  continue: (self, argument: unknown) => {
    events.push(['continue', argument])
    return script.continue?.(self, argument)
  },
  terminate: (self, reason) => {
    events.push(['terminate', reason])
    return script.terminate?.(self, reason)
  },
})
const Bare = defineServer(import.meta, 'Bare', {
  init: () => 'bare',
  calls: { continueNow: () => andContinue('ok', 1), get: (self) => self.state },
})

const setUp = async (parts: Script = {}) => {
  script = parts
  events = []
  const nodes = new Nodes(createNode)
  const parent = await nodes.actor()
  parent.trapExit = true
  return { nodes, parent }
}
const started = async (parts: Script = {}) => {
  const world = await setUp(parts)
  const server = await world.parent.startLink(Scripted, [])
  return { ...world, server, pid: server.pid as Pid }
}
const boom = new Error('boom')
const like = (message: string): unknown => expect.objectContaining({ message })

describe('init', () => {
  test('the start is over when init is, and not before (SRV-001)', async () => {
    const hold = gate()
    const { parent, nodes } = await setUp({
      init: async () => {
        await hold.opened
        return 'ready'
      },
    })
    const starting = watched(parent.start(Scripted, []))
    await nodes.settled()
    expect(starting.state).toBe('pending')
    hold.open()
    await nodes.settled()
    expect(starting.state).toBe('resolved')
    expect(await (starting.value as ActorRef<{ calls: { get: () => string } }>).call.get()).toBe('ready')
  })

  test.each<[string, () => unknown, unknown]>([
    ['stop(reason): that reason (SRV-002)', () => stop('no database'), 'no database'],
    ['stop() is normal', () => stop(), 'normal'],
    [
      'throws: the error (SRV-005)',
      () => {
        throw boom
      },
      like('boom'),
    ],
    ['rejects: the error (SRV-005)', () => Promise.reject(boom), like('boom')],
    [
      'throws what is no error',
      () => {
        throw { code: 3 }
      },
      { nocatch: { code: 3 } },
    ],
    ['refuses: that error, and the actor itself ends normal (SRV-004)', () => refuse(boom), like('boom')],
    [
      'throws an answer, as if it were returned (SRV-006)',
      () => {
        throw stop('from deep down')
      },
      'from deep down',
    ],
    [
      'stops with a reply, which only a call can',
      () => stop('enough', { reply: 1 }),
      expect.objectContaining({ code: 'bad_return_value' }),
    ],
    [
      'answers later, which only a call can (SRV-007)',
      () => later(() => undefined),
      expect.objectContaining({ code: 'bad_return_value' }),
    ],
  ])('%s', async (_, init, reason) => {
    const { parent, nodes } = await setUp({ init })
    const error = (await rejection(parent.startLink(Scripted, []))) as StartFailed
    expect(error).toBeInstanceOf(StartFailed)
    expect(error.reason).toEqual(reason)
    expect(await parent.tryStart(Scripted, [])).toEqual({ kind: 'failed', reason })
    await nodes.settled()
    // One outcome: a rejection, and nothing afterwards (PROC-076).
    expect(await mailOf(parent)).toEqual([])
    expect(nodes.root.snapshot().actors).toHaveLength(1)
  })

  test('refuse is no crash and no harm: the actor ends normal, and its name is free (SRV-004)', async () => {
    const { parent, nodes } = await setUp({ init: () => refuse(boom) })
    parent.trapExit = false
    expect(await parent.tryStart(Scripted, [], { link: true, name: 'refused' })).toMatchObject({
      kind: 'failed',
      reason: like('boom'),
    })
    await parent.register('refused')
    expect(nodes.crashes).toEqual([])
    expect(nodes.exits).toMatchObject([{ reason: 'normal' }])
  })

  test('exits: that reason (SRV-005)', async () => {
    const { parent } = await setUp({ init: (self) => self.exit({ shutdown: 'early' }) })
    expect(await parent.tryStart(Scripted, [])).toEqual({ kind: 'failed', reason: { shutdown: 'early' } })
  })

  test('ignore: the actor ends normal, the starter learns it, nobody is hurt (SRV-003)', async () => {
    const { parent, nodes } = await setUp({ init: () => ignore() })
    expect(await parent.tryStart(Scripted, [], { link: true, monitor: true, name: 'ignored' })).toEqual({
      kind: 'ignored',
    })
    expect(await rejection(parent.start(Scripted, []))).toMatchObject({ reason: 'ignore' })
    await nodes.settled()
    expect(await mailOf(parent)).toEqual([])
    expect(nodes.exits.map(({ reason }) => reason)).toEqual(['normal', 'normal'])
    expect(parent.whereis('ignored')).toBeUndefined()
  })

  test('terminate is not for a start that failed', async () => {
    for (const init of [() => stop('no'), () => Promise.reject(boom), () => ignore()]) {
      const { parent } = await setUp({ init })
      await parent.tryStart(Scripted, [])
      expect(events).toEqual([])
    }
  })

  test('takes too long: timeout, and the half-started actor is killed (SRV-009, PROC-075)', async () => {
    const { parent, nodes } = await setUp({ init: () => new Promise(() => undefined) })
    const starting = watched(parent.tryStart(Scripted, [], { timeoutMs: 100, link: true, monitor: true, name: 'slow' }))
    await nodes.pass(99)
    expect(starting.state).toBe('pending')
    await nodes.pass(1)
    expect(starting.value).toEqual({ kind: 'failed', reason: 'timeout' })
    expect(nodes.exits).toMatchObject([{ reason: 'killed' }])
    expect(await mailOf(parent)).toEqual([])
    expect(parent.whereis('slow')).toBeUndefined()
  })

  test('mail that arrives meanwhile waits, and is handled in order afterwards', async () => {
    const hold = gate()
    const { parent, nodes } = await setUp({
      init: async () => {
        await hold.opened
        return 'ready'
      },
    })
    const starting = parent.start(Scripted, [], { name: 'server' })
    await nodes.settled()
    for (const message of ['one', 'two']) parent.send('server', message)
    await nodes.settled()
    expect(events).toEqual([])
    hold.open()
    await starting
    await nodes.settled()
    expect(events).toEqual([
      ['info', 'one'],
      ['info', 'two'],
    ])
  })

  test('a fatal exit signal ends it in the middle; the start fails with that reason', async () => {
    const { parent, nodes } = await setUp({ init: () => new Promise(() => undefined) })
    const starting = watched(parent.tryStart(Scripted, [], { name: 'server' }))
    await nodes.settled()
    nodes.main.exit('server', 'enough')
    await nodes.settled()
    expect(starting).toEqual({ state: 'resolved', value: { kind: 'failed', reason: 'enough' } })
  })

  test('a linked starter that ends takes the half-started actor with it', async () => {
    const { parent, nodes } = await setUp({ init: () => new Promise(() => undefined) })
    void parent.startLink(Scripted, [], { name: 'server' })
    await nodes.settled()
    const pid = parent.whereis('server') as Pid
    nodes.main.exit(parent.pid, 'kill')
    await nodes.settled()
    expect(await nodes.main.isAlive(pid)).toBe(false)
    expect(nodes.exits.at(-1)).toMatchObject({ reason: 'killed' })
  })
})

describe('continue', () => {
  test('of init runs when the start is over, and before anything in the mailbox (SRV-031, SRV-032)', async () => {
    const hold = gate()
    const { parent, nodes } = await setUp({
      init: async () => {
        await hold.opened
        return andContinue('state', 'load')
      },
    })
    const starting = parent.start(Scripted, [], { name: 'server' }).then(() => events.push('started'))
    await nodes.settled()
    parent.send('server', 'early mail')
    hold.open()
    await starting
    await nodes.settled()
    expect(events.filter((event) => event !== 'started')).toEqual([
      ['continue', 'load'],
      ['info', 'early mail'],
    ])
  })

  test('of a handler runs after the reply and before queued mail (SRV-031)', async () => {
    const { parent, nodes, server, pid } = await started({ call: () => andContinue('reply', 'more') })
    const call = server.call.run()
    parent.send(pid, 'queued')
    expect(await call).toBe('reply')
    await nodes.settled()
    expect(events).toEqual([
      ['continue', 'more'],
      ['info', 'queued'],
    ])
  })

  test.each<[string, (answer: unknown) => unknown]>([
    ['andContinue', (answer) => andContinue(answer, 'more')],
    ['andTimeout', (answer) => andTimeout(answer, 10)],
  ])('%s goes with an answer that comes later, and with a refusal (SRV-031)', async (name, and) => {
    let kept: From | undefined
    const { nodes, server } = await started({
      call: (_self, how) => and(how === 'later' ? later((from) => (kept = from)) : refuse(boom)),
      continue: () => kept && reply(kept, 'from continue'),
      info: () => kept && reply(kept, 'from info'),
    })
    const call = watched(server.call.run('later'))
    await nodes.pass(10)
    expect(call).toEqual({ state: 'resolved', value: name === 'andContinue' ? 'from continue' : 'from info' })
    expect(await rejection(server.call.run('refuse'))).toEqual(boom)
    await nodes.pass(10)
    expect(events).toHaveLength(2)
    expect(nodes.crashes).toEqual([])
  })

  test.each([
    andContinue(
      later(() => undefined),
      1,
    ),
    andContinue(stop(), 1),
    andContinue(ignore(), 1),
  ])('of what can have none is a crash that says so', async (answer) => {
    const { nodes, server, parent } = await started({ cast: () => answer })
    server.cast.run()
    await nodes.settled()
    expect(await mailOf(parent)).toMatchObject([{ reason: { code: 'bad_return_value' } }])
    const init = await parent.tryStart(Scripted, [], { name: 'other' })
    expect(init).toMatchObject({ kind: 'started' })
    script = { init: () => answer }
    expect(await parent.tryStart(Scripted, [])).toMatchObject({ reason: { code: 'bad_return_value' } })
  })

  test('one that awaits holds the mailbox back until it is done', async () => {
    const hold = gate()
    const { parent, nodes, server, pid } = await started({
      call: () => andContinue('reply', 1),
      continue: async () => {
        await hold.opened
        events.push('continued')
      },
    })
    await server.call.run()
    parent.send(pid, 'queued')
    await nodes.settled()
    expect(events).toEqual([['continue', 1]])
    hold.open()
    await nodes.settled()
    expect(events).toEqual([['continue', 1], 'continued', ['info', 'queued']])
  })

  test('may go on for ever: 100,000 steps need no stack, and timers and neighbours get their turns (SRV-031)', async () => {
    let steps = 0
    const { nodes, parent, server } = await started({
      call: () => andContinue('reply', 0),
      continue: () => (++steps < 100_000 ? andContinue(undefined, steps) : undefined),
    })
    let seenAt = 0
    const neighbour = await parent.spawn(async (self) => {
      await self.receive((on) => on.with('go', () => undefined))
      seenAt = steps
    })
    await server.call.run()
    parent.send(neighbour, 'go')
    await nodes.settled()
    expect(steps).toBe(100_000)
    expect(seenAt).toBeLessThan(10_000)
    expect(nodes.crashes).toEqual([])
  })

  test('without a continue the actor crashes and says why (SRV-036)', async () => {
    const { parent, nodes } = await setUp()
    const bare = await parent.startLink(Bare, [])
    expect(await bare.call.continueNow()).toBe('ok')
    await nodes.settled()
    expect(await mailOf(parent)).toMatchObject([{ reason: { code: 'undefined_continue' } }])
  })

  test('from the code after an exit signal nothing continues', async () => {
    const { nodes, server, parent } = await started({
      call: (self) => {
        self.exit(self.pid, 'now')
        return andContinue(1, 2)
      },
    })
    expect(await rejection(server.call.run())).toMatchObject({ reason: 'now' })
    await nodes.settled()
    expect(events).toEqual([])
    expect(await mailOf(parent)).toHaveLength(1)
  })
})

describe('one message at a time', () => {
  test('the next is taken when the handler’s promise has settled; nothing re-enters', async () => {
    const hold = gate()
    let inside = 0
    let most = 0
    const { nodes, server } = await started({
      call: async (_self, n) => {
        most = Math.max(most, ++inside)
        if (n === 0) await hold.opened
        await Promise.resolve()
        inside--
        return n
      },
    })
    const calls = [0, 1, 2].map((n) => server.call.run(n))
    await nodes.settled()
    expect(most).toBe(1)
    hold.open()
    expect(await Promise.all(calls)).toEqual([0, 1, 2])
    expect(most).toBe(1)
  })

  test('calls, casts and messages of one sender are handled in the order of sending (SRV-020)', async () => {
    const { nodes, server, parent, pid } = await started({
      call: (_self, n) => events.push(['call', n]),
      cast: async (_self, n) => {
        await Promise.resolve()
        events.push(['cast', n])
      },
    })
    for (let i = 0; i < 9; i += 3) {
      void server.call.run(i)
      server.cast.run(i + 1)
      parent.send(pid, i + 2)
    }
    await nodes.settled()
    expect(events.map((event) => (event as [string, number])[1])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  })

  test('a handler may receive: it takes from its own mailbox, and what it leaves is handled later', async () => {
    const { nodes, server, parent, pid } = await started({
      call: (self) => self.receive((on) => on.with({ wanted: true }, () => 'found')),
    })
    const call = server.call.run()
    for (const message of ['other', { wanted: true }, 'last']) parent.send(pid, message)
    expect(await call).toBe('found')
    await nodes.settled()
    expect(events).toEqual([
      ['info', 'other'],
      ['info', 'last'],
    ])
  })

  test('a thenable is awaited like a promise', async () => {
    const { server } = await started({
      call: () => ({
        then: (resolve: (value: string) => void) => {
          resolve('of a library')
        },
      }),
    })
    expect(await server.call.run()).toBe('of a library')
  })
})

describe('an answer that a handler throws is one that it returns (SRV-037)', () => {
  const thrown = (answer: unknown) => (): never => {
    throw answer
  }

  test.each<[string, unknown, unknown]>([
    ['refuse()', refuse(boom), like('boom')],
    ['stop() with a reply', stop('normal', { reply: 'bye' }), 'bye'],
    ['later()', later((from) => reply(from, 'given later')), 'given later'],
    ['andContinue()', andContinue('first', 'then'), 'first'],
  ])('%s', async (_, answer, expected) => {
    for (const run of [thrown(answer), () => Promise.reject(answer)]) {
      const { nodes, server } = await started({ call: run, continue: () => undefined })
      const outcome = watched(server.call.run())
      await nodes.settled()
      expect(outcome.value).toEqual(expected)
      expect(nodes.crashes).toEqual([])
    }
  })

  test('one that its caller cannot have is a crash all the same', async () => {
    const { nodes, server, parent } = await started({ cast: thrown(refuse(boom)) })
    server.cast.run()
    await nodes.settled()
    expect(await mailOf(parent)).toMatchObject([{ reason: { code: 'bad_return_value' } }])
  })
})

describe('a cast that answers though nobody asked is a crash that says so', () => {
  test.each<[string, NonNullable<Script['cast']>]>([
    ['refuse()', () => refuse(boom)],
    ['later()', () => later(() => undefined)],
    ['later(), after a while', () => Promise.resolve(later(() => undefined))],
    ['stop() with a reply', () => stop('finished', { reply: 1 })],
  ])('%s', async (title, cast) => {
    const { nodes, server, parent } = await started({ cast })
    server.cast.run()
    await nodes.settled()
    const [word] = title.split(',')
    expect(await mailOf(parent)).toMatchObject([
      { reason: { code: 'bad_return_value', message: expect.stringContaining(`run returned ${word}`) } },
    ])
  })

  test('stop() without one is no answer', async () => {
    const { nodes, server, parent } = await started({ cast: () => stop('finished') })
    server.cast.run()
    await nodes.settled()
    expect(await mailOf(parent)).toMatchObject([{ reason: 'finished' }])
  })
})

describe('the end', () => {
  test.each<[string, Script['call'], unknown, unknown]>([
    ['stop(reason)', () => stop('finished'), 'finished', 'finished'],
    ['stop() is normal', () => stop(), 'normal', 'normal'],
    ['exit(reason)', (self) => self.exit('left'), 'left', 'left'],
    [
      'a throw',
      () => {
        throw boom
      },
      like('boom'),
      like('boom'),
    ],
    ['a rejection', () => Promise.reject(boom), like('boom'), like('boom')],
    [
      'a throw of what is no error',
      () => {
        throw 'text'
      },
      { nocatch: 'text' },
      { nocatch: 'text' },
    ],
    [
      'ignore(), which only init can',
      () => ignore(),
      expect.objectContaining({ code: 'bad_return_value' }),
      expect.objectContaining({ code: 'bad_return_value' }),
    ],
    [
      'a reply that cannot be sent',
      () => () => 1,
      expect.objectContaining({ code: 'not_sendable' }),
      expect.objectContaining({ code: 'not_sendable' }),
    ],
    [
      'a reply that cannot be sent, later',
      async () => Symbol('no'),
      expect.objectContaining({ code: 'not_sendable' }),
      expect.objectContaining({ code: 'not_sendable' }),
    ],
    [
      'a last reply that cannot be sent',
      () => stop('finished', { reply: () => 1 }),
      'finished',
      expect.objectContaining({ code: 'not_sendable' }),
    ],
  ])('%s: terminate hears the reason, once, then the actor exits with it (SRV-039)', async (_, call, told, reason) => {
    const { nodes, server, parent } = await started({ call })
    expect(await rejection(server.call.run())).toMatchObject({ reason })
    await nodes.settled()
    expect(events).toEqual([['terminate', told]])
    expect(await mailOf(parent)).toMatchObject([{ reason }])
  })

  test('terminate runs while the actor still lives: it may send, and has its state', async () => {
    const { nodes, server, parent } = await started({
      call: (self) => {
        self.state = 'changed'
        return stop('bye')
      },
      terminate: (self) => self.send(self.parent as Pid, `last words of ${self.state}`),
    })
    void server.call.run().catch(() => undefined)
    await nodes.settled()
    expect(await mailOf(parent)).toEqual(['last words of changed', new Exit(server.pid as Pid, 'bye')])
  })

  test('one that awaits is waited for, and nothing else is handled meanwhile', async () => {
    const hold = gate()
    const { nodes, server, parent, pid } = await started({ cast: () => stop('bye'), terminate: () => hold.opened })
    server.cast.run()
    parent.send(pid, 'too late')
    await nodes.settled()
    expect(await nodes.main.isAlive(pid)).toBe(true)
    expect(events).toEqual([['terminate', 'bye']])
    hold.open()
    await nodes.settled()
    expect(events).toEqual([['terminate', 'bye']])
    expect(await mailOf(parent)).toEqual([new Exit(pid, 'bye')])
  })

  test.each<[string, () => unknown, unknown]>([
    [
      'throws',
      () => {
        throw new Error('worse')
      },
      like('worse'),
    ],
    ['rejects', () => Promise.reject(new Error('worse')), like('worse')],
    [
      'throws what is no error',
      () => {
        throw { code: 9 }
      },
      { nocatch: { code: 9 } },
    ],
  ])('terminate %s: the actor exits with that instead (SRV-040)', async (_, terminate, reason) => {
    const { nodes, server, parent } = await started({ cast: () => stop('bye'), terminate })
    server.cast.run()
    await nodes.settled()
    expect(await mailOf(parent)).toMatchObject([{ reason }])
  })

  test('the last reply is sent after terminate, even when terminate fails (SRV-018)', async () => {
    const { server } = await started({
      call: () => stop('bye', { reply: 'the reply' }),
      terminate: async () => {
        await Promise.resolve()
        events.push('terminated')
        throw new Error('worse')
      },
    })
    const replied = server.call.run().then((value) => events.push(value))
    await replied
    expect(events).toEqual([['terminate', 'bye'], 'terminated', 'the reply'])
  })

  test('a reply of undefined is a reply', async () => {
    const { server } = await started({ call: () => stop('bye', { reply: undefined }) })
    expect(await server.call.run()).toBeUndefined()
  })

  test('a kill during terminate ends it there (PROC-037)', async () => {
    const { nodes, server, parent, pid } = await started({
      cast: () => stop('bye'),
      terminate: () => new Promise(() => undefined),
    })
    server.cast.run()
    await nodes.settled()
    nodes.main.exit(pid, 'kill')
    await nodes.settled()
    expect(await mailOf(parent)).toEqual([new Exit(pid, 'killed')])
  })

  test('without terminate nothing is missing (SRV-036)', async () => {
    const { nodes, parent } = await setUp()
    const bare = await parent.startLink(Bare, [])
    nodes.main.exit(bare.pid as Pid, 'bye')
    await nodes.settled()
    expect(await mailOf(parent)).toEqual([new Exit(bare.pid as Pid, 'bye')])
  })
})

describe('exit signals', () => {
  test('of anybody end a server that does not trap, without terminate (SRV-042)', async () => {
    for (const from of ['parent', 'main'] as const) {
      const { nodes, parent, pid } = await started()
      const sender = from === 'parent' ? parent : nodes.main
      sender.exit(pid, 'shutdown')
      await nodes.settled()
      expect(events).toEqual([])
      expect(await mailOf(parent)).toEqual([new Exit(pid, 'shutdown')])
    }
  })

  test.each(['shutdown', 'normal', { shutdown: 'now' }, 'anything'])(
    'of the parent, %o, end one that traps through terminate, never through info (SRV-041)',
    async (reason) => {
      const { nodes, parent, pid } = await started({
        init: (self) => {
          self.trapExit = true
          return 'trapping'
        },
      })
      parent.exit(pid, reason)
      await nodes.settled()
      expect(events).toEqual([['terminate', reason]])
      expect(await mailOf(parent)).toEqual([new Exit(pid, reason)])
    },
  )

  test('the parent’s end is its exit signal', async () => {
    const { nodes, parent, pid } = await started({
      init: (self) => {
        self.trapExit = true
        return 'trapping'
      },
    })
    nodes.main.exit(parent.pid, 'kill')
    await nodes.settled()
    expect(events).toEqual([['terminate', 'killed']])
    expect(await nodes.main.isAlive(pid)).toBe(false)
  })

  test('of others are messages to one that traps (SRV-043)', async () => {
    const { nodes, pid } = await started({
      init: (self) => {
        self.trapExit = true
        return 'trapping'
      },
    })
    const stranger = await nodes.actor()
    stranger.exit(pid, 'shutdown')
    await nodes.settled()
    expect(events).toEqual([['info', new Exit(stranger.pid, 'shutdown')]])
    expect(await nodes.main.isAlive(pid)).toBe(true)
  })

  test('of others do not hurt one that traps and has no info', async () => {
    const { nodes, parent } = await setUp()
    const Trapping = defineServer(import.meta, 'Trapping', {
      init: (self) => (self.trapExit = true),
      calls: { get: (self) => self.state },
    })
    const server = await parent.start(Trapping, [])
    nodes.main.exit(server.pid as Pid, 'shutdown')
    await nodes.settled()
    expect(await server.call.get()).toBe(true)
  })

  test('of the parent during a handler that awaits take effect after it (trapping) or at once (not trapping)', async () => {
    for (const traps of [true, false]) {
      const hold = gate()
      const { nodes, parent, pid, server } = await started({
        init: (self) => {
          self.trapExit = traps
          return 'x'
        },
        cast: async () => {
          await hold.opened
          events.push('handled')
        },
      })
      server.cast.run()
      await nodes.settled()
      parent.exit(pid, 'shutdown')
      await nodes.settled()
      expect(await nodes.main.isAlive(pid)).toBe(traps)
      hold.open()
      await nodes.settled()
      expect(events).toEqual(traps ? ['handled', ['terminate', 'shutdown']] : ['handled'])
      expect(await nodes.main.isAlive(pid)).toBe(false)
    }
  })
})

describe('what a server does not know', () => {
  test('a cast is dropped with a warning; it lives on', async () => {
    const { nodes, server } = await started()
    ;(server.cast as unknown as Record<string, () => boolean>)['missing']!()
    expect(await server.call.get()).toBe('state')
    expect(nodes.log).toMatchObject([{ level: 'warning', text: expect.stringContaining('missing') as string }])
  })

  test('a message without info is dropped with a warning (SRV-036)', async () => {
    const { nodes, parent } = await setUp()
    const bare = await parent.start(Bare, [])
    parent.send(bare.pid as Pid, 'hello')
    expect(await bare.call.get()).toBe('bare')
    expect(nodes.log).toMatchObject([{ level: 'warning', text: expect.stringContaining('no info') as string }])
  })
})

describe('info', () => {
  test('hears messages, monitors and timers, as what they are', async () => {
    const { nodes, parent, server, pid } = await started({
      call: (self) => [self.startTimer(10, 'tick'), self.monitor(parent.pid)],
    })
    const [timer, monitor] = (await server.call.run()) as [number, number]
    parent.send(pid, { plain: true })
    await nodes.pass(10)
    parent.unlink(pid)
    nodes.main.exit(parent.pid, 'kill')
    await nodes.settled()
    expect(events).toEqual([
      ['info', { plain: true }],
      ['info', new Timeout(timer, 'tick')],
      ['info', expect.objectContaining({ ref: monitor, target: parent.pid, reason: 'killed' })],
    ])
  })

  test('an error in it is a crash', async () => {
    const { nodes, parent, pid } = await started({
      info: () => {
        throw boom
      },
    })
    parent.send(pid, 'x')
    await nodes.settled()
    expect(events).toEqual([
      ['info', 'x'],
      ['terminate', like('boom')],
    ])
    expect(await mailOf(parent)).toMatchObject([{ reason: { message: 'boom' } }])
  })

  test('a From in a message can be answered from it (SRV-016)', async () => {
    const { parent, nodes, server, pid } = await started({
      call: () =>
        later((from) => {
          froms.push(from)
        }),
      info: (_self, from) => reply(from as From<string>, 'from info'),
    })
    const froms: From[] = []
    const call = server.call.run()
    await nodes.settled()
    const holder = await nodes.actor()
    parent.send(holder.pid, 0)
    // The right to reply is handed back to the server in a message.
    ;(await nodes.actor()).send(pid, froms[0])
    expect(await call).toBe('from info')
  })
})

describe('leftovers of an actor that has ended', () => {
  test('a handler that was awaiting something foreign runs on, but what it returns changes nothing', async () => {
    const hold = gate()
    const { nodes, server, parent, pid } = await started({
      call: async () => {
        await hold.opened
        events.push('leftover')
        return stop('other')
      },
    })
    const call = watched(server.call.run())
    await nodes.settled()
    nodes.main.exit(pid, 'first')
    hold.open()
    await nodes.settled()
    expect(events).toEqual(['leftover'])
    expect(call).toMatchObject({ state: 'rejected', value: { reason: 'first' } })
    expect(await mailOf(parent)).toEqual([new Exit(pid, 'first')])
  })

  test.each([
    ['a handler', 'call'],
    ['init', 'init'],
    ['terminate', 'terminate'],
  ] as const)('an error of %s is logged and ends nothing', async (_, where) => {
    const hold = gate()
    const failing = async (): Promise<void> => {
      await hold.opened
      throw new Error('left over')
    }
    const { nodes, parent } = await setUp({
      [where]: failing,
      ...(where === 'terminate' && { cast: () => stop('bye') }),
    })
    const starting = watched(parent.start(Scripted, [], { name: 'server' }))
    await nodes.settled()
    if (where === 'call')
      (starting.value as ActorRef<{ calls: { run: () => unknown } }>).call.run().catch(() => undefined)
    if (where === 'terminate') (starting.value as ActorRef<{ casts: { run: () => void } }>).cast.run()
    await nodes.settled()
    nodes.main.exit('server', 'kill')
    hold.open()
    await nodes.settled()
    expect(nodes.exits).toMatchObject([{ reason: 'killed' }])
    expect(nodes.log).toMatchObject([
      { level: 'warning', text: expect.stringContaining('leftover') as string, data: { message: 'left over' } },
    ])
  })
})
