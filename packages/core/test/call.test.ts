import { describe, expect, test } from 'vitest'
import {
  ActorExited,
  CallFailed,
  createNode,
  defineActor,
  defineServer,
  InvalidOption,
  later,
  refuse,
  registerError,
  registerType,
  reply,
  stop,
} from '../src/index.ts'
import type { ActorRef, ExitReason, From, NodeId, Pid } from '../src/index.ts'
import { gate, rejection, watched } from '../../../test/support/gate.ts'
import { mailOf, Nodes, THREAD } from '../../../test/support/nodes.ts'

class Overdrawn extends Error {
  readonly missing: number
  constructor(missing: number) {
    super(`${missing} missing`)
    this.name = 'Overdrawn'
    this.missing = missing
  }
}
registerError(Overdrawn)

/** Bytes that no reader understands. */
class Poison {
  readonly sent = true
}
registerType({
  name: 'Poison',
  class: Poison,
  encode: () => 0,
  decode: () => {
    throw new Error('it cannot be read')
  },
})

let opened = gate()
let froms: From<unknown>[] = []

const Account = defineServer(import.meta, 'Account', {
  init: (_self, balance: number) => ({ balance }),
  calls: {
    add: (self, by: number) => (self.state.balance += by),
    addLater: async (self, by: number) => {
      await opened.opened
      return (self.state.balance += by)
    },
    withdraw: (self, n: number) =>
      n > self.state.balance ? refuse(new Overdrawn(n - self.state.balance)) : (self.state.balance -= n),
    refuseFunction: () => refuse(() => 1),
    refuseOption: () => refuse(new InvalidOption('log', function log() {}, 'use no function')),
    echo: (_self, value: unknown) => value,
    crash: (_self, reason: unknown) => {
      throw reason
    },
    exit: (self, reason: unknown) => self.exit(reason),
    exitSelf: (self, reason: string) => {
      self.exit(self.pid, reason)
      return 'too late'
    },
    stop: (_self, reason: unknown) => stop(reason),
    stopWith: (_self, reason: unknown) => stop(reason, { reply: 'bye' }),
    wait: () => later<unknown>((from) => froms.push(from)),
    delegate: (self, to: Pid) => later<unknown>((from) => self.send(to, from)),
    callBack: (_self, ref: ActorRef<{ calls: { add: (by: number) => number } }>) => ref.call.add(1),
    badReply: () => () => 1,
  },
})
type AccountRef = ActorRef<{ calls: Record<string, (...args: unknown[]) => unknown> }>

