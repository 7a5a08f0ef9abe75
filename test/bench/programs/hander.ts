import { defineServer } from 'bulkhead'
import type { ActorSelf, Pid } from 'bulkhead'
import { channelOf } from '../channel.ts'
import type { Channel } from '../channel.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Bytes, and to whom they go back. */
type Handed = readonly [from: Pid, bytes: Bytes]

/** The bytes are not copied, and gone here. */
const hand = (self: ActorSelf, to: Pid, bytes: Bytes): boolean =>
  self.send(to, [self.pid, bytes] satisfies Handed, { transfer: [bytes.buffer] })

/** Hands back what it is handed. */
export const Returner = defineServer(import.meta, 'Returner', {
  init: () => null,
  info: (self, message) => {
    const [from, bytes] = message as Handed
    hand(self, from, bytes)
  },
})

/** What is sent here, the `Hander` of this event loop hands to its returner, and what comes back is the answer. */
export const handing: Channel<Bytes> = channelOf(() => undefined)

/** Hands bytes to a returner for code that is no actor: a call would copy them. */
export const Hander = defineServer(import.meta, 'Hander', {
  init: (self, returner: Pid) => {
    handing.send = (bytes) => void hand(self, returner, bytes)
    return null
  },
  info: (_self, message) => handing.answered((message as Handed)[1]),
})
