import { describe, expect, test } from 'vitest'
import { CancelledTimer, createNode, defineActor, InvalidOption, NotSendable, Timeout } from '../src/index.ts'
import { watched } from '../../../test/support/gate.ts'
import { mailOf, Nodes, PROCESS } from '../../../test/support/nodes.ts'

/** Who runs it does not matter to a reference. */
const Any = defineActor(import.meta, 'Any', () => undefined)

const setUp = async () => {
  const nodes = new Nodes(createNode)
  return { nodes, one: await nodes.actor(), other: await nodes.actor() }
}

describe('sendAfter', () => {
  test('delivers the bare message when its time has come (PROC-061)', async () => {
    const { nodes, one, other } = await setUp()
    one.sendAfter(100, other.pid, { tick: 1 })
    await nodes.pass(99)
    expect(await mailOf(other)).toEqual([])
    await nodes.pass(1)
    expect(await mailOf(other)).toEqual([{ tick: 1 }])
  })

  test('the message is as it was when the timer was set (PROC-018)', async () => {
    const { nodes, one, other } = await setUp()
    const message = { parts: ['as sent'] }
    one.sendAfter(100, other.pid, message)
    message.parts.push('changed later')
    await nodes.pass(100)
    expect(await mailOf(other)).toEqual([{ parts: ['as sent'] }])
  })

  test('to a name looks the name up when its time has come (PROC-066)', async () => {
    const { nodes, one, other } = await setUp()
    one.sendAfter(100, 'late', 'hello')
    await nodes.pass(50)
    await other.register('late')
    await nodes.pass(50)
    expect(await mailOf(other)).toEqual(['hello'])
  })

  test('to a name that nobody holds then is a dead letter (PROC-066)', async () => {
    const { nodes, one } = await setUp()
    one.sendAfter(100, 'nobody', 'hello')
    await nodes.pass(100)
    expect(nodes.deadLetters).toMatchObject([{ to: 'nobody', why: 'unregistered' }])
  })

  test('is cancelled by the end of its receiver, not of the one who set it (PROC-065)', async () => {
    for (const address of ['pid', 'ref'] as const) {
      const { nodes, one, other } = await setUp()
      const third = await nodes.actor()
      const to = (pid: typeof one.pid) => (address === 'pid' ? pid : one.ref(Any, pid))
      const gone = one.sendAfter(100, to(other.pid), 'gone')
      const stays = one.sendAfter(100, to(third.pid), 'stays')
      nodes.main.exit(other.pid, 'kill')
      expect(nodes.main.cancelTimer(gone)).toBe(false)
      nodes.main.exit(one.pid, 'kill')
      await nodes.pass(100)
      expect(await mailOf(third)).toEqual(['stays'])
      expect(nodes.main.cancelTimer(stays)).toBe(false)
      expect(nodes.deadLetters).toEqual([])
    }
  })

  test('with 0 ms is delivered later, after what was sent before (PROC-017, PROC-068)', async () => {
    const { nodes, one } = await setUp()
    one.sendAfter(0, one.pid, 'timer')
    one.send(one.pid, 'message')
    await nodes.settled()
    expect(await mailOf(one)).toEqual(['message', 'timer'])
  })

  test('beyond 2^31-1 ms works (PROC-069)', async () => {
    const { nodes, one } = await setUp()
    one.sendAfter(2 ** 31 + 5, one.pid, 'month')
    await nodes.pass(2 ** 31 + 4)
    expect(await mailOf(one)).toEqual([])
    await nodes.pass(1)
    expect(await mailOf(one)).toEqual(['month'])
  })

  test.each([-1, Number.NaN, '5', undefined, Infinity])('%o is no time (PROC-068)', async (ms) => {
    const { one } = await setUp()
    expect(() => one.sendAfter(ms as number, one.pid, 1)).toThrow(InvalidOption)
    expect(() => one.startTimer(ms as number, 1)).toThrow(InvalidOption)
    expect(() => one.sleep(ms as number)).toThrow(InvalidOption)
  })

  test.each([undefined, null, 5, {}])('%o is no destination: an error when the timer is set', async (to) => {
    const { one, nodes } = await setUp()
    expect(() => one.sendAfter(1, to as never, 1)).toThrow(/to is/)
    expect(nodes.clock.count).toBe(0)
  })

  test('what cannot be sent is an error when the timer is set', async () => {
    const { one, nodes } = await setUp()
    expect(() => one.sendAfter(1, one.pid, () => 1)).toThrow(NotSendable)
    expect(() => one.startTimer(1, () => 1)).toThrow(NotSendable)
    expect(nodes.clock.count).toBe(0)
  })

  test('reaches an actor of another node', async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const [one, other] = [await nodes.actor(), await nodes.actor(2)]
    await nodes.settled()
    one.sendAfter(10, other.pid, { far: true })
    await nodes.pass(10)
    expect(await mailOf(other)).toEqual([{ far: true }])
  })

  test('shared memory for another OS process is an error at the sender, and no timer suffers', async () => {
    const nodes = new Nodes(createNode, { ids: [1, PROCESS] })
    const [one, other] = [await nodes.actor(), await nodes.actor(PROCESS)]
    await other.register('far')
    await nodes.settled()
    const shared = new SharedArrayBuffer(8)
    expect(() => one.sendAfter(10, other.pid, { shared })).toThrow(NotSendable)
    // A name may come to mean anybody: then it is a dead letter.
    one.sendAfter(10, 'far', { shared })
    one.sendAfter(10, one.pid, 'neighbour')
    await nodes.pass(10)
    expect(await mailOf(one)).toEqual(['neighbour'])
    expect(await mailOf(other)).toEqual([])
    expect(nodes.deadLetters).toMatchObject([{ to: other.pid, from: one.pid }])
  })
})

