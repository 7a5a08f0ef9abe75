import type { Isolation } from 'bulkhead'
import type { SupervisorReport } from '@bulkhead/supervisor'
import { describe, expect, test } from 'vitest'
import { eventually } from './program.ts'
import { Acknowledging, AtOnce, Gate, ShortLived } from './fixtures/short-lived.ts'
import { trial } from './trial.ts'

const own = trial({ handlerMs: 1_000, intensity: 1_000 })
const patience = { timeout: 120_000 }
let count = 0

const places: readonly (readonly [string, Isolation])[] = [
  ['thread', { cpu: 'heavy', limits: { handlerMs: 1_000 } }],
  ['process', { faults: 'contained' }],
  ['sandbox', { trust: 'untrusted' }],
]
const ends = ['exit', 'spin', 'crash', 'abort'] as const
type End = (typeof ends)[number]

/** An abort ends the whole OS process of a thread. */
const cases = places.flatMap(([place, isolation]) =>
  ends.flatMap((end) => (place === 'thread' && end === 'abort' ? [] : [{ place, isolation, end }])),
)

/** A name for an actor, and a gate of its own at which its `init` waits. */
async function newcomer() {
  const name = `short-lived-${++count}`
  const gate = await own.system.start(Gate, [], { id: `gate-of-${name}`, isolation: 'inline' })
  const begun = () => eventually(async () => (await gate.call.waiting()) === 1, 60_000, 'its init runs')
  /** Calls it by its name while its `init` runs, and lets that go on: the call is there when the actor has started. */
  const callFirst = async (end: End): Promise<unknown> => {
    await begun()
    const called = own.system.named(ShortLived, name).within(60_000).call[end]()
    const failed = called.then(
      () => expect.unreachable('it lives'),
      (error: { readonly reason: unknown }) => error.reason,
    )
    await gate.call.open(true)
    return await failed
  }
  /** Lets the next one leave it at that. */
  const endIt = async (): Promise<void> => {
    await begun()
    await gate.call.open(false)
  }
  return { name, gate, callFirst, endIt }
}

/** What the log says of a child: of which actor, and in which words. */
const reports = (id: string) =>
  own.records
    .map(({ data }) => data as SupervisorReport | undefined)
    .filter((data) => data?.offender?.id === id)
    .map((data) => ({ context: data?.context, pid: data?.offender.pid, reason: data?.reason }))

const reported = async (id: string, times: number) =>
  await eventually(() => reports(id).length >= times, 60_000, `${times} reports of ${id}`)

describe('an actor that dies of the first that it is asked', patience, () => {
  test.each(cases)('has started, and then ended: $place, $end', async ({ isolation, end }) => {
    const { name, gate, callFirst } = await newcomer()
    const started = own.system.start(ShortLived, [gate], { id: name, name, isolation, restart: 'temporary' })
    const reason = await callFirst(end)
    await started
    await reported(name, 1)
    expect(reports(name)).toEqual([{ context: 'child_terminated', pid: await gate.call.passed(), reason }])
  })

  test.each(places)('is reported with its own pid, not with that of an earlier life: %s', async (_, isolation) => {
    const { name, gate, callFirst, endIt } = await newcomer()
    const first = own.system.start(ShortLived, [gate], { id: name, name, isolation, adapt: false })
    const lives: { readonly context: string; readonly pid: unknown; readonly reason: unknown }[] = []
    for (let life = 1; life <= 3; life++) {
      const reason = await callFirst('exit')
      await reported(name, life)
      lives.push({ context: 'child_terminated', pid: await gate.call.passed(), reason })
    }
    await Promise.all([first, endIt()])
    expect(new Set(lives.map(({ pid }) => pid)).size).toBe(3)
    expect(reports(name)).toEqual(lives)
  })

  const functions = places.flatMap(([place, isolation]) =>
    [AtOnce, Acknowledging].map((behaviour) => ({ place, isolation, behaviour, name: behaviour.name })),
  )
  test.each(functions)('also as a function: $place, $name', async ({ isolation, behaviour }) => {
    const id = `at-once-${++count}`
    const { pid } = await own.system.start(behaviour, [], { id, isolation, restart: 'temporary' })
    await reported(id, 1)
    expect(reports(id)).toMatchObject([{ context: 'child_terminated', pid }])
  })
})
