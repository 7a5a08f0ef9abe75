import { describe, expect, test } from 'vitest'
import { ActorExited, createNode, Down, Exit, NotSendable } from '../src/index.ts'
import type { ActorSelf, MailboxLimits } from '../src/index.ts'
import { rejection, watched } from '../../../test/support/gate.ts'
import { mailOf, Nodes, PROCESS } from '../../../test/support/nodes.ts'

describe('send', () => {
  test('to a living actor is true; the message is a later receive’s (PROC-017)', async () => {
    const nodes = new Nodes(createNode)
    const one = await nodes.actor()
    const order: string[] = []
    void one.receive((on) => on.with('to myself', () => order.push('received')))
    expect(one.send(one.pid, 'to myself')).toBe(true)
    order.push('sent')
    await nodes.settled()
    expect(order).toEqual(['sent', 'received'])
  })

  test('to an actor that has ended is false, a dead letter, and no error (PROC-010)', async () => {
    const nodes = new Nodes(createNode)
    const [one, other] = [await nodes.actor(), await nodes.actor()]
    nodes.main.exit(other.pid, 'kill')
    expect(one.send(other.pid, 1)).toBe(false)
    expect(nodes.deadLetters).toEqual([{ to: other.pid, from: one.pid, why: 'noproc' }])
    expect(nodes.root.snapshot().counters.deadLetters).toBe(1)
  })

  test('to a name that nobody holds is false, a dead letter, and no error', async () => {
    const nodes = new Nodes(createNode)
    expect(nodes.main.send('nobody', 1)).toBe(false)
    expect(nodes.deadLetters).toEqual([{ to: 'nobody', from: nodes.main.pid, why: 'unregistered' }])
  })

  test('to a pid of another system, or of a node that never was, is no error either', async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const foreign = nodes.main.pid.replace('test', 'other') as typeof nodes.main.pid
    expect(nodes.main.send(foreign, 1)).toBe(false)
    nodes.main.send(nodes.main.pid.replace('.1.', '.9.'), 1)
    await nodes.pass(1_000)
    expect(nodes.crashes).toEqual([])
  })

  test('what cannot be sent is an error at the sender, with the path, and nothing leaves', async () => {
    const nodes = new Nodes(createNode)
    const other = await nodes.actor()
    const bad: readonly (readonly [unknown, string])[] = [
      [{ job: { onDone: () => 1 } }, 'message.job.onDone'],
      [[1, [Symbol('x')]], 'message[1][0]'],
      [() => 1, 'message'],
    ]
    for (const [message, path] of bad) {
      let thrown: unknown
      try {
        nodes.main.send(other.pid, message)
      } catch (error) {
        thrown = error
      }
      expect(thrown).toBeInstanceOf(NotSendable)
      expect(thrown).toMatchObject({ path })
    }
    expect(await mailOf(other)).toEqual([])
    expect(nodes.root.snapshot().counters.sent).toBe(0)
  })

  test('shared memory cannot cross a process wall: an error at the sender', async () => {
    const nodes = new Nodes(createNode, { ids: [1, PROCESS] })
    const [one, other] = [await nodes.actor(), await nodes.actor(PROCESS)]
    await nodes.settled()
    expect(() => one.send(other.pid, { shared: new SharedArrayBuffer(8) })).toThrow(NotSendable)
  })

  test.each([undefined, null, 5, {}, true])('%o is no destination: an error that names it', (to) => {
    const { main } = new Nodes(createNode)
    expect(() => main.send(to as never, 1)).toThrow(/to is/)
  })
})

