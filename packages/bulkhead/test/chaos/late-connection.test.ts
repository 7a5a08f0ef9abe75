import { describe, expect, test } from 'vitest'
import type { Connection, Receiver } from '@bulkhead/core/transport'
import { transportCompliance } from '@bulkhead/transport-compliance'
import { memoryLink } from '@bulkhead/transport-memory'
import { LateConnection } from '../../src/chaos/late-connection.ts'
import { memorySubject } from '../../../transport-memory/test/memory-subject.ts'

const runner = { describe, test }
transportCompliance({
  name: 'a connection that nobody disturbs',
  runner,
  shares: true,
  deaths: ['vanish'],
  ...memorySubject({}, (connection) => new LateConnection(connection)),
})

const delayed = (connection: Connection): Connection => {
  const late = new LateConnection(connection)
  late.delay(1)
  return late
}
// A carrier that waits for a timer is quiet for longer than the suite takes for a standstill, so that is not watched for.
const { open, highWaterBytes } = memorySubject({}, delayed)
transportCompliance({
  name: 'a connection that is late',
  runner,
  shares: true,
  deaths: [], // what has not left yet dies with its side, as bytes do that a carrier has not taken
  open,
  ...(highWaterBytes !== undefined && { highWaterBytes }),
  skip: {
    'close lets through what the other side answers before it sees the close':
      'the answers have not left when the other side sees the close, which is the end of the connection',
  },
})

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function setUp() {
  const log: string[] = []
  const receiver = (who: string): Receiver => ({
    frame: (segment, start, end) => log.push(`${who} ${new TextDecoder().decode(segment.slice(start, end))}`),
    drained: () => log.push(`${who} drained`),
    closed: ({ how }) => log.push(`${who} ${how}`),
  })
  const [inner, far] = memoryLink({ schedule: (deliver) => deliver() })
  const near = new LateConnection(inner)
  near.receive(receiver('near'))
  far.receive(receiver('far'))
  return { near, far, log }
}

describe('a cut', () => {
  test('lets nothing out, and all of it in order when it is over; how much is told', () => {
    const { near, log } = setUp()
    near.send(bytes('a'))
    near.delay(Infinity)
    near.send(bytes('b'), bytes('ody'))
    near.send(bytes('c'))
    expect(log).toEqual(['far a'])
    expect(near.pendingBytes).toBe(5)
    expect(near.delay(0)).toEqual({ frames: 2, bytes: 5 })
    near.send(bytes('d'))
    expect(log).toEqual(['far a', 'far body', 'far c', 'far d'])
    expect(near.pendingBytes).toBe(0)
  })

  test('goes one way: what comes from the other side arrives', () => {
    const { near, far, log } = setUp()
    near.delay(Infinity)
    near.send(bytes('lost in thought'))
    far.send(bytes('hello'))
    expect(log).toEqual(['near hello'])
  })

  test('holds the sender back as a full carrier does, and tells it once when there is room', () => {
    const { near, log } = setUp()
    near.delay(Infinity)
    const half = new Uint8Array(512 * 1024)
    expect([near.send(half), near.send(half), near.send(half)]).toEqual([true, false, false])
    near.delay(0)
    expect(log.filter((line) => line === 'near drained')).toHaveLength(1)
  })

  test('what a frame was made of can be used again at once', () => {
    const { near, log } = setUp()
    near.delay(Infinity)
    const body = bytes('x')
    near.send(bytes('1'), body)
    body[0] = 121
    near.delay(0)
    expect(log).toEqual(['far 1x'])
  })

  test('ends with the connection: an end in order lets everything out, and nothing follows', () => {
    const { near, log } = setUp()
    near.delay(Infinity)
    near.send(bytes('last words'))
    near.close()
    expect(near.send(bytes('too late'))).toBe(false)
    near.delay(0)
    expect(log.slice(0, 1)).toEqual(['far last words'])
    expect(log).not.toContain('far too late')
  })

  test('what was kept back is gone when the connection is cut for good, or lost', () => {
    for (const end of ['cut', 'vanish'] as const) {
      const { near, far, log } = setUp()
      near.delay(Infinity)
      near.send(bytes('never heard'))
      if (end === 'cut') near.cut()
      else far.vanish()
      near.delay(0)
      expect(near.pendingBytes).toBe(0)
      expect(log).not.toContain('far never heard')
    }
  })
})
