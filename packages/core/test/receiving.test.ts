import { describe, expect, test } from 'vitest'
import { createNode, Exit, InvalidOption, P } from '../src/index.ts'
import type { ActorSelf } from '../src/index.ts'
import { rejection, watched } from '../../../test/support/gate.ts'
import { mailOf, Nodes } from '../../../test/support/nodes.ts'

const setUp = async () => {
  const nodes = new Nodes(createNode)
  const [self, sender] = [await nodes.actor(), await nodes.actor()]
  const send = (...messages: readonly unknown[]): void => {
    for (const message of messages) sender.send(self.pid, message)
  }
  return { nodes, self, sender, send }
}

describe('selective receive', () => {
  test('tries the oldest message against all clauses before the next: mailbox order beats clause order (PROC-019)', async () => {
    const { self, send } = await setUp()
    send('b', 'a')
    expect(await self.receive((on) => on.with('a', () => 'first clause').with('b', () => 'second clause'))).toBe(
      'second clause',
    )
  })

  test('of several clauses that fit the first one runs', async () => {
    const { self, send } = await setUp()
    send({ kind: 'x', n: 1 })
    expect(
      await self.receive((on) =>
        on
          .with({ n: 1 }, () => 'one')
          .with({ kind: 'x' }, () => 'two')
          .with(P._, () => 'three'),
      ),
    ).toBe('one')
  })

  test('skipped messages stay in their order and are offered to the next receive (PROC-020)', async () => {
    const { self, send } = await setUp()
    send(1, 2, 'wanted', 3)
    expect(await self.receive((on) => on.with(P.string, (text) => text))).toBe('wanted')
    expect(await mailOf(self)).toEqual([1, 2, 3])
  })

  test('waits for a message that is not there yet; what does not fit stays', async () => {
    const { nodes, self, send } = await setUp()
    const waiting = watched(self.receive((on) => on.with({ id: 3 }, ({ id }) => id)))
    send({ id: 1 }, { id: 2 })
    await nodes.settled()
    expect(waiting.state).toBe('pending')
    send({ id: 3 }, { id: 4 })
    await nodes.settled()
    expect(waiting).toEqual({ state: 'resolved', value: 3 })
    expect(await mailOf(self)).toEqual([{ id: 1 }, { id: 2 }, { id: 4 }])
  })

  test('takes one message: the rest is left for the next receive', async () => {
    const { self, send } = await setUp()
    send(1, 2, 3)
    for (const n of [1, 2, 3]) expect(await self.receive((on) => on.with(P.number, (message) => message))).toBe(n)
  })

  test('the messages of one sender come in the order of sending, thousands of them', async () => {
    const { self, sender, nodes } = await setUp()
    const found: unknown[] = []
    const done = (async () => {
      while (found.length < 5_000) await self.receive((on) => on.with(P._, (message) => found.push(message)))
    })()
    for (let i = 0; i < 5_000; i++) sender.send(self.pid, i)
    await nodes.settled()
    await done
    expect(found).toEqual(Array.from({ length: 5_000 }, (_, i) => i))
  })

  test('pids, notices and nested parts are patterns too', async () => {
    const { self, sender, send, nodes } = await setUp()
    self.trapExit = true
    sender.exit(self.pid, 'trapped')
    send({ from: sender.pid, text: 'hi' }, { from: 'no pid', text: 'no' })
    const greeted = await self.receive((on) =>
      on.with({ from: P.pid, text: P.string }, ({ from, text }) => [from, text]),
    )
    expect(greeted).toEqual([sender.pid, 'hi'])
    expect(await self.receive((on) => on.with(P.instanceOf(Exit), ({ reason }) => reason))).toBe('trapped')
    expect(await mailOf(self)).toEqual([{ from: 'no pid', text: 'no' }])
    expect(nodes.crashes).toEqual([])
  })

  test('a clause may take the next message by a receive of its own, which begins at the oldest', async () => {
    const { self, send } = await setUp()
    send('other', 'outer', 'inner')
    const both = self.receive((on) =>
      on.with('outer', () => self.receive((again) => again.with('inner', () => 'inner').with('other', () => 'other'))),
    )
    expect(await both).toBe('other')
    expect(await mailOf(self)).toEqual(['inner'])
  })

  test('while a clause’s own receive waits, news goes there', async () => {
    const { nodes, self, send } = await setUp()
    const waiting = watched(
      self.receive((on) => on.with('outer', () => self.receive((again) => again.with('inner', () => 'both')))),
    )
    send('outer')
    await nodes.settled()
    send('inner')
    await nodes.settled()
    expect(waiting).toEqual({ state: 'resolved', value: 'both' })
  })

  test('an error in a clause rejects the receive; the message is taken', async () => {
    const { self, send } = await setUp()
    send('bad', 'good')
    expect(
      await rejection(
        self.receive((on) =>
          on.with('bad', () => {
            throw new Error('clause')
          }),
        ),
      ),
    ).toMatchObject({ message: 'clause' })
    expect(
      await rejection(self.receive((on) => on.with('good', () => Promise.reject(new Error('later'))))),
    ).toMatchObject({ message: 'later' })
    expect(await mailOf(self)).toEqual([])
  })

  test('a pattern that throws rejects the receive, now or later, and hurts nobody else', async () => {
    const { nodes, self, send } = await setUp()
    const failing = P.when((message) => {
      if (message === 'poison') throw new Error('pattern')
      return false
    })
    send('poison')
    expect(await rejection(self.receive((on) => on.with(failing, () => 1)))).toMatchObject({ message: 'pattern' })
    const waiting = watched(self.receive((on) => on.with(failing, () => 1)))
    send('harmless', 'poison', 'more')
    await nodes.settled()
    expect(waiting).toMatchObject({ state: 'rejected', value: { message: 'pattern' } })
    expect(await nodes.main.isAlive(self.pid)).toBe(true)
    expect(await mailOf(self)).toEqual(['harmless', 'more'])
  })
})

