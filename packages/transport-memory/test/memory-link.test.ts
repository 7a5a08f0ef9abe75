import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import { memoryLink } from '@bulkhead/transport-memory'
import type { MemoryEvent } from '@bulkhead/transport-memory'
import type { Receiver } from '@bulkhead/core/transport'

/** A schedule that runs nothing until told to. */
function heldSchedule() {
  const due: { deliver: () => void; event: MemoryEvent }[] = []
  const runAt = (at: 0 | 1, count = 1) => {
    for (let i = 0; i < count; i += 1) {
      const index = due.findIndex(({ event }) => event.at === at)
      if (index >= 0) due.splice(index, 1)[0]?.deliver()
    }
  }
  const runAll = () => {
    while (due.length > 0) due.shift()?.deliver()
  }
  return {
    due,
    runAt,
    runAll,
    schedule: (deliver: () => void, event: MemoryEvent) => void due.push({ deliver, event }),
  }
}

function recorder() {
  const log: string[] = []
  const receiver: Receiver = {
    frame: (segment, start, end) => log.push(new TextDecoder().decode(segment.slice(start, end))),
    drained: () => log.push('drained'),
    closed: (ending) => log.push(`(${ending.how})`),
  }
  return { log, receiver }
}

const bytes = (text: string) => new TextEncoder().encode(text)

describe('a link in memory', () => {
  test('the schedule picks which direction moves, and each direction keeps its order', () => {
    const held = heldSchedule()
    const [left, right] = memoryLink(held)
    const atLeft = recorder()
    const atRight = recorder()
    left.receive(atLeft.receiver)
    right.receive(atRight.receiver)
    left.send(bytes('a'), bytes('1'))
    right.send(bytes('b1'))
    left.send(bytes('a2'))
    held.runAt(1, 2)
    assert.deepEqual(atRight.log, ['a1', 'a2'])
    assert.deepEqual(atLeft.log, [])
    held.runAt(0)
    assert.deepEqual(atLeft.log, ['b1'])
  })

  test('deliveries that run in another order than they were scheduled in still take the oldest frame first', () => {
    const held = heldSchedule()
    const [left, right] = memoryLink(held)
    const { log, receiver } = recorder()
    right.receive(receiver)
    for (const text of ['1', '2', '3']) left.send(bytes(text))
    held.due.reverse()
    held.runAll()
    assert.deepEqual(log, ['1', '2', '3'])
  })

  test('an end that vanishes lets as many frames through as it is told, then the other side sees lost', () => {
    const held = heldSchedule()
    const [left, right] = memoryLink(held)
    const atLeft = recorder()
    const atRight = recorder()
    left.receive(atLeft.receiver)
    right.receive(atRight.receiver)
    for (const text of ['1', '2', '3', '4']) left.send(bytes(text))
    right.send(bytes('unheard'))
    held.runAt(1)
    assert.equal(left.inFlight, 3)
    left.vanish(2)
    held.runAll()
    assert.deepEqual(atRight.log, ['1', '2', '3', '(lost)'])
    assert.deepEqual(atLeft.log, [])
    assert.equal(left.send(bytes('5')), false)
  })

  test('the bytes of a frame are overwritten once its receiver has returned', () => {
    const held = heldSchedule()
    const [left, right] = memoryLink(held)
    let kept: Uint8Array = new Uint8Array(0)
    right.receive({
      ...recorder().receiver,
      frame: (segment, start, end) => void (kept = segment.subarray(start, end)),
    })
    left.send(bytes('x'))
    held.runAll()
    assert.deepEqual([...kept], [0xdd])
  })

  test('a link that does not share refuses what travels beside', () => {
    const [left] = memoryLink({ ...heldSchedule(), shares: false })
    assert.throws(() => left.send(bytes('x'), undefined, 0, 0, [new SharedArrayBuffer(1)]), TypeError)
  })
})
