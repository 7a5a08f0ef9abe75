import { describe, expect, test } from 'vitest'
import { ActorExited, createNode, Down, Exit } from '../src/index.ts'
import type { ActorSelf, ExitReason } from '../src/index.ts'
import { mailOf, Nodes } from '../../../test/support/nodes.ts'

const setUp = async () => {
  const nodes = new Nodes(createNode)
  const [victim, trapper, watcher] = [await nodes.actor(), await nodes.actor(), await nodes.actor()]
  trapper.trapExit = true
  trapper.link(victim.pid)
  const ref = watcher.monitor(victim.pid)
  const alive = (self: ActorSelf): Promise<boolean> => nodes.main.isAlive(self.pid)
  return { nodes, victim, trapper, watcher, ref, alive }
}

/** The reasons that a linked trapper and a watcher of `victim` heard. */
const heard = async ({ nodes, trapper, watcher }: Awaited<ReturnType<typeof setUp>>): Promise<ExitReason[]> => {
  await nodes.settled()
  const [exit, down] = [await mailOf(trapper), await mailOf(watcher)] as [Exit[], Down[]]
  expect([exit.length, down.length]).toEqual([1, 1])
  expect(exit[0]).toBeInstanceOf(Exit)
  expect(down[0]).toBeInstanceOf(Down)
  return [exit[0]?.reason, down[0]?.reason]
}

describe('how a body ends (PROC-002, PROC-003, PROC-008)', () => {
  const bodies: readonly (readonly [string, (self: ActorSelf) => unknown, ExitReason])[] = [
    ['it returns: normal', () => undefined, 'normal'],
    ['its promise resolves: normal, whatever the value', async () => 'value', 'normal'],
    [
      'it throws: the error',
      () => {
        throw new TypeError('boom')
      },
      expect.objectContaining({ name: 'TypeError', message: 'boom' }),
    ],
    [
      'its promise rejects: the error',
      async () => {
        throw new RangeError('late')
      },
      expect.objectContaining({ name: 'RangeError', message: 'late' }),
    ],
    [
      'it throws what is no error: nocatch, with that value',
      () => {
        throw { code: 7 }
      },
      { nocatch: { code: 7 } },
    ],
    [
      'its promise rejects with what is no error: nocatch, with that value',
      async () => {
        throw 'late'
      },
      { nocatch: 'late' },
    ],
    [
      'it throws a word that would be an end in order: abnormal all the same',
      () => {
        throw 'normal'
      },
      { nocatch: 'normal' },
    ],
    [
      'it throws undefined: abnormal all the same',
      () => {
        throw undefined
      },
      { nocatch: undefined },
    ],
    ['it exits with a word', (self) => self.exit('shutdown'), 'shutdown'],
    [
      'it exits with a compound reason',
      (self) => self.exit({ shutdown: [1, { two: 3 }] }),
      { shutdown: [1, { two: 3 }] },
    ],
    [
      'it exits later',
      async (self) => {
        await Promise.resolve()
        self.exit('late')
      },
      'late',
    ],
    ['it exits with kill itself: kill, not killed (PROC-039)', (self) => self.exit('kill'), 'kill'],
    [
      'a thenable of its own settles it',
      () => ({ then: (resolve: (value: unknown) => void) => queueMicrotask(() => resolve(1)) }),
      'normal',
    ],
    [
      'a thenable of its own fails it',
      () => ({ then: (_: unknown, reject: (error: unknown) => void) => queueMicrotask(() => reject('no')) }),
      { nocatch: 'no' },
    ],
  ]

  test.each(bodies)('%s', async (_, body, expected) => {
    const nodes = new Nodes(createNode)
    const trapper = await nodes.actor()
    trapper.trapExit = true
    const { pid, ref } = await trapper.spawnMonitor(body)
    const linked = await trapper.spawnLink(body)
    await nodes.settled()
    const messages = await mailOf(trapper)
    expect(messages).toHaveLength(2)
    expect(messages.find((each) => each instanceof Down)).toMatchObject({ ref, target: pid, reason: expected })
    expect(messages.find((each) => each instanceof Exit)).toMatchObject({ from: linked, reason: expected })
  })

  test('what a callback of an actor throws is a failure as well, whatever it is', async () => {
    const world = await setUp()
    world.nodes.root.crash(Number(/(\d+)>$/.exec(world.victim.pid)?.[1]), 'normal')
    expect(await heard(world)).toEqual([{ nocatch: 'normal' }, { nocatch: 'normal' }])
  })

  test('exit raises, so finally blocks run and a catch can stop it (PROC-008, PROC-009)', async () => {
    const nodes = new Nodes(createNode)
    const steps: string[] = []
    await nodes.main.spawn((self) => {
      try {
        self.exit('first')
      } catch {
        steps.push('caught')
      } finally {
        steps.push('finally')
      }
      self.exit('second')
    })
    await nodes.settled()
    expect(steps).toEqual(['caught', 'finally'])
    expect(nodes.exits.map(({ reason }) => reason)).toEqual(['second'])
  })

  test('an exit signal runs no more of its code: no catch, no finally (PROC-009)', async () => {
    const nodes = new Nodes(createNode)
    const steps: string[] = []
    const pid = await nodes.main.spawn(async (self) => {
      try {
        await self.sleep(10)
        steps.push('woke')
      } catch {
        steps.push('caught')
      } finally {
        steps.push('finally')
      }
    })
    nodes.main.exit(pid, 'shutdown')
    await nodes.pass(100)
    expect(steps).toEqual([])
    expect(await nodes.main.isAlive(pid)).toBe(false)
  })
})