describe('startTimer', () => {
  test('delivers a Timeout with its ref and the message (PROC-061)', async () => {
    const { nodes, one } = await setUp()
    const ref = one.startTimer(100, { about: 'this' })
    await nodes.pass(100)
    expect(await mailOf(one)).toEqual([new Timeout(ref, { about: 'this' })])
  })

  test('the message is as it was when the timer was set', async () => {
    const { nodes, one } = await setUp()
    const message = { parts: ['as set'] }
    one.startTimer(100, message)
    message.parts.push('changed later')
    await nodes.pass(100)
    expect(await mailOf(one)).toMatchObject([{ message: { parts: ['as set'] } }])
  })

  test('ends with its actor (PROC-065)', async () => {
    const { nodes, one } = await setUp()
    const ref = one.startTimer(100, 1)
    nodes.main.exit(one.pid, 'kill')
    expect(nodes.main.cancelTimer(ref)).toBe(false)
    await nodes.pass(100)
    expect(nodes.clock.count).toBe(0)
  })

  test('is no bytes of another actor: nobody can forge one', async () => {
    const { one, other } = await setUp()
    other.send(one.pid, { ref: 1, message: 'forged' })
    let found: unknown
    await one.receive((on) => on.with({ message: 'forged' }, (message) => (found = message)))
    expect(found).not.toBeInstanceOf(Timeout)
    expect(() => other.send(one.pid, new Timeout(1, 'forged'))).not.toThrow()
    await one.receive((on) => on.with({ message: 'forged' }, (message) => (found = message)))
    expect(found).not.toBeInstanceOf(Timeout)
  })
})

describe('cancelTimer', () => {
  test('answers the milliseconds left, and the message never arrives (PROC-062)', async () => {
    const { nodes, one } = await setUp()
    const refs = [one.sendAfter(100, one.pid, 1), one.startTimer(80, 2)]
    await nodes.pass(30)
    expect(refs.map((ref) => one.cancelTimer(ref))).toEqual([70, 50])
    await nodes.pass(1_000)
    expect(await mailOf(one)).toEqual([])
  })

  test('answers false for one that fired, was cancelled or never was (PROC-062)', async () => {
    const { nodes, one } = await setUp()
    const [fired, cancelled] = [one.startTimer(1, 1), one.startTimer(1_000, 2)]
    await nodes.pass(1)
    one.cancelTimer(cancelled)
    expect([one.cancelTimer(fired), one.cancelTimer(cancelled), one.cancelTimer(987_654)]).toEqual([
      false,
      false,
      false,
    ])
  })

  test('may be asked for by anybody (PROC-064)', async () => {
    const { nodes, one, other } = await setUp()
    const ref = one.startTimer(100, 1)
    expect(other.cancelTimer(ref)).toBe(100)
    await nodes.pass(100)
    expect(await mailOf(one)).toEqual([])
  })

  test('asynchronously answers with a message, to whoever asked (PROC-064)', async () => {
    const { nodes, one, other } = await setUp()
    const ref = one.startTimer(100, 1)
    expect(other.cancelTimer(ref, { async: true })).toBeUndefined()
    other.cancelTimer(ref, { async: true })
    expect(other.cancelTimer(ref, {})).toBe(false)
    await nodes.pass(100)
    expect(await mailOf(one)).toEqual([])
    expect(await mailOf(other)).toEqual([new CancelledTimer(ref, 100), new CancelledTimer(ref, false)])
  })

  test.each([null, { async: 1 }, { asnc: true }])('%o is no way to cancel', async (options) => {
    const { one } = await setUp()
    expect(() => one.cancelTimer(1, options as never)).toThrow(InvalidOption)
  })

  test('false does not take the message that lies in the mailbox (PROC-063)', async () => {
    const { nodes, one } = await setUp()
    const ref = one.startTimer(1, 'lies there')
    await nodes.pass(1)
    expect(one.cancelTimer(ref)).toBe(false)
    expect(await mailOf(one)).toEqual([new Timeout(ref, 'lies there')])
  })
})

test('timers of one actor fire in the order of their deadlines (PROC-067)', async () => {
  const { nodes, one } = await setUp()
  for (const ms of [30, 10, 20]) one.sendAfter(ms, one.pid, ms)
  await nodes.pass(100)
  expect(await mailOf(one)).toEqual([10, 20, 30])
})

test('sleep resolves after its time; the mailbox waits meanwhile', async () => {
  const { nodes, one, other } = await setUp()
  const slept = watched(one.sleep(50))
  other.send(one.pid, 'waits')
  await nodes.pass(49)
  expect(slept.state).toBe('pending')
  await nodes.pass(1)
  expect(slept.state).toBe('resolved')
  expect(await mailOf(one)).toEqual(['waits'])
})
