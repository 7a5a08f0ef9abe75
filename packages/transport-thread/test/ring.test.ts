import assert from 'node:assert/strict'
import type { MessagePort } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { doorbell } from '../src/carrier.ts'
import { counter, countersOf, laneMemory } from '../src/lane.ts'
import { RingIncoming } from '../src/ring-incoming.ts'
import { RingOutgoing } from '../src/ring-outgoing.ts'

const ringBytes = 4096
const nothing = new Uint8Array(0)

/**
 * A ring with both of its sides in one thread, and each side's doorbells in the test's hands: a side acts only when it was rung, or
 * when it said that there is more.
 */
class Bench {
  readonly memory = laneMemory(ringBytes)
  readonly outgoing: RingOutgoing
  readonly incoming: RingIncoming
  readonly delivered: number[] = []
  #toReader: unknown[] = []
  #writerRings = 0
  #readerIsDue = true
  #sent = 0

  /** `position` is where the byte counts begin. */
  constructor(position = 0) {
    for (const at of [counter.written, counter.read]) Atomics.store(countersOf(this.memory), at, position)
    const port = { postMessage: (message: unknown) => this.#toReader.push(structuredClone(message)) }
    this.outgoing = new RingOutgoing(port as unknown as MessagePort, this.memory, ringBytes)
    this.incoming = new RingIncoming(this.memory, ringBytes, () => (this.#writerRings += 1))
  }

  get sent(): number {
    return this.#sent
  }

  /** Sends a frame that carries its number and its length. */
  send(length: number): void {
    const frame = new Uint8Array(Math.max(8, length))
    new DataView(frame.buffer).setUint32(0, this.#sent)
    new DataView(frame.buffer).setUint32(4, frame.length)
    this.#sent += 1
    this.outgoing.write(frame.subarray(0, 5), frame, 5, frame.length, undefined, false)
  }

  /** The reader handles its messages, if there are any. */
  runReader(): boolean {
    const messages = this.#toReader.splice(0)
    if (messages.length === 0 && !this.#readerIsDue) return false
    for (const message of messages) if (message !== doorbell) this.incoming.arrive(message)
    const progress = this.incoming.read((segment, start, end) => {
      const view = new DataView(segment.buffer, segment.byteOffset + start)
      assert.equal(view.getUint32(4), end - start)
      this.delivered.push(view.getUint32(0))
      return true
    })
    assert.ok(progress === 'empty' || progress === 'more' || progress === 'missing', progress)
    this.#readerIsDue = progress === 'more' || (progress === 'empty' && !this.incoming.sleep())
    return true
  }

  /** The writer handles its doorbells, if there are any. */
  runWriter(): boolean {
    if (this.#writerRings === 0) return false
    this.#writerRings = 0
    this.outgoing.wake()
    return true
  }

  /** Lets both sides act as long as one of them has reason to. */
  settle(): void {
    while (this.runReader() || this.runWriter());
  }
}

const step = fc.oneof(
  fc.record({ do: fc.constant('send' as const), length: fc.integer({ min: 8, max: 40 }) }),
  fc.record({ do: fc.constant('send' as const), length: fc.integer({ min: 900, max: 1_100 }) }),
  fc.record({ do: fc.constantFrom('flush' as const, 'read' as const, 'wake' as const) }),
)
const positions = [0, 4, 2 ** 31 - 8, -4, -ringBytes + 4]

describe('a ring', () => {
  test('much that is written in one turn is there for the reader before the turn ends, in ever larger parts', () => {
    const bench = new Bench()
    bench.runReader()
    bench.send(96) // 100 bytes with its length
    bench.runReader()
    assert.deepEqual(bench.delivered, [])
    bench.send(96)
    bench.runReader()
    assert.deepEqual(bench.delivered, [0, 1])
    for (let frame = 0; frame < 2; frame += 1) bench.send(96) // not twice as much as before
    bench.runReader()
    assert.deepEqual(bench.delivered, [0, 1])
    bench.send(96)
    bench.runReader()
    assert.deepEqual(bench.delivered, [0, 1, 2, 3, 4])
  })

  test('delivers every frame once and in order, and nobody sleeps while there is something to do', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.constantFrom(...positions), (steps, position) => {
        const bench = new Bench(position)
        for (const each of steps) {
          if (each.do === 'send') bench.send(each.length)
          if (each.do === 'flush') bench.outgoing.flush()
          if (each.do === 'read') bench.runReader()
          if (each.do === 'wake') bench.runWriter()
        }
        bench.outgoing.flush()
        bench.settle()
        assert.deepEqual(
          bench.delivered,
          Array.from({ length: bench.sent }, (_, index) => index),
        )
        assert.equal(bench.outgoing.pendingBytes, 0)
      }),
      { numRuns: 400 },
    )
  })

  test('a writer who asked for room is rung once there is some', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 8, max: 3_000 }), { minLength: 1, maxLength: 60 }), (lengths) => {
        const bench = new Bench()
        for (const length of lengths) bench.send(length)
        bench.outgoing.flush()
        if (bench.outgoing.awaitRoom(0)) bench.settle()
        assert.equal(bench.outgoing.pendingBytes, 0)
      }),
      // frames that fit into the ring one by one, and not all together
      { numRuns: 200, examples: [[Array.from({ length: 12 }, () => 1_000)]] },
    )
  })

  test('a sleeping reader is rung once for what is published in one turn', () => {
    const bench = new Bench()
    bench.settle()
    for (let i = 0; i < 20; i += 1) bench.send(16)
    bench.outgoing.flush()
    bench.outgoing.flush()
    assert.equal(bench.runReader(), true)
    assert.equal(bench.delivered.length, 20)
    assert.equal(bench.runReader(), false)
  })

  test('a reader delivers no more than what was there when it began', () => {
    const bench = new Bench()
    for (let i = 0; i < 5; i += 1) bench.send(16)
    bench.outgoing.flush()
    let delivered = 0
    const progress = bench.incoming.read(() => {
      delivered += 1
      bench.send(16)
      bench.outgoing.flush()
      return delivered < 50
    })
    assert.deepEqual([delivered, progress], [5, 'more'])
  })

  test.each([
    ['a length beyond the longest', 1_200],
    ['an unknown mark', -9],
  ])('calls %s corrupt', (_what, header) => {
    const memory = laneMemory(ringBytes)
    const counters = countersOf(memory)
    new Int32Array(memory, counters.byteLength)[0] = header
    Atomics.store(counters, counter.written, 8)
    const incoming = new RingIncoming(memory, ringBytes, () => {})
    assert.equal(
      incoming.read(() => assert.fail('nothing to deliver')),
      'corrupt',
    )
  })

  test('a reader that sleeps is rung although the payload that would have woken it cannot be moved', () => {
    const bench = new Bench()
    const rings: unknown[] = []
    const postMessage = (message: unknown) => {
      if (message !== doorbell) throw new Error('cannot be moved')
      rings.push(message)
    }
    const outgoing = new RingOutgoing({ postMessage } as unknown as MessagePort, bench.memory, ringBytes)
    assert.ok(bench.incoming.sleep())
    assert.throws(() => outgoing.write(Uint8Array.of(1), nothing, 0, 0, [new ArrayBuffer(8)], false), /cannot be moved/)
    outgoing.write(Uint8Array.of(2), nothing, 0, 0, undefined, false)
    outgoing.flush()
    assert.deepEqual(rings, [doorbell])
  })

  test('stops at the slot of a payload that has not come, and goes on when it is there', () => {
    const bench = new Bench()
    const posted: unknown[] = []
    const port = { postMessage: (message: unknown) => posted.push(message) } as unknown as MessagePort
    const outgoing = new RingOutgoing(port, bench.memory, ringBytes)
    outgoing.write(Uint8Array.of(1), nothing, 0, 0, undefined, false)
    outgoing.write(Uint8Array.of(2), nothing, 0, 0, [new SharedArrayBuffer(8)], false)
    outgoing.write(Uint8Array.of(3), nothing, 0, 0, undefined, false)
    outgoing.flush()
    const seen: number[] = []
    const deliver = (segment: Uint8Array, start: number) => seen.push(segment[start]!) > 0
    assert.equal(bench.incoming.read(deliver), 'missing')
    assert.deepEqual(seen, [1])
    bench.incoming.arrive(posted.find((message) => message !== doorbell))
    assert.equal(bench.incoming.read(deliver), 'empty')
    assert.deepEqual(seen, [1, 2, 3])
  })
})
