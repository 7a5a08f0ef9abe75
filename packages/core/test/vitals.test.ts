import { describe, expect, test } from 'vitest'
import { createNode, defineServer, VITALS } from '../src/index.ts'
import { gate } from '../../../test/support/gate.ts'
import { Nodes } from '../../../test/support/nodes.ts'

/** What a warden can read of a node without asking it. */
const setUp = () => {
  const vitals = new Float64Array(VITALS.length)
  const handlers = new Map<number, string>()
  const nodes = new Nodes(createNode, { node: { vitals, onHandler: (id, name) => handlers.set(id, name) } })
  const now = () => ({
    running: vitals[VITALS.turn]! % 2 === 1,
    actor: vitals[VITALS.actor],
    handler: handlers.get(vitals[VITALS.handler]!),
    alive: vitals[VITALS.alive],
    sole: vitals[VITALS.sole],
  })
  return { nodes, handlers, now, vitals }
}
const serialOf = (pid: string | undefined): number => Number(/(\d+)>$/.exec(pid ?? '')?.[1])

let look: () => unknown = () => undefined
const Child = defineServer(import.meta, 'Child', { init: () => 0 })
const Worker = defineServer(import.meta, 'Worker', {
  init: () => 0,
  calls: {
    look: () => look(),
    startAndLook: (self) => {
      const starting = self.start(Child, [])
      const seen = look()
      return starting.then(() => seen)
    },
    spawnAndLook: (self) => {
      const starting = self.spawn(() => undefined)
      const seen = look()
      return starting.then(() => seen)
    },
    wait: () => hold.opened,
  },
})
let hold = gate()

describe('vitals', () => {
  test('say which actor runs which handler, while it runs', async () => {
    const { nodes, now } = setUp()
    const [one, other] = [await nodes.main.start(Worker, []), await nodes.main.start(Worker, [])]
    look = now
    expect(await one.call.look()).toMatchObject({ running: true, actor: serialOf(one.pid), handler: 'Worker.look' })
    expect(await other.call.look()).toMatchObject({ running: true, actor: serialOf(other.pid), handler: 'Worker.look' })
  })

  test('say nothing runs between turns', async () => {
    const { nodes, now } = setUp()
    const one = await nodes.main.start(Worker, [])
    await one.call.look()
    await nodes.settled()
    expect(now().running).toBe(false)
    hold = gate()
    void one.call.wait()
    await nodes.settled()
    expect(now().running).toBe(false)
    hold.open()
    await nodes.settled()
  })

  test('say when the latest turn began, by the platform’s clock, before it counts', async () => {
    const { nodes, vitals } = setUp()
    const one = await nodes.main.start(Worker, [])
    for (const ms of [100, 250]) {
      await nodes.settled()
      nodes.clock.advance(ms)
      const due = nodes.clock.now()
      expect(vitals[VITALS.turnAt]).toBeLessThan(due)
      look = () => vitals[VITALS.turnAt]
      expect(await one.call.look()).toBe(due)
    }
  })

  test.each(['startAndLook', 'spawnAndLook'] as const)(
    '%s: a child that begins inside a handler does not take the blame for it',
    async (how) => {
      const { nodes, now } = setUp()
      const one = await nodes.main.start(Worker, [])
      look = now
      expect(await one.call[how]()).toMatchObject({ running: true, actor: serialOf(one.pid), handler: `Worker.${how}` })
    },
  )

  test('name each handler once, before it runs first', async () => {
    const { nodes, handlers } = setUp()
    const one = await nodes.main.start(Worker, [])
    look = () => [...handlers.values()].includes('Worker.look')
    expect(await one.call.look()).toBe(true)
    await one.call.look()
    expect([...handlers.values()].filter((name) => name === 'Worker.look')).toHaveLength(1)
    expect(new Set(handlers.keys()).size).toBe(handlers.size)
  })

  test('count the actors, and name the only one', async () => {
    const { nodes, now } = setUp()
    expect(now().alive).toBe(0)
    const one = await nodes.actor()
    expect(now()).toMatchObject({ alive: 1, sole: serialOf(one.pid) })
    const other = await nodes.actor()
    expect(now().alive).toBe(2)
    nodes.main.exit(one.pid, 'kill')
    expect(now()).toMatchObject({ alive: 1, sole: serialOf(other.pid) })
  })

  test('name terminate while it runs', async () => {
    const { nodes, now } = setUp()
    const one = await nodes.actor()
    const seen: unknown[] = []
    look = () => seen.push(now())
    const trapping = await one.start(
      defineServer({ url: import.meta.url }, 'Trapping', {
        init: (self) => (self.trapExit = true),
        terminate: () => look(),
      }),
      [],
    )
    one.exit(trapping.pid!, 'shutdown')
    await nodes.settled()
    expect(seen).toMatchObject([{ actor: serialOf(trapping.pid), handler: 'Trapping.terminate' }])
  })
})