describe('the high-water mark', () => {
  const setUp = async () => {
    const nodes = new Nodes(createNode, { node: { highWaterBytes: 1_000 } })
    const [sender, receiver] = [await nodes.actor(), await nodes.actor()]
    return { nodes, sender, receiver }
  }
  const take = (self: ActorSelf): Promise<unknown> => self.receive((on) => on.with({ n: 1 }, () => 1))

  test('above it a send is false, but the message is on its way all the same', async () => {
    const { sender, receiver } = await setUp()
    const answers = [1, 2, 3].map(() => sender.send(receiver.pid, { n: 1, load: 'x'.repeat(400) }))
    expect(answers).toEqual([true, true, false])
    expect(await mailOf(receiver)).toHaveLength(3)
  })

  test('drained waits until the mailbox is below it', async () => {
    const { nodes, sender, receiver } = await setUp()
    for (let i = 0; i < 3; i++) sender.send(receiver.pid, { n: 1, load: 'x'.repeat(400) })
    const drained = watched(sender.drained(receiver.pid))
    await nodes.settled()
    expect(drained.state).toBe('pending')
    await take(receiver)
    await nodes.settled()
    expect(drained.state).toBe('resolved')
  })

  test('drained is at once below it, and for whom nobody is', async () => {
    const { sender, receiver } = await setUp()
    await sender.drained(receiver.pid)
    await sender.drained('nobody')
  })

  test('drained ends with the receiver, and never settles for a sender that has ended', async () => {
    for (const ending of ['receiver', 'sender'] as const) {
      const { nodes, sender, receiver } = await setUp()
      for (let i = 0; i < 3; i++) sender.send(receiver.pid, { n: 1, load: 'x'.repeat(400) })
      const drained = watched(sender.drained(receiver.pid))
      nodes.main.exit((ending === 'receiver' ? receiver : sender).pid, 'kill')
      if (ending === 'sender') await mailOf(receiver)
      await nodes.settled()
      expect(drained.state).toBe(ending === 'receiver' ? 'resolved' : 'pending')
    }
  })
})

