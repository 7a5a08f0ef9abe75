import { expect, test } from 'vitest'
import { createNode, defineServer } from '../src/index.ts'
import type { ActorSelf } from '../src/index.ts'
import { Nodes } from '../../../test/support/nodes.ts'

const Echo = defineServer(import.meta, 'Echo', { init: () => 0, calls: { echo: (_self, value: number) => value } })

/** Milliseconds of CPU that something took, the best of three. */
async function cpuMs(run: () => Promise<void>): Promise<number> {
  let best = Infinity
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage()
    await run()
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / 1_000)
  }
  return best
}

const fill = (nodes: Nodes, self: ActorSelf, count: number): void => {
  for (let i = 0; i < count; i++) nodes.main.send(self.pid, i)
}

test('waiting for a reply stays fast with 500,000 queued messages: less than ten times slower (PROC-024)', async () => {
  const nodes = new Nodes(createNode)
  const echo = await nodes.main.start(Echo, [])
  const [empty, full] = [await nodes.actor(), await nodes.actor()]
  fill(nodes, full, 500_000)
  const callFrom = (self: ActorSelf) => async () => {
    const ref = self.ref(Echo, echo.pid!)
    for (let i = 0; i < 5_000; i++) await ref.call.echo(i)
  }
  const [few, many] = [await cpuMs(callFrom(empty)), await cpuMs(callFrom(full))]
  expect(nodes.root.snapshot().actors.find(({ pid }) => pid === full.pid)?.mailbox.count).toBe(500_000)
  expect(many / few).toBeLessThan(10)
}, 60_000)

test('a receive that waits looks at what is new only: 100,000 queued messages cost it nothing', async () => {
  const nodes = new Nodes(createNode)
  const [empty, full] = [await nodes.actor(), await nodes.actor()]
  fill(nodes, full, 100_000)
  let looked = 0
  const arrive = (self: ActorSelf) => async () => {
    const waiting = self.receive((on) => on.with({ end: true }, () => undefined))
    await nodes.settled()
    looked = nodes.root.snapshot().counters.decoded
    for (let i = 0; i < 1_000; i++) {
      nodes.main.send(self.pid, { n: i })
      await nodes.settled()
    }
    looked = nodes.root.snapshot().counters.decoded - looked
    nodes.main.send(self.pid, { end: true })
    await waiting
  }
  const [few, many] = [await cpuMs(arrive(empty)), await cpuMs(arrive(full))]
  expect(looked).toBe(1_000)
  expect(many / few).toBeLessThan(10)
}, 60_000)
