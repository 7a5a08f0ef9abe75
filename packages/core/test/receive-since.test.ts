import { describe, expect, test } from 'vitest'
import { createNode, defineServer, Down, P, receiveResponse, RequestIds, Timeout, waitResponse } from '../src/index.ts'
import type { ActorSelf, Alias } from '../src/index.ts'
import { mailOf, Nodes } from '../../../test/support/nodes.ts'

const Echo = defineServer(import.meta, 'Echo', { init: () => 0, calls: { echo: (_self, value: number) => value } })

/** How many messages a receive looked at before it took the one that fits. */
async function looksOf(
  self: ActorSelf,
  fits: (message: unknown) => boolean,
  since?: number | Alias,
): Promise<{ readonly looks: number; readonly found: unknown }> {
  let looks = 0
  const counted = (message: unknown): boolean => {
    looks++
    return fits(message)
  }
  const found = await self.receive(
    (on) => on.with(P.when(counted), (message) => message),
    since === undefined ? {} : { since },
  )
  return { looks, found }
}

const setUp = async (count: number) => {
  const nodes = new Nodes(createNode)
  const self = await nodes.actor()
  for (let i = 0; i < count; i++) nodes.main.send(self.pid, i)
  const decoded = (): number => nodes.root.snapshot().counters.decoded
  return { nodes, self, decoded }
}

describe('a receive since a ref, before which 500,000 messages came (PROC-024)', () => {
  const count = 500_000

  test('looks at none of them and decodes none: it takes steps for what came after the ref only', async () => {
    const { nodes, self, decoded } = await setUp(count)
    const other = await nodes.actor()
    const before = decoded()
    const ref = self.monitor(other.pid)
    nodes.main.send(self.pid, 'after the ref')
    nodes.main.exit(other.pid, 'kill')
    const isDown = (message: unknown): boolean => message instanceof Down && message.ref === ref
    const { looks, found } = await looksOf(self, isDown, ref)
    expect(found).toMatchObject({ ref, reason: 'killed' })
    expect(looks).toBe(2)
    expect(decoded() - before).toBeLessThan(10)
  }, 60_000)

  test('so do the responses to requests, one and several', async () => {
    const { nodes, self, decoded } = await setUp(count)
    const { pid } = await nodes.main.start(Echo, [])
    const echo = self.ref(Echo, pid!)
    const before = decoded()
    expect(await receiveResponse(echo.sendRequest.echo(1))).toEqual({ kind: 'reply', reply: 1 })
    const ids = new RequestIds<number, string>()
      .add(echo.sendRequest.echo(2), 'two')
      .add(echo.sendRequest.echo(3), 'three')
    for (const label of ['two', 'three']) expect(await waitResponse(ids)).toMatchObject({ label })
    // A request and a response each, and nothing else.
    expect(decoded() - before).toBe(6)
    expect(nodes.root.snapshot().actors.find((actor) => actor.pid === self.pid)?.mailbox.count).toBe(count)
  }, 60_000)

  test('without a ref it looks at all of them, and at what it has seen it looks again without decoding it', async () => {
    const { nodes, self, decoded } = await setUp(1_000)
    nodes.main.send(self.pid, 'one')
    nodes.main.send(self.pid, 'other')
    const before = decoded()
    expect((await looksOf(self, (message) => message === 'one')).looks).toBe(1_001)
    expect((await looksOf(self, (message) => message === 'other')).looks).toBe(1_001)
    expect(decoded() - before).toBe(1_002)
  })
})

describe('since', () => {
  test('takes the ref of a timer, and an alias; what is skipped keeps its place', async () => {
    const { nodes, self } = await setUp(3)
    const timer = self.startTimer(10, 'rings')
    await nodes.pass(10)
    expect(await looksOf(self, (message) => message instanceof Timeout, timer)).toMatchObject({ looks: 1 })
    const alias = self.alias()
    nodes.main.send(self.pid, 'beside')
    nodes.main.send(alias, { answer: 1 })
    expect(await looksOf(self, (message) => typeof message === 'object', alias)).toEqual({
      looks: 2,
      found: { answer: 1 },
    })
    expect(await mailOf(self)).toEqual([0, 1, 2, 'beside'])
  })

  test('finds what comes while it waits, and what came before the ref never', async () => {
    const { nodes, self } = await setUp(2)
    const alias = self.alias()
    const waiting = self.receive((on) => on.with(P.number, (n) => n), { since: alias })
    await nodes.settled()
    nodes.main.send(self.pid, 7)
    await nodes.settled()
    expect(await waiting).toBe(7)
    expect(await self.receive((on) => on.with(P.number, () => 'found').after(0, () => 'none'), { since: alias })).toBe(
      'none',
    )
    expect(await mailOf(self)).toEqual([0, 1])
  })

  test.each(['no alias', {}, null])('%j is an error that says what it takes', async (since) => {
    const { self } = await setUp(0)
    expect(() => self.receive((on) => on.after(0, () => 0), { since: since as never })).toThrow(/^since is/)
  })
})
