import { describe, expect, test } from 'vitest'
import { createNode, defineServer } from '../src/index.ts'
import type { NodeSnapshot } from '../src/index.ts'
import { mailOf, Nodes } from '../../../test/support/nodes.ts'

const Echo = defineServer(import.meta, 'Echo', {
  init: () => 0,
  calls: { echo: (_self, value: unknown) => value },
  casts: { take: (_self, _value: unknown) => undefined },
  info: () => undefined,
})

const difference = (before: NodeSnapshot['counters'], after: NodeSnapshot['counters']): NodeSnapshot['counters'] => ({
  sent: after.sent - before.sent,
  handled: after.handled - before.handled,
  encoded: after.encoded - before.encoded,
  decoded: after.decoded - before.decoded,
  deadLetters: after.deadLetters - before.deadLetters,
})

/** Between two actors of one node; each value takes the same way as between two nodes. */
describe('a message is encoded once, by its sender, and decoded once, by its receiver', () => {
  const values: readonly (readonly [string, unknown])[] = [
    ['a number', 42],
    ['a string', 'text'],
    ['undefined', undefined],
    ['null', null],
    ['a boolean', true],
    ['an object', { a: 1, b: [2, { c: 3 }] }],
    ['a Map', new Map([['k', new Set([1])]])],
    ['bytes', Uint8Array.of(1, 2, 3)],
  ]

  test.each(values)('%s', async (_, value) => {
    const nodes = new Nodes(createNode)
    const echo = await nodes.main.start(Echo, [])
    const [one, other] = [await nodes.actor(), await nodes.actor()]
    await nodes.settled()
    const before = nodes.root.snapshot().counters
    for (let i = 0; i < 10; i++) {
      one.send(other.pid, value)
      one.send(echo.pid!, value)
      echo.cast.take(value)
    }
    expect(difference(before, nodes.root.snapshot().counters)).toEqual({
      sent: 30,
      handled: 0,
      encoded: 30,
      decoded: 0,
      deadLetters: 0,
    })
    await mailOf(other)
    await nodes.settled()
    expect(difference(before, nodes.root.snapshot().counters)).toEqual({
      sent: 30,
      handled: 30,
      encoded: 30,
      decoded: 30,
      deadLetters: 0,
    })
    const between = nodes.root.snapshot().counters
    for (let i = 0; i < 10; i++) await echo.call.echo(value)
    // A call and its reply.
    expect(difference(between, nodes.root.snapshot().counters)).toEqual({
      sent: 20,
      handled: 20,
      encoded: 20,
      decoded: 20,
      deadLetters: 0,
    })
  })

  test('a message that waits for its receive is decoded once, however many receives look at it', async () => {
    const nodes = new Nodes(createNode)
    const [one, other] = [await nodes.actor(), await nodes.actor()]
    const before = nodes.root.snapshot().counters
    one.send(other.pid, { skipped: true })
    for (let i = 0; i < 5; i++) await other.receive((on) => on.with('never', () => undefined).after(0, () => undefined))
    expect(difference(before, nodes.root.snapshot().counters)).toMatchObject({
      sent: 1,
      handled: 0,
      encoded: 1,
      decoded: 1,
    })
    await mailOf(other)
    expect(difference(before, nodes.root.snapshot().counters)).toMatchObject({
      sent: 1,
      handled: 1,
      encoded: 1,
      decoded: 1,
    })
  })

  test('what nobody takes is never decoded', async () => {
    const nodes = new Nodes(createNode)
    const [one, other] = [await nodes.actor(), await nodes.actor()]
    const before = nodes.root.snapshot().counters
    for (let i = 0; i < 5; i++) one.send(other.pid, { unread: i })
    nodes.main.exit(other.pid, 'boom')
    expect(difference(before, nodes.root.snapshot().counters)).toEqual({
      sent: 5,
      handled: 0,
      encoded: 5,
      decoded: 0,
      deadLetters: 5,
    })
  })

  test('across two nodes the one encodes, the other decodes', async () => {
    const nodes = new Nodes(createNode, { ids: [1, 2] })
    const [one, other] = [await nodes.actor(), await nodes.actor(2)]
    await nodes.settled()
    const before = [1, 2].map((id) => nodes.node(id).snapshot().counters)
    for (let i = 0; i < 10; i++) one.send(other.pid, { n: i })
    await nodes.settled()
    await mailOf(other)
    const after = [1, 2].map((id, i) => difference(before[i]!, nodes.node(id).snapshot().counters))
    expect(after).toEqual([
      { sent: 10, handled: 0, encoded: 10, decoded: 0, deadLetters: 0 },
      { sent: 0, handled: 10, encoded: 0, decoded: 10, deadLetters: 0 },
    ])
  })
})