describe('after', () => {
  test('0 looks through everything that is queued first (PROC-022)', async () => {
    const { self, send } = await setUp()
    send(1, 2, 'wanted')
    expect(await self.receive((on) => on.with('wanted', () => 'found').after(0, () => 'quiet'))).toBe('found')
    expect(await self.receive((on) => on.with('wanted', () => 'found').after(0, () => 'quiet'))).toBe('quiet')
    expect(await mailOf(self)).toEqual([1, 2])
  })

  test('0 looks through a mailbox longer than a turn (PROC-022)', async () => {
    const { self, send } = await setUp()
    send(...Array.from({ length: 5_000 }, (_, i) => i), 'wanted')
    expect(await self.receive((on) => on.with('wanted', () => 'found').after(0, () => 'quiet'))).toBe('found')
    expect(await self.receive((on) => on.with('wanted', () => 'found').after(0, () => 'quiet'))).toBe('quiet')
  })

  test('runs out after its time, not before', async () => {
    const { nodes, self } = await setUp()
    const waiting = watched(self.receive((on) => on.with('x', () => 'found').after(1_000, () => 'quiet')))
    await nodes.pass(999)
    expect(waiting.state).toBe('pending')
    await nodes.pass(1)
    expect(waiting).toEqual({ state: 'resolved', value: 'quiet' })
  })

  test('counts from the start of the receive: what does not fit does not restart it (PROC-021)', async () => {
    const { nodes, self, send } = await setUp()
    const waiting = watched(self.receive((on) => on.with('x', () => 'found').after(1_000, () => 'quiet')))
    for (let i = 0; i < 9; i++) {
      await nodes.pass(100)
      send(i)
    }
    await nodes.pass(100)
    expect(waiting).toEqual({ state: 'resolved', value: 'quiet' })
  })

  test('does not run when a message was taken, and leaves no timer', async () => {
    const { nodes, self, send } = await setUp()
    let quiet = 0
    const waiting = self.receive((on) => on.with('x', () => 'found').after(1_000, () => quiet++))
    await nodes.pass(999)
    send('x')
    expect(await waiting).toBe('found')
    await nodes.pass(10_000)
    expect(quiet).toBe(0)
    expect(nodes.clock.count).toBe(0)
  })

  test('a message that is there at once leaves no timer either', async () => {
    const { nodes, self, send } = await setUp()
    send('x')
    await self.receive((on) => on.with('x', () => 'found').after(1_000, () => 'quiet'))
    expect(nodes.clock.count).toBe(0)
  })

  test('Infinity never runs out; a time beyond 2^31-1 ms works (PROC-023, PROC-069)', async () => {
    const { nodes, self } = await setUp()
    const long = watched(self.receive((on) => on.with('x', () => 'found').after(4_294_967_295, () => 'quiet')))
    await nodes.pass(4_294_967_294)
    expect(long.state).toBe('pending')
    await nodes.pass(1)
    expect(long.state).toBe('resolved')
    const endless = watched(self.receive((on) => on.with('x', () => 'found').after(Infinity, () => 'quiet')))
    await nodes.pass(2 ** 40)
    expect(endless.state).toBe('pending')
  })

  test.each([-1, 1.5, 2 ** 53, Number.NaN, '5', undefined, null])('%o is no time (PROC-023)', async (ms) => {
    const { self, send } = await setUp()
    expect(() => self.receive((on) => on.with('x', () => 1).after(ms as number, () => 2))).toThrow(InvalidOption)
    send('still works')
    expect(await mailOf(self)).toEqual(['still works'])
  })

  test('alone is a pause that leaves the mailbox alone', async () => {
    const { nodes, self, send } = await setUp()
    send(1)
    const waiting = watched(self.receive((on) => on.after(50, () => 'rested')))
    await nodes.pass(50)
    expect(waiting).toEqual({ state: 'resolved', value: 'rested' })
    expect(await mailOf(self)).toEqual([1])
  })
})

