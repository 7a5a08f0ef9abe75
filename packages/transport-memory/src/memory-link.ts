import { Lane } from './lane.ts'
import { MemoryEnd } from './memory-connection.ts'
import type { MemoryConnection } from './memory-connection.ts'

/** What a scheduled delivery will do. */
export interface MemoryEvent {
  /** `arrive`: the oldest thing in flight reaches this end. `notice`: this end hears of its own drain or ending. */
  readonly kind: 'arrive' | 'notice'
  /** The end that it happens to: 0 for the first connection of the link, 1 for the second. */
  readonly at: 0 | 1
}

/**
 * Decides when a delivery happens: it must run `deliver` once, later, never at once. Deliveries may be run in any order: each
 * takes the oldest thing that is in flight to its end, so frames never overtake each other.
 */
export type Schedule = (deliver: () => void, event: MemoryEvent) => void

export interface MemoryLinkOptions {
  readonly schedule: Schedule
  /** Above this many undelivered bytes `send` returns false; at half of it the sender hears `drained`. Default 1 MiB. */
  readonly highWaterBytes?: number
  /** Whether SharedArrayBuffers and transferred ArrayBuffers can cross. Default true. */
  readonly shares?: boolean
}

/** Two connected ends in one event loop. */
export function memoryLink(options: MemoryLinkOptions): [MemoryConnection, MemoryConnection] {
  const { schedule, highWaterBytes = 1024 * 1024, shares = true } = options
  const laneTo = (at: 0 | 1) =>
    new Lane(
      (item) => {
        ends[at].arrive(item)
        ends[at === 0 ? 1 : 0].drain()
      },
      (deliver) => schedule(deliver, { kind: 'arrive', at }),
    )
  const lanes = [laneTo(0), laneTo(1)] as const
  const endAt = (at: 0 | 1) =>
    new MemoryEnd({
      shares,
      highWaterBytes,
      outgoing: lanes[at === 0 ? 1 : 0],
      openIncoming: () => lanes[at].open(),
      notify: (notice) => schedule(notice, { kind: 'notice', at }),
    })
  const ends: [MemoryEnd, MemoryEnd] = [endAt(0), endAt(1)]
  return ends
}