describe('an exit signal of another actor', () => {
  test('normal is ignored by an actor that does not trap (PROC-035)', async () => {
    const world = await setUp()
    expect(world.nodes.main.exit(world.victim.pid, 'normal')).toBe(true)
    await world.nodes.settled()
    expect(await world.alive(world.victim)).toBe(true)
  })

  test('normal reaches one that traps, as a message from the sender (PROC-035, PROC-043)', async () => {
    const world = await setUp()
    world.victim.trapExit = true
    world.watcher.exit(world.victim.pid, 'normal')
    expect(await mailOf(world.victim)).toEqual([new Exit(world.watcher.pid, 'normal')])
  })

  test.each(['shutdown', 'boom', 'noproc', 'killed', { any: ['thing'] }, 42, null, undefined])(
    '%o ends an actor that does not trap, with that reason',
    async (reason) => {
      const world = await setUp()
      world.nodes.main.exit(world.victim.pid, reason)
      expect(await world.alive(world.victim)).toBe(false)
      expect(await heard(world)).toEqual([reason, reason])
    },
  )

  test('kill ends one that traps too; everybody hears killed (PROC-037, PROC-038)', async () => {
    const world = await setUp()
    world.victim.trapExit = true
    world.nodes.main.exit(world.victim.pid, 'kill')
    expect(await world.alive(world.victim)).toBe(false)
    expect(await heard(world)).toEqual(['killed', 'killed'])
  })

  test('killed is an ordinary reason that can be trapped (PROC-038)', async () => {
    const world = await setUp()
    world.victim.trapExit = true
    world.watcher.exit(world.victim.pid, 'killed')
    expect(await mailOf(world.victim)).toEqual([new Exit(world.watcher.pid, 'killed')])
  })

  test('kill that came along a link can be trapped, and ends others as kill (PROC-039)', async () => {
    const nodes = new Nodes(createNode)
    const [trapper, plain, watcher] = [await nodes.actor(), await nodes.actor(), await nodes.actor()]
    trapper.trapExit = true
    watcher.monitor(plain.pid)
    const suicidal = await nodes.main.spawn(async (self) => {
      self.link(trapper.pid)
      self.link(plain.pid)
      await Promise.resolve()
      self.exit('kill')
    })
    await nodes.settled()
    expect(await mailOf(trapper)).toEqual([new Exit(suicidal, 'kill')])
    expect(await mailOf(watcher)).toMatchObject([{ target: plain.pid, reason: 'kill' }])
  })

  test('the first fatal one decides; a later one does nothing and still answers true (PROC-041)', async () => {
    const world = await setUp()
    expect([
      world.nodes.main.exit(world.victim.pid, 'first'),
      world.nodes.main.exit(world.victim.pid, 'second'),
    ]).toEqual([true, true])
    expect(await heard(world)).toEqual(['first', 'first'])
  })

  test('trapping is judged when the signal arrives (PROC-042)', async () => {
    const world = await setUp()
    world.victim.trapExit = true
    world.watcher.exit(world.victim.pid, 'one')
    world.victim.trapExit = false
    world.watcher.exit(world.victim.pid, 'two')
    expect(await world.alive(world.victim)).toBe(false)
    expect(await heard(world)).toEqual(['two', 'two'])
  })

  test('to a name that nobody holds does nothing', async () => {
    const world = await setUp()
    expect(world.nodes.main.exit('nobody', 'boom')).toBe(true)
  })

  test('unread messages do not hold it up (PROC-016)', async () => {
    const world = await setUp()
    for (let i = 0; i < 100; i++) world.nodes.main.send(world.victim.pid, i)
    world.nodes.main.exit(world.victim.pid, 'now')
    expect(await world.nodes.main.isAlive(world.victim.pid)).toBe(false)
  })

  test('a trapper sees message, signal, message of one sender in that order (PROC-016)', async () => {
    const world = await setUp()
    world.victim.trapExit = true
    world.watcher.send(world.victim.pid, 'before')
    world.watcher.exit(world.victim.pid, 'between')
    world.watcher.send(world.victim.pid, 'after')
    expect(await mailOf(world.victim)).toEqual(['before', new Exit(world.watcher.pid, 'between'), 'after'])
  })

  test('after kill the same caller finds the actor dead (PROC-045)', async () => {
    const world = await setUp()
    world.watcher.exit(world.victim.pid, 'kill')
    expect(await world.watcher.isAlive(world.victim.pid)).toBe(false)
  })

  test('a large compound reason arrives unchanged (PROC-044)', async () => {
    const world = await setUp()
    const reason = {
      list: Array.from({ length: 5_000 }, (_, i) => ({ i, text: `item ${i}` })),
      map: new Map([[1, new Set(['a'])]]),
      when: new Date(5),
    }
    world.nodes.main.exit(world.victim.pid, reason)
    expect(await heard(world)).toEqual([reason, reason])
  })

  test('a reason that cannot be sent is replaced by its printed form, never lost', async () => {
    const world = await setUp()
    world.nodes.main.exit(world.victim.pid, { callback: () => 1 })
    const reasons = await heard(world)
    expect(reasons.map((reason) => typeof reason)).toEqual(['string', 'string'])
    expect(await world.alive(world.victim)).toBe(false)
  })

  test('an error that cannot be sent as it is still names itself', async () => {
    const world = await setUp()
    world.nodes.main.exit(world.victim.pid, Object.assign(new Error('with a socket'), { socket: () => 1 }))
    for (const reason of await heard(world)) expect(String(reason)).toContain('with a socket')
  })
})

