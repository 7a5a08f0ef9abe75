import { describe, expect, test, vi } from 'vitest'
import { memoryLink } from '@bulkhead/transport-memory'
import type { Held } from '../../src/chaos/hurt.ts'
import { Weather } from '../../src/chaos/weather.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A node's weather, and a way to open its connection with a peer and to see what arrives there. */
function setUp() {
  const weather = new Weather()
  const open = (peer: number) => {
    const arrived: string[] = []
    const [inner, far] = memoryLink({ schedule: (deliver) => deliver() })
    far.receive({
      frame: (segment, start, end) => arrived.push(new TextDecoder().decode(segment.slice(start, end))),
      drained: () => {},
      closed: () => {},
    })
    return { connection: weather.over(peer, inner), arrived }
  }
  return { weather, open }
}

describe('disturbing the frames to one peer', () => {
  test('leaves those to another alone', () => {
    const { weather, open } = setUp()
    const [two, three] = [open(2), open(3)]
    weather.disturb({ peer: 2, delayMs: Infinity, forMs: Infinity }, () => {})
    two.connection.send(bytes('a'))
    three.connection.send(bytes('b'))
    expect([two.arrived, three.arrived]).toEqual([[], ['b']])
  })

  test('also disturbs a connection that opens later', () => {
    const { weather, open } = setUp()
    weather.disturb({ peer: 2, delayMs: Infinity, forMs: Infinity }, () => {})
    const { connection, arrived } = open(2)
    connection.send(bytes('a'))
    expect(arrived).toEqual([])
  })

  test('is over after its time, and says what was kept back', () => {
    vi.useFakeTimers()
    try {
      const { weather, open } = setUp()
      const { connection, arrived } = open(2)
      const over = vi.fn<(held: Held) => void>()
      weather.disturb({ peer: 2, delayMs: Infinity, forMs: 500 }, over)
      connection.send(bytes('abc'))
      vi.advanceTimersByTime(499)
      expect([over.mock.calls, arrived]).toEqual([[], []])
      vi.advanceTimersByTime(1)
      expect([over.mock.calls, arrived]).toEqual([[[{ frames: 1, bytes: 3 }]], ['abc']])
    } finally {
      vi.useRealTimers()
    }
  })

  test('ends what disturbed it before; a delay of 0 does only that', () => {
    const { weather, open } = setUp()
    const { connection, arrived } = open(2)
    const [first, second, third] = [
      vi.fn<(held: Held) => void>(),
      vi.fn<(held: Held) => void>(),
      vi.fn<(held: Held) => void>(),
    ]
    weather.disturb({ peer: 2, delayMs: Infinity, forMs: Infinity }, first)
    connection.send(bytes('a'))
    weather.disturb({ peer: 2, delayMs: Infinity, forMs: Infinity }, second)
    expect([first.mock.calls, arrived]).toEqual([[[{ frames: 1, bytes: 1 }]], ['a']])
    weather.disturb({ peer: 2, delayMs: 0, forMs: 0 }, third)
    expect([second.mock.calls, third.mock.calls]).toEqual([[[{ frames: 0, bytes: 0 }]], [[{ frames: 0, bytes: 0 }]]])
    connection.send(bytes('b'))
    expect(arrived).toEqual(['a', 'b'])
  })

  test('is over when the peer ends', () => {
    const { weather } = setUp()
    const over = vi.fn<(held: Held) => void>()
    weather.disturb({ peer: 2, delayMs: Infinity, forMs: Infinity }, over)
    weather.forget(2)
    expect(over).toHaveBeenCalledOnce()
  })
})
