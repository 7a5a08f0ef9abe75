import type { Pid } from '@bulkhead/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { gate } from '../../../test/support/gate.ts'
import { childTemplate, defineDynamicSupervisor, type DynamicSupervisorSpec } from '../src/dynamic-supervisor.ts'
import { worker, Worker, World } from './world.ts'

let world: World

/** Children of any spec. */
const Guests = defineDynamicSupervisor(import.meta, 'Guests', (options: DynamicSupervisorSpec) => options)
/** Workers by name. */
const Pool = defineDynamicSupervisor(import.meta, 'Pool', () => ({
  child: childTemplate(Worker, [], { restart: 'temporary' }),
}))

const guests = (options: DynamicSupervisorSpec = {}) => world.start(Guests, options)

beforeEach(() => {
  world = new World()
})

afterEach(() => {
  world.node.stop('shutdown')
})

/** Stops a supervisor as its parent does. */
const stopAll = async (supervisor: { readonly pid: Pid | undefined }): Promise<unknown> => {
  const ended = world.ending(supervisor.pid)
  world.main.exit(supervisor.pid!, 'shutdown')
  await world.settled()
  return ended
}

test('tells all children at the same time (SUP-066, SUP-073)', async () => {
  const opened = gate()
  for (const id of ['a', 'b', 'c']) world.scripts.set(id, { onStop: () => opened.opened })
  const supervisor = await world.start(Pool)
  for (const id of ['a', 'b', 'c']) await supervisor.call.startChild(id)
  world.takeEvents()
  const ended = stopAll(supervisor)
  await world.settled()
  expect(world.takeEvents().toSorted()).toEqual(['stop a shutdown', 'stop b shutdown', 'stop c shutdown'])
  opened.open()
  expect(await ended).toBe('shutdown')
})

test('gives each child its own time (SUP-073)', async () => {
  const times = { slow: 300, quick: 100, brutal: 'brutal_kill', patient: 'infinity', polite: 1_000 } as const
  const supervisor = await guests()
  const ended = new Map<string, readonly [unknown, number]>()
  const opened = gate()
  for (const [id, shutdown] of Object.entries(times)) {
    const never = new Promise<void>(() => {})
    world.scripts.set(id, { onStop: () => (id === 'polite' ? undefined : id === 'patient' ? opened.opened : never) })
    const pid = await supervisor.call.startChild(worker(id, { shutdown }))
    void world.ending(pid).then((reason) => ended.set(id, [reason, world.clock.now()]))
  }
  const stopped = stopAll(supervisor)
  await world.pass(10_000)
  expect(Object.fromEntries(ended)).toEqual({
    brutal: ['killed', 0],
    polite: ['shutdown', 0],
    quick: ['killed', 100],
    slow: ['killed', 300],
  })
  opened.open()
  expect(await stopped).toBe('shutdown')
  expect(world.reports().toSorted()).toEqual(['shutdown_error quick#2', 'shutdown_error slow#1'])
})

test('does not wait for children that are being restarted or held', async () => {
  const supervisor = await guests({ intensity: 1 })
  await world.kill(await supervisor.call.startChild(worker('a', { backoff: { minMs: 100, maxMs: 100 } })))
  await world.kill(await supervisor.call.startChild(worker('b', { hold: true })))
  expect(await stopAll(supervisor)).toBe('shutdown')
})

test('does not hang on a child that unlinked itself', async () => {
  const supervisor = await guests()
  const pid = await supervisor.call.startChild(worker('a'))
  world.main.ref(Worker, pid!).cast.unlink()
  await world.settled()
  expect(await stopAll(supervisor)).toBe('shutdown')
  expect(await world.main.isAlive(pid!)).toBe(false)
})

test('a thousand children start, end and stop', async () => {
  const supervisor = await world.start(Pool)
  const started = await Promise.all(Array.from({ length: 1_000 }, () => supervisor.call.startChild('a')))
  for (const pid of started.slice(0, 500)) world.main.exit(pid!, 'kill')
  await world.settled()
  expect((await supervisor.call.countChildren()).active).toBe(500)
  const ended = world.ending(supervisor.pid)
  world.main.exit(supervisor.pid!, 'shutdown')
  expect(await ended).toBe('shutdown')
})