/** Both in one node, and each in its own: the laws are the same. */
describe.each([
  ['in one node', 1],
  ['across two nodes', 2],
])('%s', (_where, far: NodeId) => {
  const setUp = async (mailbox?: { count: number; overflow: 'refuse' | 'drop_newest' | 'drop_oldest' | 'exit' }) => {
    opened = gate()
    froms = []
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const caller = await nodes.actor()
    const starting = nodes.main.start(Account, [10], {
      isolation: far === 1 ? 'inline' : 'thread',
      ...(mailbox && { mailbox }),
    })
    await nodes.settled()
    const pid = (await starting).pid as Pid
    const account = caller.ref(Account, pid) as AccountRef
    /** The reason of a call that failed. */
    const reasonOf = async (call: Promise<unknown>): Promise<ExitReason> => {
      const seen = watched(call)
      await nodes.settled()
      expect(seen.state).toBe('rejected')
      expect(seen.value).toBeInstanceOf(CallFailed)
      return (seen.value as CallFailed).reason
    }
    const settle = async <T>(call: Promise<T>): Promise<T> => {
      const seen = watched(call)
      await nodes.settled()
      expect(seen.state).not.toBe('pending')
      return call
    }
    return { nodes, caller, account, pid, reasonOf, settle }
  }

  describe('replies', () => {
    test('what a handler returns is the reply (SRV-011)', async () => {
      const { account, settle } = await setUp()
      expect(await settle(account.call['add']!(5))).toBe(15)
    })

    test('a handler that awaits replies when it is done', async () => {
      const { nodes, account, settle } = await setUp()
      const call = watched(account.call['addLater']!(5))
      await nodes.settled()
      expect(call.state).toBe('pending')
      opened.open()
      expect(await settle(account.call['add']!(1))).toBe(16)
      expect(call).toEqual({ state: 'resolved', value: 15 })
    })

    test.each([undefined, null, 0, '', false, Number.NaN, -0, 10n, [], {}, new Map([[1, { two: 2 }]]), new Date(9)])(
      '%o is a reply like any other',
      async (value) => {
        const { account, settle } = await setUp()
        expect(await settle(account.call['echo']!(value))).toEqual(value)
      },
    )

    test('calls of one caller are handled in the order of sending (SRV-020)', async () => {
      const { account, settle } = await setUp()
      const calls = Array.from({ length: 50 }, () => account.call['add']!(1))
      expect(await settle(Promise.all(calls))).toEqual(Array.from({ length: 50 }, (_, i) => 11 + i))
    })

    test('a reply never lies in the mailbox of the caller', async () => {
      const { account, caller, settle } = await setUp()
      await settle(account.call['add']!(5))
      expect(await mailOf(caller)).toEqual([])
    })

    test('a reply passes whatever waits in the mailbox of the caller', async () => {
      const { account, caller, nodes, settle } = await setUp()
      for (let i = 0; i < 100; i++) nodes.main.send(caller.pid, i)
      expect(await settle(account.call['add']!(5))).toBe(15)
    })

    test('a refusal fails the caller only, with the error itself; the server lives on', async () => {
      const { account, nodes, settle } = await setUp()
      const failing = rejection(account.call['withdraw']!(25))
      await nodes.settled()
      const error = await failing
      expect(error).toBeInstanceOf(Overdrawn)
      expect(error).toMatchObject({ missing: 15, message: '15 missing' })
      expect(await settle(account.call['withdraw']!(4))).toBe(6)
    })

    test('a refusal that cannot be sent says so to the caller and does not hurt the server', async () => {
      const { account, nodes, settle } = await setUp()
      const failing = rejection(account.call['refuseFunction']!())
      await nodes.settled()
      expect(await failing).toMatchObject({ code: 'refused' })
      expect(await settle(account.call['add']!(0))).toBe(10)
    })

    test('an error that holds something that cannot be sent keeps its class, and that is printed', async () => {
      const { account, nodes } = await setUp()
      const failing = rejection(account.call['refuseOption']!())
      await nodes.settled()
      const error = await failing
      expect(error).toBeInstanceOf(InvalidOption)
      expect(error).toMatchObject({ code: 'invalid_option', field: 'log', value: '[function log]' })
      expect((error as Error).message).toMatch(/^log is function log: use no function/)
    })

    test('a call that the server has not is undefined_call for the caller only', async () => {
      const { account, reasonOf, settle } = await setUp()
      expect(await reasonOf(account.call['missing']!(1))).toBe('undefined_call')
      const { message } = (await rejection(account.call['missing']!(1))) as Error
      expect(message).toMatch(/undefined_call.*: those of \w+ are .*echo/)
      expect(await settle(account.call['add']!(0))).toBe(10)
    })

    test('what Object.prototype has is no call', async () => {
      const { account, reasonOf } = await setUp()
      for (const name of ['toString', 'hasOwnProperty', '__proto__', 'valueOf'])
        expect(await reasonOf(account.call[name]!())).toBe('undefined_call')
    })
  })

  describe('replies given later', () => {
    test('from a later moment (SRV-016)', async () => {
      const { account, nodes, settle } = await setUp()
      const call = account.call['wait']!()
      await nodes.settled()
      expect(await settle(account.call['add']!(1))).toBe(11)
      reply(froms[0]!, 'now')
      expect(await settle(call)).toBe('now')
    })

    test.each([
      ['on the node of the caller', 1],
      ['on a third', 2],
    ])('from another actor that was handed the right to reply, %s (SRV-016)', async (_, home) => {
      const { account, nodes, settle } = await setUp()
      const delegate = await nodes.actor(home)
      const call = account.call['delegate']!(delegate.pid)
      await nodes.settled()
      const [from] = (await mailOf(delegate)) as From<unknown>[]
      reply(from!, 'by another')
      expect(await settle(call)).toBe('by another')
    })

    test('after a delegated reply the end of the one who was asked is no news', async () => {
      const { account, nodes, pid, caller, settle } = await setUp()
      const delegate = await nodes.actor()
      const call = account.call['delegate']!(delegate.pid)
      await nodes.settled()
      reply(((await mailOf(delegate)) as From<unknown>[])[0]!, 1)
      expect(await settle(call)).toBe(1)
      nodes.main.exit(pid, 'kill')
      await nodes.settled()
      expect(await mailOf(caller)).toEqual([])
    })

    test('a second reply is harmless and nobody sees it (SRV-017)', async () => {
      const { account, nodes, caller, settle } = await setUp()
      const call = account.call['wait']!()
      await nodes.settled()
      for (const value of ['first', 'second', 'third']) reply(froms[0]!, value)
      expect(await settle(call)).toBe('first')
      await nodes.settled()
      expect(await mailOf(caller)).toEqual([])
      expect(nodes.deadLetters.map(({ why }) => why)).toEqual(['late_reply', 'late_reply'])
      expect(await settle(account.call['add']!(1))).toBe(11)
    })

    test('a reply to a caller that has ended is harmless (SRV-017)', async () => {
      const { account, nodes, caller } = await setUp()
      void account.call['wait']!()
      await nodes.settled()
      nodes.main.exit(caller.pid, 'kill')
      await nodes.settled()
      reply(froms[0]!, 'anybody?')
      await nodes.settled()
      expect(nodes.crashes.filter(({ behaviour }) => behaviour === 'Account')).toEqual([])
    })

    test('a caller hears of the end of whom it asked while the reply is owed', async () => {
      const { account, nodes, pid, reasonOf } = await setUp()
      const call = account.call['wait']!()
      await nodes.settled()
      nodes.main.exit(pid, 'boom')
      expect(await reasonOf(call)).toBe('boom')
    })
  })

  describe('a server that ends without a reply: its exit reason is the caller’s (SRV-012, SRV-013, SRV-019)', () => {
    test.each<[string, string, unknown, unknown]>([
      ['throws', 'crash', new Error('boom'), expect.objectContaining({ message: 'boom' })],
      ['exits', 'exit', { why: 'me' }, { why: 'me' }],
      ['exits normal', 'exit', 'normal', 'normal'],
      ['stops with shutdown', 'stop', 'shutdown', 'shutdown'],
      ['stops normal', 'stop', 'normal', 'normal'],
      ['sends itself an exit signal in the middle of its handler', 'exitSelf', 'suicide', 'suicide'],
      ['returns what cannot be sent', 'badReply', undefined, expect.objectContaining({ code: 'not_sendable' })],
    ])('%s', async (_, name, argument, reason) => {
      const { account, reasonOf } = await setUp()
      expect(await reasonOf(account.call[name]!(argument))).toEqual(reason)
    })

    test('killed while its handler awaits', async () => {
      const { account, nodes, pid, reasonOf } = await setUp()
      const call = account.call['addLater']!(1)
      await nodes.settled()
      nodes.main.exit(pid, 'kill')
      expect(await reasonOf(call)).toBe('killed')
    })

    test('killed while the call lies in its mailbox', async () => {
      const { account, nodes, pid, reasonOf } = await setUp()
      void account.call['addLater']!(1).catch(() => undefined)
      const call = account.call['add']!(1)
      await nodes.settled()
      nodes.main.exit(pid, 'boom')
      expect(await reasonOf(call)).toBe('boom')
    })

    test('all callers hear it, also those that wait', async () => {
      const { account, nodes, pid } = await setUp()
      const calls = [account.call['wait']!(), account.call['addLater']!(1), account.call['add']!(1)].map((call) =>
        rejection(call),
      )
      await nodes.settled()
      nodes.main.exit(pid, 'boom')
      await nodes.settled()
      expect((await Promise.all(calls)).map((error) => (error as CallFailed).reason)).toEqual(['boom', 'boom', 'boom'])
    })

    test('an error in the reason is the cause of the failure', async () => {
      const { account, nodes } = await setUp()
      const failing = rejection(account.call['crash']!(new RangeError('deep')))
      await nodes.settled()
      const error = (await failing) as CallFailed
      expect(error.code).toBe('exited')
      expect(error.cause).toBeInstanceOf(RangeError)
      expect(error.message).toContain('call crash to')
      expect(error.message).toContain('RangeError: deep')
    })

    test('terminate runs before the last reply is sent, whatever the reason (SRV-018)', async () => {
      const { account, nodes, pid, settle } = await setUp()
      expect(await settle(account.call['stopWith']!('boom'))).toBe('bye')
      expect(await nodes.main.isAlive(pid)).toBe(false)
    })

    test('it has ended already: noproc, at once (SRV-012)', async () => {
      const { account, nodes, pid, reasonOf } = await setUp()
      nodes.main.exit(pid, 'kill')
      await nodes.settled()
      expect(await reasonOf(account.call['add']!(1))).toBe('noproc')
    })

    test('an actor that takes the call by receive cannot answer, but its end is told', async () => {
      const { nodes, caller, reasonOf } = await setUp()
      const taker = await nodes.actor(far)
      const call = (caller.ref(Account, taker.pid) as AccountRef).call['add']!(1)
      await nodes.settled()
      expect(await mailOf(taker)).toEqual([['add', 1]])
      nodes.main.exit(taker.pid, 'unanswered')
      expect(await reasonOf(call)).toBe('unanswered')
    })
  })

  describe('time', () => {
    test('5,000 ms is the default (SRV-011, SRV-012)', async () => {
      const { account, nodes } = await setUp()
      const call = watched(account.call['wait']!())
      await nodes.pass(4_999)
      expect(call.state).toBe('pending')
      await nodes.pass(1)
      expect(call).toMatchObject({ state: 'rejected', value: { reason: 'timeout', code: 'timeout', call: 'wait' } })
    })

    test('within sets another, for that reference only', async () => {
      const { account, nodes } = await setUp()
      const [short, long] = [watched(account.within(250).call['wait']!()), watched(account.call['wait']!())]
      await nodes.pass(250)
      expect([short.state, long.state]).toEqual(['rejected', 'pending'])
    })

    test('Infinity waits as long as the actor lives', async () => {
      const { account, nodes, pid } = await setUp()
      const call = watched(account.within(Infinity).call['wait']!())
      await nodes.pass(10 ** 10)
      expect(call.state).toBe('pending')
      nodes.main.exit(pid, 'boom')
      await nodes.settled()
      expect(call).toMatchObject({ state: 'rejected', value: { reason: 'boom' } })
    })

    test('only the caller is affected: the server finishes (SRV-014)', async () => {
      const { account, nodes, settle } = await setUp()
      const call = watched(account.within(10).call['addLater']!(5))
      await nodes.pass(10)
      expect(call.state).toBe('rejected')
      opened.open()
      await nodes.settled()
      expect(await settle(account.call['add']!(0))).toBe(15)
    })

    test('a late reply is dropped and counted; nothing reaches the mailbox (SRV-015)', async () => {
      const { account, nodes, caller } = await setUp()
      const call = watched(account.within(10).call['wait']!())
      await nodes.pass(10)
      reply(froms[0]!, 'late')
      await nodes.settled()
      expect(call.state).toBe('rejected')
      expect(await mailOf(caller)).toEqual([])
      expect(nodes.deadLetters.map(({ why }) => why)).toEqual(['late_reply'])
    })

    test('the end of a server that timed out is no news (SRV-015)', async () => {
      const { account, nodes, pid, caller } = await setUp()
      void account.within(10).call['wait']!().catch(() => undefined)
      await nodes.pass(10)
      nodes.main.exit(pid, 'boom')
      await nodes.settled()
      expect(await mailOf(caller)).toEqual([])
    })

    test('a reply stops the clock', async () => {
      const { account, nodes, settle } = await setUp()
      await settle(account.call['add']!(1))
      await nodes.pass(6_000)
      expect(nodes.clock.count).toBe(0)
    })
  })

  describe('a caller that ends', () => {
    test('its call never settles, not even when the reply comes', async () => {
      const { account, nodes, caller } = await setUp()
      const call = watched(account.call['wait']!())
      await nodes.settled()
      nodes.main.exit(caller.pid, 'kill')
      await nodes.settled()
      reply(froms[0]!, 'late')
      await nodes.pass(10_000)
      expect(call.state).toBe('pending')
    })

    test('cannot call any more', async () => {
      const { account, nodes, caller } = await setUp()
      nodes.main.exit(caller.pid, 'kill')
      expect(() => account.call['add']!(1)).toThrow(ActorExited)
    })
  })

  describe('a mailbox that is full', () => {
    test.each(['refuse', 'drop_newest'] as const)(
      '%s: the call that finds no room is overloaded, at once',
      async (overflow) => {
        const { account, reasonOf } = await setUp({ count: 2, overflow })
        for (let i = 0; i < 3; i++) account.call['addLater']!(1).catch(() => undefined)
        expect(await reasonOf(account.call['add']!(1))).toBe('overloaded')
      },
    )

    test('drop_oldest: the oldest waiting call is overloaded', async () => {
      const { account, nodes } = await setUp({ count: 1, overflow: 'drop_oldest' })
      const running = watched(account.call['addLater']!(1))
      await nodes.settled()
      const [oldest, newest] = [watched(account.call['add']!(1)), watched(account.call['add']!(1))]
      await nodes.settled()
      expect(oldest).toMatchObject({ state: 'rejected', value: { reason: 'overloaded' } })
      opened.open()
      await nodes.settled()
      expect([running, newest]).toEqual([
        { state: 'resolved', value: 11 },
        { state: 'resolved', value: 12 },
      ])
    })

    test('exit: all callers hear why the server ended, the one that was too much too', async () => {
      const { account, nodes } = await setUp({ count: 1, overflow: 'exit' })
      const running = watched(account.call['addLater']!(1))
      await nodes.settled()
      const calls = [running, watched(account.call['add']!(1)), watched(account.call['add']!(1))]
      await nodes.settled()
      expect(calls.map(({ value }) => (value as CallFailed).reason)).toEqual(calls.map(() => ({ mailbox_full: 1 })))
    })
  })

  test('arguments that do not decode are undecodable for the caller and a dead letter; the server lives on', async () => {
    const { account, nodes, pid, reasonOf, settle, caller } = await setUp()
    expect(await reasonOf(account.call['add']!(new Poison()))).toBe('undecodable')
    expect(nodes.deadLetters).toEqual([{ to: pid, from: caller.pid, why: 'undecodable' }])
    expect(await settle(account.call['add']!(1))).toBe(11)
  })

  test('a reply that does not decode is undecodable; nobody is hurt', async () => {
    const { account, nodes, reasonOf, settle } = await setUp()
    const call = account.call['wait']!()
    await nodes.settled()
    reply(froms[0]!, new Poison())
    expect(await reasonOf(call)).toBe('undecodable')
    expect(await settle(account.call['add']!(1))).toBe(11)
  })

  test('arguments that cannot be sent fail the call at once, with their path, and nothing is sent', async () => {
    const { account, nodes } = await setUp()
    const error = (await rejection(account.call['echo']!({ job: { onDone: () => 1 } }))) as Error & { path: string }
    expect(error).toMatchObject({ code: 'not_sendable', path: 'arguments[0].job.onDone' })
    expect(error.message).toBe('echo: arguments[0].job.onDone is a function')
    await nodes.pass(10_000)
    expect(nodes.deadLetters).toEqual([])
    expect(nodes.clock.count).toBe(0)
  })

  test('two actors that call each other wait for each other until the time is up; then both go on', async () => {
    const { account, nodes, caller, pid, settle } = await setUp()
    const starting = nodes.main.start(Account, [0], { isolation: 'inline' })
    await nodes.settled()
    const other = caller.ref(Account, (await starting).pid as Pid) as AccountRef
    const mutual = watched(account.call['callBack']!(other))
    await nodes.settled()
    expect(mutual).toEqual({ state: 'resolved', value: 1 })
    const self = watched(account.call['callBack']!(caller.ref(Account, pid)))
    await nodes.settled()
    // The reference was bound to the server that received it: it called itself.
    expect(self).toMatchObject({ state: 'rejected', value: { reason: { reason: 'calling_self' } } })
    expect(await settle(other.call['add']!(1))).toBe(2)
  })
})

