import { describe, expect, test } from 'vitest'
import type { IsolationLimits, Pid } from 'bulkhead'
import { Bomber, heapBombs, otherBombs } from './fixtures/bombs.ts'
import type { Bomb } from './fixtures/bombs.ts'
import { Faulty } from './fixtures/faulty.ts'
import { trial } from './trial.ts'

const made = trial({ processes: 2 })
let count = 0

/** What its link, its monitor and its caller are told, and whether others live on as they were. */
async function explode(bomb: Bomb, limits: IsolationLimits) {
  const id = ++count
  const neighbour = await made.system.start(Faulty, [], { id: `neighbour-${id}`, isolation: 'process' })
  const before = await neighbour.call.whereabouts()
  const isolation = { limits: { handlerMs: 120_000, ...limits } }
  const ref = await made.system.start(Bomber, [], { id: `bomber-${id}`, restart: 'temporary', isolation })
  const pid = ref.pid as Pid
  await made.watch(pid)
  const caller = await ref
    .within(120_000)
    .call.explode(bomb)
    .catch((error: unknown) => (error as { reason: unknown }).reason)
  const { exit, down, downNode } = await made.notices(pid)
  expect(await neighbour.call.whereabouts()).toEqual(before)
  return { told: [caller, exit, down], evidence: downNode }
}

describe('memory exhaustion in a process is contained, told as such, and names the limit', () => {
  test.each(Object.keys(heapBombs) as Bomb[])('of the heap: %s', { timeout: 180_000 }, async (bomb) => {
    const reason = { out_of_memory: { limitMb: 64 } }
    const { told, evidence } = await explode(bomb, { heapMb: 64 })
    expect(told).toEqual([reason, reason, reason])
    expect(evidence).toMatchObject({ cause: 'out_of_memory' })
  })

  test.each(Object.keys(otherBombs) as Bomb[])('outside the heap: %s', { timeout: 180_000 }, async (bomb) => {
    const reason = { out_of_memory: { limitMb: 250 } }
    const { told, evidence } = await explode(bomb, { rssMb: 250 })
    expect(told).toEqual([reason, reason, reason])
    expect(evidence).toMatchObject({ cause: 'out_of_memory', heapBytes: expect.any(Number) })
    expect((evidence as { heapBytes: number }).heapBytes).toBeGreaterThan(250 * 2 ** 20)
  })
})
