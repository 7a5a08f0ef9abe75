import { type ActorRef, defineServer, ignore, type Pid, stop } from '@bulkhead/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ChildOptions, child } from '../src/child-spec.ts'
import {
  childTemplate,
  defineDynamicSupervisor,
  type DynamicSupervisorProtocol,
  type DynamicSupervisorSpec,
} from '../src/dynamic-supervisor.ts'
import { worker, Worker, World } from './world.ts'

let world: World
let spec: DynamicSupervisorSpec

/** Children of any spec. */
const Guests = defineDynamicSupervisor(import.meta, 'Guests', () => spec)
/** Children of one template. */
const Pool = defineDynamicSupervisor(import.meta, 'Pool', (options: DynamicSupervisorSpec<[name: string]>) => options)

type Dynamic = ActorRef<DynamicSupervisorProtocol>

const guests = (options: DynamicSupervisorSpec = {}): Promise<Dynamic> => {
  spec = options
  return world.start(Guests)
}
const pool = (options: ChildOptions = {}, more: object = {}) =>
  world.start(Pool, { child: childTemplate(Worker, [], options), ...more })

beforeEach(() => {
  world = new World()
})

afterEach(() => {
  world.node.stop('shutdown')
})

const pids = async (supervisor: { call: { whichChildren: () => Promise<{ pid: Pid | undefined }[]> } }) =>
  (await supervisor.call.whichChildren()).map(({ pid }) => pid)

describe('start', () => {
  test('is empty (SUP-067)', async () => {
    const supervisor = await guests()
    expect(await supervisor.call.whichChildren()).toEqual([])
    expect(await supervisor.call.countChildren()).toEqual({ specs: 0, active: 0, supervisors: 0, workers: 0 })
  })

  test('an init that answers ignore() starts nothing', async () => {
    const Nobody = defineDynamicSupervisor(import.meta, 'Nobody', () => ignore())
    expect(await world.main.tryStart(Nobody, [])).toEqual({ kind: 'ignored' })
  })

  test('a definition without an init is an error where it stands', () => {
    expect(() => defineDynamicSupervisor(import.meta, 'Empty', undefined as never)).toThrow(/Empty\.init is undefined/)
  })

  test.each([
    ['maxChildren', { maxChildren: -1 }],
    ['maxChildren', { maxChildren: 1.5 }],
    ['extraArgs', { extraArgs: 'x' }],
    ['maxChild', { maxChild: 5 }],
    ['strategy', { strategy: 'one_for_all' }],
    ['autoShutdown', { autoShutdown: 'any_significant' }],
    ['intensity', { intensity: -1 }],
    ['periodMs', { periodMs: 0 }],
    ['children', { child: 'Worker' }],
    ['children.a.significant', { child: worker('a', { restart: 'transient', significant: true }) }],
    ['what init returned', undefined],
  ])('%s of %j is named when it is wrong (SUP-061)', async (field, wrong) => {
    spec = wrong as never
    expect(await world.failure(Guests)).toMatchObject({ message: expect.stringContaining(field) })
  })
})

test('the only strategy and the only autoShutdown may be named (SUP-061, SUP-067)', async () => {
  const supervisor = await guests({ strategy: 'one_for_one', autoShutdown: 'never' })
  expect(await supervisor.call.whichChildren()).toEqual([])
})

describe('startChild with a spec', () => {
  test('starts a child; the same id may be used again (SUP-067)', async () => {
    const supervisor = await guests()
    const first = await supervisor.call.startChild(worker('a'))
    const second = await supervisor.call.startChild(worker('a'))
    expect(await pids(supervisor)).toEqual([first, second])
    expect(await supervisor.call.countChildren()).toEqual({ specs: 2, active: 2, supervisors: 0, workers: 2 })
  })

  test('that answers ignore() adds nobody (SUP-068)', async () => {
    world.scripts.set('a', { starts: [() => ignore()] })
    const supervisor = await guests()
    expect(await supervisor.call.startChild(worker('a'))).toBeUndefined()
    expect(await pids(supervisor)).toEqual([])
  })

  test('that fails refuses with the reason and adds nobody (SUP-068)', async () => {
    world.scripts.set('a', { starts: [() => stop('no disk')] })
    const supervisor = await guests()
    const starting = supervisor.call.startChild(worker('a'))
    await expect(starting).rejects.toMatchObject({ code: 'start_failed', reason: 'no disk' })
    expect(await pids(supervisor)).toEqual([])
  })

  test('a wrong spec is rejected in the caller, before anybody is asked (SUP-071)', () => {
    expect(() => child(Worker, ['a'], { restart: 'always' as never })).toThrow(/children\.Worker\.restart/)
  })

  test('a wrong spec that was written by hand is refused', async () => {
    const supervisor = await guests()
    const starting = supervisor.call.startChild({ id: 'a' } as never)
    await expect(starting).rejects.toMatchObject({ code: 'invalid_option' })
  })

  test('extraArgs come before the own arguments, on restarts too (SUP-070)', async () => {
    const supervisor = await guests({ extraArgs: ['a', 'x'] })
    const pid = await supervisor.call.startChild(child(Worker, ['b', 'c'] as never))
    await world.kill(pid)
    expect(world.takeEvents()).toEqual(['start a x b c', 'start a x b c'])
  })

  test('maxChildren refuses max_children; children that are being restarted count (SUP-069)', async () => {
    const supervisor = await guests({ maxChildren: 2 })
    const backoff = { minMs: 100, maxMs: 100 }
    const pid = await supervisor.call.startChild(worker('a', { backoff }))
    await supervisor.call.startChild(worker('b'))
    await expect(supervisor.call.startChild(worker('c'))).rejects.toMatchObject({ code: 'max_children' })
    await world.kill(pid)
    await expect(supervisor.call.startChild(worker('c'))).rejects.toMatchObject({ code: 'max_children' })
    await supervisor.call.terminateChild(pid!)
    expect(await supervisor.call.startChild(worker('c'))).toBeDefined()
  })
})