describe('whom a call reaches', () => {
  const setUp = async () => {
    const nodes = new Nodes(createNode)
    const caller = await nodes.actor()
    return { nodes, caller }
  }

  test('a name that nobody holds is noproc (SRV-012)', async () => {
    const { caller } = await setUp()
    expect(await rejection(caller.named(Account, 'account').call.add(1))).toMatchObject({
      reason: 'noproc',
      target: 'account',
    })
  })

  test('a name is resolved at each call: it survives a restart', async () => {
    const { nodes, caller } = await setUp()
    const account = caller.named(Account, 'account')
    const first = await nodes.main.start(Account, [1], { name: 'account' })
    expect(await account.call.add(0)).toBe(1)
    nodes.main.exit(first.pid as Pid, 'kill')
    await nodes.main.start(Account, [2], { name: 'account' })
    expect(await account.call.add(0)).toBe(2)
  })

  test('itself is calling_self, by pid and by name, and does not wait (SRV-012)', async () => {
    const { caller } = await setUp()
    await caller.register('me')
    expect(await rejection(caller.ref(Account, caller.pid).call.add(1))).toMatchObject({ reason: 'calling_self' })
    expect(await rejection(caller.named(Account, 'me').call.add(1))).toMatchObject({ reason: 'calling_self' })
  })

  test('a node that goes down: noconnection for its innocents, and the culprit’s own reason', async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    froms = []
    const starts = [
      nodes.main.start(Account, [1], { isolation: 'thread' }),
      nodes.main.start(Account, [2], { isolation: 'thread' }),
    ]
    await nodes.settled()
    const [innocent, culprit] = await Promise.all(starts)
    const calls = [watched(innocent!.call.wait()), watched(culprit!.call.wait())]
    await nodes.settled()
    const reason = { stuck: { handler: 'Account.wait', forMs: 5_000 } }
    nodes.crash(THREAD, { culprit: { pid: culprit!.pid as Pid, reason } })
    await nodes.pass(2_000)
    expect(calls.map(({ value }) => (value as CallFailed).reason)).toEqual(['noconnection', reason])
    expect(await rejection(innocent!.call.add(1))).toMatchObject({ reason: 'noproc' })
  })
})