describe('an exit signal to oneself (PROC-036, PROC-037, PROC-040)', () => {
  test('normal ends an actor that does not trap', async () => {
    const world = await setUp()
    world.victim.exit(world.victim.pid, 'normal')
    expect(await heard(world)).toEqual(['normal', 'normal'])
  })

  test('normal is a message to one that traps', async () => {
    const world = await setUp()
    world.victim.trapExit = true
    world.victim.exit(world.victim.pid, 'normal')
    expect(await mailOf(world.victim)).toEqual([new Exit(world.victim.pid, 'normal')])
  })

  test('kill cannot be trapped and becomes killed', async () => {
    const world = await setUp()
    world.victim.trapExit = true
    world.victim.exit(world.victim.pid, 'kill')
    expect(await heard(world)).toEqual(['killed', 'killed'])
  })

  test('no surrounding catch saves it: the actor has ended', async () => {
    const world = await setUp()
    try {
      world.victim.exit(world.victim.pid, 'mine')
      world.victim.send(world.watcher.pid, 'still here?')
    } catch (error) {
      expect(error).toBeInstanceOf(ActorExited)
    }
    expect(await heard(world)).toEqual(['mine', 'mine'])
  })
})

describe('what an ended actor leaves', () => {
  test('everything it sent before its end comes before DOWN and EXIT (PROC-015)', async () => {
    const nodes = new Nodes(createNode)
    const watcher = await nodes.actor()
    watcher.trapExit = true
    const { pid, ref } = await watcher.spawnMonitor(async (self) => {
      self.link(watcher.pid)
      await Promise.resolve()
      for (let i = 0; i < 3; i++) self.send(watcher.pid, i)
      throw new Error('end')
    })
    await nodes.settled()
    const messages = await mailOf(watcher)
    expect(messages.slice(0, 3)).toEqual([0, 1, 2])
    expect(messages.slice(3)).toContainEqual(expect.objectContaining({ ref, target: pid }))
    expect(messages.slice(3)).toContainEqual(expect.objectContaining({ from: pid }))
    expect(messages).toHaveLength(5)
  })

  test('its unread messages are dead letters', async () => {
    const world = await setUp()
    for (const message of ['one', 'two']) world.watcher.send(world.victim.pid, message)
    world.nodes.main.exit(world.victim.pid, 'boom')
    await world.nodes.settled()
    expect(world.nodes.deadLetters).toEqual(
      [0, 1].map(() => ({ to: world.victim.pid, from: world.watcher.pid, why: 'noproc' })),
    )
  })

  test('a chain of 20,000 links unwinds without a stack, all with the first reason (PROC-028)', async () => {
    const nodes = new Nodes(createNode)
    const chain: ActorSelf[] = []
    for (let i = 0; i < 20_000; i++) {
      const next = await nodes.actor()
      const last = chain.at(-1)
      if (last !== undefined) next.link(last.pid)
      chain.push(next)
    }
    nodes.main.exit((chain[0] as ActorSelf).pid, 'dominoes')
    await nodes.settled()
    expect(nodes.exits.length).toBe(20_000)
    expect(new Set(nodes.exits.map(({ reason }) => reason))).toEqual(new Set(['dominoes']))
  })

  test('nobody can end the node’s own actor; it hears of it', async () => {
    const nodes = new Nodes(createNode)
    const one = await nodes.actor()
    one.exit(nodes.main.pid, 'shutdown')
    one.exit(nodes.main.pid, 'kill')
    expect(await one.isAlive(nodes.main.pid)).toBe(true)
    expect(await mailOf(nodes.main)).toContainEqual(new Exit(one.pid, 'shutdown'))
  })
})

test('what an abort listener sends keeps the order of its sender (PROC-012)', async () => {
  const nodes = new Nodes(createNode)
  const [dying, sender, receiver] = [await nodes.actor(), await nodes.actor(), await nodes.actor()]
  receiver.trapExit = true
  dying.abortSignal.addEventListener('abort', () => {
    sender.send(receiver.pid, 'first')
    sender.exit(receiver.pid, 'second')
    sender.send(receiver.pid, 'third')
  })
  nodes.main.exit(dying.pid, 'boom')
  await nodes.settled()
  expect(await mailOf(receiver)).toEqual(['first', new Exit(sender.pid, 'second'), 'third'])
})
