import { describe, expect, test } from 'vitest'
import type { Pid } from 'bulkhead'
import { Faulty } from './fixtures/faulty.ts'
import { Listener } from './fixtures/listener.ts'
import type { Hook } from './fixtures/listener.ts'
import { eventually, run } from './program.ts'
import { trial } from './trial.ts'

const places = ['inline', 'thread', 'process'] as const

describe('the channels of telemetry', () => {
  const world = trial({ threads: 1, processes: 1, spares: 0 })

  test.each(places)('%s: whoever subscribes on a node hears what happens there', async (place) => {
    const listener = (await world.system.start(Listener, [], { id: `listener-${place}`, isolation: place })).within(
      20_000,
    )
    const hooks: Hook[] = ['spawned', 'handled', 'crashed', 'exited', 'deadLetter', 'counted']
    await listener.call.listen(hooks)
    const pid = (await listener.call.lose()) as Pid
    await eventually(async () => (await listener.call.heard('counted')).length > 0, 20_000, 'counts')
    const heard = new Map<Hook, unknown[]>()
    for (const hook of hooks) heard.set(hook, await listener.call.heard(hook))
    const path = `/listener-${place}/victim`
    const victim = { pid, path, behaviour: 'Victim' }
    const reason = 'RangeError: lost'
    const about = (hook: Hook): unknown[] => heard.get(hook)!.filter((event) => (event as { pid?: Pid }).pid === pid)
    expect(about('spawned')).toEqual([{ ...victim, placement: expect.objectContaining({ kind: 'inline' }) }])
    expect(about('handled')).toEqual([
      { pid, handler: 'Victim.receive', queuedMs: expect.any(Number), ranMs: expect.any(Number) },
    ])
    expect(about('exited')).toEqual([{ ...victim, reason }])
    expect(about('crashed')).toEqual([
      { ...victim, reason, handler: 'Victim.receive', lastMessage: 'a secret', restarts: 0 },
    ])
    expect(heard.get('deadLetter')).toEqual([{ to: 'nobody-at-all', from: listener.pid, why: 'unregistered' }])
    const [counted] = heard.get('counted') as { actors: number; handled: number; deadLetters: number }[]
    expect(counted!.actors).toBeGreaterThan(0)
    expect(counted!.handled).toBeGreaterThan(0)
    expect(counted!.deadLetters).toBeGreaterThan(0)
  })

  test('restarted: on the node of the supervisor; nodeDown: on the nodes that are left', async () => {
    const listener = (await world.system.start(Listener, [], { id: 'witness-of-ends', isolation: 'inline' })).within(
      20_000,
    )
    await listener.call.listen(['restarted', 'nodeDown'])
    const faulty = await world.system.start(Faulty, [], { id: 'leaver', isolation: { faults: 'contained' } })
    const pid = faulty.pid
    await faulty.call.exit(3).catch(() => {})
    await eventually(async () => (await listener.call.heard('restarted')).length > 0, 20_000, 'a restart')
    expect(await listener.call.heard('restarted')).toEqual([
      expect.objectContaining({ child: 'leaver', reason: { exited: { code: 3 } } }),
    ])
    expect(await listener.call.heard('nodeDown')).toEqual([
      expect.objectContaining({ cause: 'exited', culprit: { pid, reason: { exited: { code: 3 } } } }),
    ])
  })
})

describe('DEBUG=bulkhead:*', () => {
  const observed = (env: Readonly<Record<string, string>>) => run('observed.ts', { args: ['exit'], env })

  test('prints what each package does, on the root, in threads and in processes', async () => {
    const program = observed({ DEBUG: 'bulkhead:*', DEBUG_COLORS: 'no' })
    await program.ended
    const printed = program.stderr.join('\n')
    expect(printed).toMatch(/^\S* ?bulkhead:system /m)
    expect(printed).toMatch(/^\S* ?bulkhead:warden /m)
    expect(printed).toMatch(/^\S* ?bulkhead:core \/crasher \S+ spawned: Faulty/m)
    expect(printed).toMatch(/^\S* ?bulkhead:core \/crasher \S+ exited: RangeError: thrown/m)
    expect(printed).toMatch(/^\S* ?bulkhead:supervisor child crasher restarted as /m)
    expect(printed).toMatch(/^\[thread \d+[^\]]*\] \S* ?bulkhead:core \/full \S+ spawned: Faulty/m)
    expect(printed).toMatch(/^\[process \d+[^\]]*\] \S* ?bulkhead:core \/far \S+ spawned: Faulty/m)
    expect(printed).toMatch(/bulkhead:transport-thread node 1 is connected with node \d/)
    expect(printed).toMatch(/^\[thread .*bulkhead:transport-thread node \d is connected with node 1/m)
    expect(printed).toMatch(/bulkhead:transport-process node 1 is connected with node \d/)
    expect(printed).toMatch(/^\[process .*bulkhead:transport-process node \d is connected with node 1/m)
  })

  test('a namespace prints alone', async () => {
    const program = observed({ DEBUG: 'bulkhead:supervisor', DEBUG_COLORS: 'no' })
    await program.ended
    const debugged = program.stderr.filter((line) => line.includes('bulkhead:'))
    expect(debugged).toEqual([expect.stringContaining('bulkhead:supervisor child crasher restarted')])
  })

  test('without it nothing of that is printed', async () => {
    const program = observed({})
    await program.ended
    expect(program.stderr.join('\n')).not.toContain('bulkhead:')
  })
})
