import { expect, test } from 'vitest'
import { openThreadConnection, threadLink } from '@bulkhead/transport-thread'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test.each(['ring', 'port'] as const)(
  '%s: a reader that pauses makes the sender wait, and loses nothing',
  async (carrier) => {
    const { near, far } = threadLink({ carrier, ringBytes: 4_096 })
    const [sender, reader] = [openThreadConnection(near, { highWaterBytes: 10_000 }), openThreadConnection(far)]
    const seen: number[] = []
    let drained = 0
    sender.receive({ frame: () => {}, drained: () => drained++, closed: () => {} })
    reader.pause()
    reader.receive({
      frame: (segment, start) => seen.push(segment[start] as number),
      drained: () => {},
      closed: () => {},
    })
    let hasRoom = true
    let sent = 0
    for (; hasRoom && sent < 200; sent++) hasRoom = sender.send(new Uint8Array(500).fill(sent))
    expect(hasRoom).toBe(false)
    for (let i = 0; i < 20; i++) await turn()
    expect([seen, drained]).toEqual([[], 0])
    reader.resume()
    while (seen.length < sent || drained === 0) await turn()
    expect(seen).toEqual(Array.from({ length: sent }, (_, index) => index))
    sender.cut()
    reader.cut()
  },
)
