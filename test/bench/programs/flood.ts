import { defineServer } from 'bulkhead'
import type { ActorRef } from 'bulkhead'

/** What of a flood was handled: how many messages, and the sum of their ids. */
export interface Taken {
  readonly handled: number
  readonly sum: number
}

interface SinkProtocol {
  readonly calls: { taken: () => Taken }
  readonly casts: { take: (message: { readonly id: number }) => void }
}

/** Messages that one after the other are sent again and again, each time with another id. */
export function floodOf(shapes: number): readonly { id: number }[] {
  return Array.from({ length: shapes }, (_, shape) => ({
    id: 0,
    [`name_${shape}`]: 'hello',
    [`count_${shape}`]: shape,
    [`share_${shape}`]: 0.5,
    [`done_${shape}`]: false,
  }))
}

/** Sends as fast as the way to the other takes it. */
export const Flood = defineServer(import.meta, 'Flood', {
  init: () => null,
  calls: {
    /** Messages with 5 fields, of so many sets of names. Answers when the last was handled. */
    send: async (self, sink: ActorRef<SinkProtocol>, n: number, shapes: number): Promise<Taken> => {
      const messages = floodOf(shapes)
      for (let id = 0; id < n; id++) {
        const message = messages[id % shapes]!
        message.id = id
        if (!sink.cast.take(message)) await self.drained(sink)
      }
      return await sink.within(Infinity).call.taken()
    },
  },
})