describe('a reference', () => {
  test('that was decoded belongs to the actor that decoded it: its calls go out in that name', async () => {
    const nodes = new Nodes(createNode)
    const Asker = defineServer(import.meta, 'Asker', {
      init: () => 0,
      calls: {
        whoAsks: () => later<Pid>((from) => reply(from, from.caller)),
        ask: (_self, ref: ActorRef<{ calls: { whoAsks: () => Pid } }>) => ref.call.whoAsks(),
      },
    })
    const [asker, asked] = [await nodes.main.start(Asker, []), await nodes.main.start(Asker, [])]
    expect(await asker.call.ask(asked as never)).toBe(asker.pid)
    expect(await asked.call.whoAsks()).toBe(nodes.main.pid)
  })

  test('in a reason or a timer’s message belongs to the actor that reads it', async () => {
    const nodes = new Nodes(createNode)
    const [one, other] = [await nodes.actor(), await nodes.actor()]
    one.startTimer(10, { ref: one.ref(Account, one.pid) })
    one.trapExit = true
    other.exit(one.pid, { ref: other.ref(Account, one.pid) })
    await nodes.pass(10)
    const [exit, timeout] = (await mailOf(one)) as [{ reason: { ref: AccountRef } }, { message: { ref: AccountRef } }]
    for (const { ref } of [exit.reason, timeout.message]) {
      const call = watched(ref.call['add']!(1))
      await nodes.settled()
      expect(call).toMatchObject({ state: 'rejected', value: { reason: 'calling_self' } })
    }
  })

  test('keeps its methods: the same call is the same function, and JavaScript’s own names are none', async () => {
    const { main } = new Nodes(createNode)
    const ref = main.named(Account, 'account')
    expect(ref.call.add).toBe(ref.call.add)
    const call = ref.call as unknown as Record<string | symbol, unknown>
    expect([call['then'], call['toJSON'], call['constructor'], call[Symbol.iterator]]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(await Promise.resolve(ref)).toBe(ref)
  })

  test.each([-1, Number.NaN, '5', 2 ** 60])('within(%o) is an error', (ms) => {
    const { main } = new Nodes(createNode)
    expect(() => main.named(Account, 'account').within(ms as number)).toThrow(InvalidOption)
  })
})

test('replying with what is no From is an error that says so', () => {
  for (const bad of [undefined, null, 5, {}, 'from']) expect(() => reply(bad as never, 1)).toThrow(InvalidOption)
})

test('replying in the name of an actor that has ended is an error', async () => {
  const nodes = new Nodes(createNode)
  froms = []
  const account = await nodes.main.start(Account, [1])
  account.call.wait().catch(() => undefined)
  await nodes.settled()
  nodes.main.exit(account.pid as Pid, 'kill')
  expect(() => reply(froms[0]!, 1)).toThrow(ActorExited)
})

test('an actor of receive can be sent casts and calls, which look like what they are', async () => {
  const nodes = new Nodes(createNode)
  const Plain = defineActor(import.meta, 'Plain', (self) => self.receive((on) => on.with('stop', () => undefined)))
  const plain = await nodes.main.start(Plain, [])
  const call = watched((plain as AccountRef).within(100).call['anything']!(1))
  await nodes.pass(100)
  expect(call).toMatchObject({ state: 'rejected', value: { reason: 'timeout' } })
})

describe('callers of one server', () => {
  test('each gets a reason of its own: nobody sees what another did with it', async () => {
    const nodes = new Nodes(createNode)
    froms = []
    const account = await nodes.main.start(Account, [1])
    const calls = [rejection(account.call.wait()), rejection(account.call.wait())]
    await nodes.settled()
    nodes.main.exit(account.pid as Pid, { parts: ['one'] })
    const [first, second] = (await Promise.all(calls)) as { reason: { parts: string[] } }[]
    first!.reason.parts.push('spoilt')
    expect(second!.reason).toEqual({ parts: ['one'] })
  })
})