describe('a bounded mailbox', () => {
  const setUp = async (mailbox: MailboxLimits) => {
    const nodes = new Nodes(createNode)
    const [sender, receiver] = [await nodes.actor(), await nodes.actor(1, { mailbox })]
    const sendAll = (...messages: readonly unknown[]): boolean[] =>
      messages.map((message) => sender.send(receiver.pid, message))
    const whys = (): string[] => nodes.deadLetters.map(({ why }) => why)
    return { nodes, sender, receiver, sendAll, whys }
  }

  test.each([undefined, 'refuse', 'drop_newest'] as const)(
    '%s: what arrives when it is full is dropped and counted',
    async (overflow) => {
      const { nodes, sender, receiver, sendAll } = await setUp({ count: 2, ...(overflow && { overflow }) })
      expect(sendAll(1, 2, 3, 4)).toEqual([true, true, false, false])
      expect(await mailOf(receiver)).toEqual([1, 2])
      expect(nodes.deadLetters).toEqual([3, 4].map(() => ({ to: receiver.pid, from: sender.pid, why: 'drop_newest' })))
    },
  )

  test('drop_oldest: the oldest waiting ones make room', async () => {
    const { receiver, sendAll, whys } = await setUp({ count: 2, overflow: 'drop_oldest' })
    expect(sendAll(1, 2, 3, 4)).toEqual([true, true, true, true])
    expect(await mailOf(receiver)).toEqual([3, 4])
    expect(whys()).toEqual(['drop_oldest', 'drop_oldest'])
  })

  test('exit: the actor exits, links and monitors hear how many waited', async () => {
    const { nodes, sender, receiver, sendAll, whys } = await setUp({ count: 2, overflow: 'exit' })
    const ref = sender.monitor(receiver.pid)
    expect(sendAll(1, 2, 3)).toEqual([true, true, false])
    await nodes.settled()
    expect(await mailOf(sender)).toEqual([new Down(ref, receiver.pid, { mailbox_full: 2 })])
    expect(whys()).toEqual(['noproc', 'noproc', 'noproc'])
  })

  test('bytes count as well: what does not fit any more is dropped', async () => {
    const { receiver, sendAll } = await setUp({ bytes: 100 })
    expect(sendAll('x'.repeat(60), 'y'.repeat(60), 'z'.repeat(20))).toEqual([true, false, true])
    expect(await mailOf(receiver)).toEqual(['x'.repeat(60), 'z'.repeat(20)])
  })

  test('drop_oldest by bytes: as many go as are needed', async () => {
    const { receiver, sendAll } = await setUp({ bytes: 100, overflow: 'drop_oldest' })
    sendAll('a'.repeat(30), 'b'.repeat(30), 'c'.repeat(30), 'd'.repeat(50))
    expect(await mailOf(receiver)).toEqual(['c'.repeat(30), 'd'.repeat(50)])
  })

  test('a message larger than the whole mailbox is dropped itself; nothing is dropped for it', async () => {
    for (const overflow of ['refuse', 'drop_newest', 'drop_oldest'] as const) {
      const { receiver, sendAll, whys } = await setUp({ bytes: 100, overflow })
      expect(sendAll('small', 'x'.repeat(200))).toEqual([true, false])
      expect(await mailOf(receiver)).toEqual(['small'])
      expect(whys()).toHaveLength(1)
    }
  })

  test('what was taken makes room', async () => {
    const { receiver, sendAll } = await setUp({ count: 2 })
    sendAll(1, 2)
    await receiver.receive((on) => on.with(1, () => undefined))
    expect(sendAll(3, 4)).toEqual([true, false])
    expect(await mailOf(receiver)).toEqual([2, 3])
  })

  test('drop_oldest leaves a receive that waits in its place', async () => {
    const { nodes, receiver, sendAll } = await setUp({ count: 2, overflow: 'drop_oldest' })
    const waiting = watched(receiver.receive((on) => on.with('wanted', (message) => message)))
    sendAll(1, 2)
    await nodes.settled()
    sendAll(3, 'wanted')
    await nodes.settled()
    expect(waiting).toEqual({ state: 'resolved', value: 'wanted' })
    expect(await mailOf(receiver)).toEqual([3])
  })

  test.each(['refuse', 'drop_newest', 'drop_oldest', 'exit'] as const)(
    '%s never touches EXIT, DOWN, timeouts and replies, and they take no room',
    async (overflow) => {
      const { nodes, sender, receiver, sendAll } = await setUp({ count: 1, overflow })
      receiver.trapExit = true
      const other = await nodes.actor()
      const monitor = receiver.monitor(other.pid)
      const timer = receiver.startTimer(5, 'tick')
      sender.exit(receiver.pid, 'trapped')
      nodes.main.exit(other.pid, 'boom')
      await nodes.pass(5)
      expect(sendAll('the only one')).toEqual([true])
      const found = await mailOf(receiver)
      expect(found).toHaveLength(4)
      expect(found).toEqual(
        expect.arrayContaining([
          'the only one',
          new Exit(sender.pid, 'trapped'),
          new Down(monitor, other.pid, 'boom'),
          expect.objectContaining({ ref: timer, message: 'tick' }),
        ]),
      )
      expect(sendAll('again')).toEqual([true])
    },
  )

  test('holds across nodes: the receiver’s bound, the receiver’s policy', async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const [sender, receiver] = [
      await nodes.actor(),
      await nodes.actor(2, { mailbox: { count: 2, overflow: 'drop_oldest' } }),
    ]
    await nodes.settled()
    for (let i = 0; i < 5; i++) sender.send(receiver.pid, i)
    await nodes.settled()
    expect(await mailOf(receiver)).toEqual([3, 4])
    expect(nodes.node(2).snapshot().counters.deadLetters).toBe(3)
  })
})

test('a start with a bound in its hints has that bound; the option of the start wins', async () => {
  const nodes = new Nodes(createNode)
  const { main } = nodes
  const limited = await nodes.actor(1, { isolation: 'inline', mailbox: { count: 1 } })
  expect([main.send(limited.pid, 1), main.send(limited.pid, 2)]).toEqual([true, false])
  expect(await rejection(main.spawn(() => undefined, { mailbox: { count: 0 } }))).toMatchObject({
    field: 'mailbox.count',
  })
})

test('a self whose actor has ended sends nothing', async () => {
  const nodes = new Nodes(createNode)
  const one = await nodes.actor()
  nodes.main.exit(one.pid, 'kill')
  expect(() => one.send(nodes.main.pid, 1)).toThrow(ActorExited)
  expect(await mailOf(nodes.main)).toEqual([])
})
