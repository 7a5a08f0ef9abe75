import { describe, expect, test } from 'vitest'
import { createNode, defineServer } from '../src/index.ts'
import type { ActorSelf, Node, TurnScheduler } from '../src/index.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { Nodes } from '../../../test/support/nodes.ts'

/** A node whose turns are run by hand: what is due soon, and what is due after timers and I/O had their chance. */
class Turns implements TurnScheduler {
  readonly #soon: (() => void)[] = []
  readonly #later: (() => void)[] = []
  readonly soon = (turn: () => void): void => {
    this.#soon.push(turn)
  }
  readonly later = (turn: () => void): void => {
    this.#later.push(turn)
  }

  /** Runs what is due soon, until nothing is; promises settle in between. Fails if it does not end. */
  async microtasks(): Promise<void> {
    for (let round = 0; round < 20_000; round++) {
      for (const turn of this.#soon.splice(0)) turn()
      await Promise.resolve()
      if (this.#soon.length > 0) continue
      for (let i = 0; i < 20; i++) await Promise.resolve()
      if (this.#soon.length === 0) return
    }
    throw new Error('timers and I/O would starve')
  }

  /** The event loop turns once: timers and I/O run here. */
  async loop(): Promise<void> {
    for (const turn of this.#later.splice(0)) turn()
    await this.microtasks()
  }

  get idle(): boolean {
    return this.#soon.length + this.#later.length === 0
  }
}

const setUp = (turnBudget = 100): { node: Node; turns: Turns; clock: ManualClock } => {
  const turns = new Turns()
  const clock = new ManualClock()
  const nodes = new Nodes(createNode, { platform: { turns, clock }, node: { turnBudget } })
  return { node: nodes.root, turns, clock }
}

let handled: string[] = []
const Counting = defineServer(import.meta, 'Counting', {
  init: (_self, name: string) => ({ name, again: false }),
  calls: {
    feedItself: (self) => {
      self.state.again = true
      self.send(self.pid, 1)
    },
  },
  info: (self) => {
    handled.push(self.state.name)
    if (self.state.again) self.send(self.pid, 1)
  },
})

const start = async ({ node, turns }: { node: Node; turns: Turns }, name: string): Promise<ActorSelf['pid']> => {
  const starting = node.main.start(Counting, [name])
  await turns.microtasks()
  return (await starting).pid as ActorSelf['pid']
}

const counts = (): Record<string, number> => {
  const found: Record<string, number> = {}
  for (const name of handled) found[name] = (found[name] ?? 0) + 1
  return found
}

describe('an actor that always has mail', () => {
  test('starves neither timers nor I/O: after its budget the event loop turns', async () => {
    handled = []
    const world = setUp(100)
    const pid = await start(world, 'busy')
    await world.turns.loop()
    world.node.main
      .ref(Counting, pid)
      .call.feedItself()
      .catch(() => undefined)
    await world.turns.microtasks()
    expect(handled.length).toBeLessThanOrEqual(100)
    expect(handled.length).toBeGreaterThan(50)
    await world.turns.loop()
    expect(handled.length).toBeLessThanOrEqual(200)
    expect(handled.length).toBeGreaterThan(150)
  })

  test('starves no neighbour: a turn gives each its share', async () => {
    handled = []
    const world = setUp(1_000)
    const pids = [await start(world, 'first'), await start(world, 'second'), await start(world, 'third')]
    await world.turns.loop()
    for (let i = 0; i < 1_000; i++) for (const pid of pids) world.node.main.send(pid, i)
    await world.turns.microtasks()
    const { first = 0, second = 0, third = 0 } = counts()
    expect(first + second + third).toBe(1_000)
    for (const share of [first, second, third]) expect(share).toBeGreaterThan(250)
  })

  test('lets a neighbour with one message go in between, though it came last', async () => {
    handled = []
    const world = setUp(1_000)
    const [busy, late] = [await start(world, 'busy'), await start(world, 'late')]
    await world.turns.loop()
    for (let i = 0; i < 500; i++) world.node.main.send(busy, i)
    world.node.main.send(late, 1)
    await world.turns.microtasks()
    expect(handled.indexOf('late')).toBeGreaterThan(-1)
    expect(handled.indexOf('late')).toBeLessThan(100)
  })

  test('taking its mail by receive starves nobody either', async () => {
    handled = []
    const world = setUp(100)
    const neighbour = await start(world, 'neighbour')
    let taken = 0
    const spawning = world.node.main.spawn(async (self) => {
      self.send(self.pid, 1)
      // Not for ever: a loop that starves everybody would starve this test as well.
      while (taken < 5_000) {
        await self.receive((on) => on.with(1, () => self.send(self.pid, 1)))
        taken++
      }
    })
    await world.turns.microtasks()
    await spawning
    const before = taken
    world.node.main.send(neighbour, 1)
    await world.turns.loop()
    expect(taken - before).toBeLessThanOrEqual(100)
    expect(taken - before).toBeGreaterThan(50)
    expect(counts()).toEqual({ neighbour: 1 })
  })

  test('two that answer each other for ever starve nobody', async () => {
    const world = setUp(100)
    let rallies = 0
    let left: ActorSelf | undefined
    let right: ActorSelf | undefined
    const keep = (take: (self: ActorSelf) => void) => async (self: ActorSelf) => {
      take(self)
      for (;;) {
        await self.receive((on) =>
          on.with('ball', () => {
            rallies++
            self.send((self === left ? right : left)?.pid as never, 'ball')
          }),
        )
      }
    }
    const spawning = [
      world.node.main.spawn(keep((self) => (left = self))),
      world.node.main.spawn(keep((self) => (right = self))),
    ]
    await world.turns.microtasks()
    await Promise.all(spawning)
    world.node.main.send((left as unknown as ActorSelf).pid, 'ball')
    await world.turns.microtasks()
    expect(rallies).toBeGreaterThan(50)
    expect(rallies).toBeLessThanOrEqual(100)
  })
})

describe('a turn', () => {
  test('ends by the clock too, when messages are dear', async () => {
    const world = setUp(1_000)
    let ran = 0
    const Dear = defineServer(import.meta, 'Dear', {
      init: () => 0,
      info: () => {
        ran++
        world.clock.advance(1)
      },
    })
    const starting = world.node.main.start(Dear, [])
    await world.turns.microtasks()
    const { pid } = await starting
    await world.turns.loop()
    for (let i = 0; i < 200; i++) world.node.main.send(pid!, i)
    await world.turns.microtasks()
    expect(ran).toBeLessThan(30)
    await world.turns.loop()
    expect(ran).toBeLessThan(60)
  })

  test('is followed by one of the event loop when it took long, though its message was the only one', async () => {
    const world = setUp(1_000)
    let ran = 0
    const Slow = defineServer(import.meta, 'Slow', {
      init: () => 0,
      info: () => {
        ran++
        world.clock.advance(6)
      },
    })
    const starting = world.node.main.start(Slow, [])
    await world.turns.microtasks()
    const { pid } = await starting
    await world.turns.loop()
    const sendAndRun = async (): Promise<number> => {
      world.node.main.send(pid!, 1)
      await world.turns.microtasks()
      return ran
    }
    // One comes when the one before it is done, as when its sender waits for that.
    expect([await sendAndRun(), await sendAndRun(), await sendAndRun()]).toEqual([1, 2, 2])
    await world.turns.loop()
    expect(ran).toBe(3)
    expect([await sendAndRun(), await sendAndRun()]).toEqual([4, 4])
    // Time in which nothing was done does not count.
    await world.turns.loop()
    await world.turns.loop()
    world.clock.advance(1_000)
    expect(await sendAndRun()).toBe(6)
  })

  test('taking mail by receive ends by the clock too', async () => {
    const world = setUp(1_000)
    let ran = 0
    const spawning = world.node.main.spawn(async (self) => {
      for (;;) {
        await self.receive((on) =>
          on.with(1, () => {
            ran++
            world.clock.advance(1)
          }),
        )
      }
    })
    await world.turns.microtasks()
    const pid = await spawning
    await world.turns.loop()
    for (let i = 0; i < 200; i++) world.node.main.send(pid, 1)
    await world.turns.microtasks()
    expect(ran).toBeLessThan(30)
  })

  test('asks for no turns while nothing is to do', async () => {
    handled = []
    const world = setUp()
    const pid = await start(world, 'calm')
    world.node.main.send(pid, 1)
    await world.turns.microtasks()
    await world.turns.loop()
    await world.turns.loop()
    expect(world.turns.idle).toBe(true)
    expect(counts()).toEqual({ calm: 1 })
  })

  test('whatever escapes one, the next comes: the node goes on', async () => {
    handled = []
    let fail = true
    const turns = new Turns()
    const nodes = new Nodes(createNode, {
      platform: {
        turns,
        telemetry: {
          handled: () => {
            if (!fail) return
            fail = false
            throw new Error('a listener failed')
          },
        },
      },
    })
    const world = { node: nodes.root, turns, clock: nodes.clock }
    const [one, other] = [await start(world, 'one'), await start(world, 'other')]
    await turns.loop()
    world.node.main.send(one, 1)
    world.node.main.send(other, 1)
    await expect(turns.microtasks()).rejects.toThrow('a listener failed')
    await turns.microtasks()
    world.node.main.send(one, 2)
    await turns.loop()
    await turns.microtasks()
    expect(counts()).toEqual({ one: 2, other: 1 })
  })
})

describe('real turns of the event loop', () => {
  test('timers and I/O come through while an actor feeds itself', async () => {
    handled = []
    const nodes = new Nodes(createNode)
    const server = await nodes.main.start(Counting, ['busy'])
    void server.call.feedItself()
    const seen: string[] = []
    await new Promise<void>((done) => {
      setTimeout(() => {
        seen.push('timer')
        setImmediate(() => {
          seen.push('io')
          done()
        })
      }, 1)
    })
    expect(seen).toEqual(['timer', 'io'])
    expect(handled.length).toBeGreaterThan(100)
    nodes.main.exit(server.pid!, 'kill')
  })
})