describe('startChild with a template', () => {
  test('appends its arguments, on restarts too (SUP-062)', async () => {
    const Named = defineDynamicSupervisor(import.meta, 'Named', () => ({ child: childTemplate(Worker, ['a']) }))
    const supervisor = await world.start(Named)
    const pid = await supervisor.call.startChild('b')
    await world.kill(pid)
    expect(world.takeEvents()).toEqual(['start a b', 'start a b'])
  })

  test('counts one spec, and its children have no ids (SUP-064)', async () => {
    const supervisor = await pool()
    await supervisor.call.startChild('a')
    await supervisor.call.startChild('b')
    expect(await supervisor.call.countChildren()).toEqual({ specs: 1, active: 2, supervisors: 0, workers: 2 })
    expect((await supervisor.call.whichChildren()).map(({ id }) => id)).toEqual([undefined, undefined])
  })

  test('that fails or is ignored adds nobody (SUP-063)', async () => {
    world.scripts.set('a', { starts: [() => stop('no disk')] })
    world.scripts.set('b', { starts: [() => ignore()] })
    const supervisor = await pool()
    await expect(supervisor.call.startChild('a')).rejects.toMatchObject({ code: 'start_failed' })
    expect(await supervisor.call.startChild('b')).toBeUndefined()
    expect(await pids(supervisor)).toEqual([])
  })

  test('restart type and shutdown are those of the template', async () => {
    const supervisor = await pool({ restart: 'temporary' })
    await world.kill(await supervisor.call.startChild('a'))
    expect(await pids(supervisor)).toEqual([])
  })
})