describe('two at once', () => {
  test('the second is an error that names the actor; the first goes on', async () => {
    const { nodes, self, send } = await setUp()
    const first = watched(self.receive((on) => on.with('x', () => 'found')))
    expect(() => self.receive((on) => on.with('y', () => 1))).toThrow(/already waiting/)
    send('x')
    await nodes.settled()
    expect(first).toEqual({ state: 'resolved', value: 'found' })
  })

  test('one after the other is none', async () => {
    const { self, send } = await setUp()
    send('x', 'y')
    expect(await self.receive((on) => on.with('x', () => 1))).toBe(1)
    expect(await self.receive((on) => on.with('y', () => 2))).toBe(2)
  })
})

test('a receive of an actor that ends never settles', async () => {
  const { nodes, self, send } = await setUp()
  const waiting = watched(self.receive((on) => on.with('x', () => 1).after(10, () => 2)))
  nodes.main.exit(self.pid, 'kill')
  send('x')
  await nodes.pass(100)
  expect(waiting.state).toBe('pending')
})

test('the receive after an exit signal in a clause is not served', async () => {
  const { nodes, self, send } = await setUp()
  const waiting = watched(
    self.receive((on) =>
      on.with('end', () => {
        self.exit(self.pid, 'over')
        return 'returned'
      }),
    ),
  )
  send('end', 'more')
  await nodes.settled()
  expect(waiting.state).toBe('resolved')
  expect(nodes.exits).toMatchObject([{ reason: 'over' }])
  expect(() => self.receive((on) => on.with('more', () => 1))).toThrow(/has exited/)
})

test('the example of an actor: it echoes, it obeys its parent, it tells when it is quiet', async () => {
  const nodes = new Nodes(createNode)
  const parent = await nodes.actor()
  const lines: string[] = []
  const echo = async (self: ActorSelf): Promise<void> => {
    self.trapExit = true
    for (;;) {
      await self.receive((on) =>
        on
          .with({ from: P.pid, text: P.string }, ({ from, text }) => self.send(from, `echo: ${text}`))
          .with(P.instanceOf(Exit), (exit) => self.exit(exit.reason))
          .after(1_000, () => lines.push('quiet')),
      )
    }
  }
  const pid = await parent.spawnLink(echo)
  parent.trapExit = true
  parent.send(pid, { from: parent.pid, text: 'hello' })
  await nodes.settled()
  expect(await mailOf(parent)).toEqual(['echo: hello'])
  await nodes.pass(3_000)
  expect(lines).toEqual(['quiet', 'quiet', 'quiet'])
  parent.exit(pid, 'enough')
  await nodes.settled()
  expect(await mailOf(parent)).toEqual([new Exit(pid, 'enough')])
})
