import type { Connection, Receiver } from '@bulkhead/core/transport'
import type { Wrap } from '../../transport-memory/test/memory-subject.ts'

/** What `send` is given behind the head. */
export type Rest = Parameters<Connection['send']> extends [Uint8Array, ...infer R] ? R : never

/** What a broken connection does otherwise than the one it is built on. */
export interface Flaw {
  send?(head: Uint8Array, ...rest: Rest): boolean
  pendingBytes?(): number
  receive?(receiver: Receiver): void
  close?(): void
  cut?(): void
}

/** A connection with a flaw; everything else is the sound connection's. */
export function flawed(sound: Connection, flaw: Flaw): Connection {
  return {
    shares: sound.shares,
    flush: () => sound.flush(),
    get pendingBytes() {
      return flaw.pendingBytes ? flaw.pendingBytes() : sound.pendingBytes
    },
    send: (...args) => (flaw.send ? flaw.send(...args) : sound.send(...args)),
    receive: (receiver) => (flaw.receive ? flaw.receive(receiver) : sound.receive(receiver)),
    close: () => (flaw.close ? flaw.close() : sound.close()),
    cut: () => (flaw.cut ? flaw.cut() : sound.cut()),
  }
}

/** A flaw of the receiving side: `change` gets the user's receiver and returns what it wants to hear instead. */
export function hearing(sound: Connection, change: (receiver: Receiver) => Partial<Receiver>): Connection {
  return flawed(sound, {
    receive: (receiver) =>
      sound.receive({
        frame: (...args) => receiver.frame(...args),
        drained: () => receiver.drained(),
        closed: (ending) => receiver.closed(ending),
        ...change(receiver),
      }),
  })
}

/** The number that a frame of the suite carries. */
export function numberOf(segment: Uint8Array, start = 0): number {
  return segment.length - start < 4 ? -1 : new DataView(segment.buffer, segment.byteOffset + start).getUint32(0)
}

/** A receiving side that treats the frame with this number and length in a way of its own. */
export function hearingOne(
  sound: Connection,
  number: number,
  length: number | undefined,
  treat: (receiver: Receiver, frame: Uint8Array) => void,
): Connection {
  return hearing(sound, (receiver) => ({
    frame: (segment, start, end, beside) => {
      const isMeant = numberOf(segment, start) === number && (length === undefined || end - start === length)
      if (isMeant) treat(receiver, segment.slice(start, end))
      else receiver.frame(segment, start, end, beside)
    },
  }))
}

/** Puts a flaw into the near end of each link. */
export function near(wrap: (sound: Connection) => Connection): Wrap {
  return (connection, side) => (side === 'near' ? wrap(connection) : connection)
}

/** Puts a flaw into the far end of each link. */
export function far(wrap: (sound: Connection) => Connection): Wrap {
  return (connection, side) => (side === 'far' ? wrap(connection) : connection)
}