describe('a child that ends', () => {
  test.each([
    ['permanent', 'normal', true],
    ['permanent', 'boom', true],
    ['transient', 'normal', false],
    ['transient', { shutdown: 'done' }, false],
    ['transient', 'boom', true],
    ['temporary', 'normal', false],
    ['temporary', 'boom', false],
  ] as const)('%s × %j: restarted alone: %s; else it is forgotten', async (restart, reason, again) => {
    const supervisor = await guests()
    const pid = await supervisor.call.startChild(worker('a', { restart }))
    const other = await supervisor.call.startChild(worker('b'))
    await world.end(pid, reason)
    const after = await pids(supervisor)
    expect(after).toHaveLength(again ? 2 : 1)
    expect(after).toContain(other)
    expect(after).not.toContain(pid)
  })

  test('ignore() on a restart drops it (SUP-063, SUP-074)', async () => {
    world.scripts.set('a', { starts: [() => undefined, () => ignore()] })
    const supervisor = await guests()
    await world.kill(await supervisor.call.startChild(worker('a')))
    expect(await supervisor.call.whichChildren()).toEqual([])
  })

  test('a restart that fails is retried and charged (SUP-074)', async () => {
    world.scripts.set('a', { starts: [() => undefined, () => stop('no disk')] })
    const supervisor = await guests({ intensity: 3 })
    const ended = world.ending(supervisor.pid)
    await world.kill(await supervisor.call.startChild(worker('a')))
    expect(await ended).toBe('shutdown')
    expect(world.starts.get('a')).toBe(1 + 3)
  })

  test('gives up on restart intensity+1, and its children stop', async () => {
    const supervisor = await guests({ intensity: 1 })
    const ended = world.ending(supervisor.pid)
    for (const id of ['a', 'b', 'c']) await supervisor.call.startChild(worker(id))
    const [first, second] = await pids(supervisor)
    await world.kill(first)
    await world.kill(second)
    expect(await ended).toBe('shutdown')
  })

  test('held: it stays, its siblings live on, restartChild starts it by its last pid', async () => {
    const supervisor = await guests({ intensity: 0 })
    const pid = await supervisor.call.startChild(worker('a', { hold: true }))
    await supervisor.call.startChild(worker('b'))
    await expect(supervisor.call.restartChild(pid!)).rejects.toMatchObject({ code: 'running' })
    await world.kill(pid)
    const [held, other] = await supervisor.call.whichChildren()
    expect(held).toMatchObject({ status: 'held', pid: undefined, lastPid: pid })
    expect(other).toMatchObject({ status: 'running' })
    const again = await supervisor.call.restartChild(pid!)
    expect(await pids(supervisor)).toContain(again)
    await expect(supervisor.call.restartChild(pid!)).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('terminateChild', () => {
  test.each(['a name', undefined, 7, {}])(
    'of %j, which is no pid, refuses not_found, with a template simple_one_for_one, and harms nobody (SUP-065)',
    async (wrong) => {
      const supervisors = [
        [await guests(), 'not_found'],
        [await pool(), 'simple_one_for_one'],
      ] as const
      for (const [{ call, pid }, code] of supervisors) {
        for (const ask of [call.terminateChild, call.restartChild, call.deleteChild])
          await expect(ask(wrong as never)).rejects.toMatchObject({ code })
        expect(await world.main.isAlive(pid!)).toBe(true)
      }
    },
  )

  test('with a template a child that is not held is neither restarted nor deleted: simple_one_for_one (SUP-065)', async () => {
    const supervisor = await pool()
    const pid = await supervisor.call.startChild('a')
    await expect(supervisor.call.restartChild(pid!)).rejects.toMatchObject({ code: 'simple_one_for_one' })
    await expect(supervisor.call.deleteChild(pid!)).rejects.toMatchObject({ code: 'simple_one_for_one' })
    expect(await pids(supervisor)).toEqual([pid])
  })

  test('with a template a child that is held is restarted', async () => {
    const supervisor = await pool({ hold: true }, { intensity: 0 })
    const pid = await supervisor.call.startChild('a')
    await world.kill(pid)
    expect(await pids(supervisor)).toEqual([undefined])
    const again = await supervisor.call.restartChild(pid!)
    expect(await pids(supervisor)).toEqual([again])
  })

  test('stops and forgets (SUP-072)', async () => {
    const supervisor = await guests()
    const pid = await supervisor.call.startChild(worker('a'))
    expect(await supervisor.call.terminateChild(pid!)).toBeUndefined()
    expect(await supervisor.call.whichChildren()).toEqual([])
    expect(world.takeEvents()).toEqual(['start a', 'stop a shutdown'])
  })

  test('works on a child that is being restarted, by its last pid (SUP-072)', async () => {
    const supervisor = await guests()
    const pid = await supervisor.call.startChild(worker('a', { backoff: { minMs: 100, maxMs: 100 } }))
    await world.kill(pid)
    expect((await supervisor.call.whichChildren()).map(({ status }) => status)).toEqual(['restarting'])
    await supervisor.call.terminateChild(pid!)
    await world.pass(1_000)
    expect([await supervisor.call.whichChildren(), world.starts.get('a')]).toEqual([[], 1])
  })

  test('without a template refuses not_found for strangers and for the dead (SUP-072)', async () => {
    const supervisor = await guests()
    const pid = await supervisor.call.startChild(worker('a', { restart: 'temporary' }))
    await world.kill(pid)
    await expect(supervisor.call.terminateChild(pid!)).rejects.toMatchObject({ code: 'not_found' })
    await expect(supervisor.call.terminateChild(world.main.pid)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('with a template is fine for the dead, and refuses not_found for a live stranger (SUP-065)', async () => {
    const supervisor = await pool({ restart: 'temporary' })
    const pid = await supervisor.call.startChild('a')
    await world.kill(pid)
    expect(await supervisor.call.terminateChild(pid!)).toBeUndefined()
    await expect(supervisor.call.terminateChild(world.main.pid)).rejects.toMatchObject({ code: 'not_found' })
  })
})

test('wrong arguments do not compile', () => {
  const Pair = defineServer(import.meta, 'Pair', { init: (_self, left: string, right: number) => [left, right] })
  const Pairs = defineDynamicSupervisor(import.meta, 'Pairs', (left: string) => ({
    child: childTemplate(Pair, [left]),
  }))
  const uses = async (): Promise<void> => {
    // @ts-expect-error: a number where the behaviour wants a string
    childTemplate(Pair, [7])
    // @ts-expect-error: one argument too many
    childTemplate(Pair, ['a', 1, 2])
    const pairs = await world.start(Pairs, 'a')
    const anybody = await world.start(Guests)
    await pairs.call.startChild(1)
    // @ts-expect-error: the template leaves a number open
    await pairs.call.startChild('b')
    // @ts-expect-error: the template leaves one argument open
    await pairs.call.startChild(1, 2)
    // @ts-expect-error: without a template it takes a spec
    await anybody.call.startChild('b')
  }
  expect(uses).toBeTypeOf('function')
})
