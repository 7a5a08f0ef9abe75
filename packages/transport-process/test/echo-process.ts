import { controlSocket, dial, openSocketConnection } from '@bulkhead/transport-process'
import type { Connection } from '@bulkhead/core/transport'

/** Sends every frame back: over the inherited socket, or over one that it dials when it was given an address and a token. */
const [address, token] = process.argv.slice(2).map((argument) => decodeURIComponent(argument))
const socket = address && token ? await dial(address, token, { ref: true }) : controlSocket()
const connection: Connection = openSocketConnection(socket, { ref: true })
connection.receive({
  frame: (segment, start, end) => void connection.send(segment.subarray(start, end)),
  drained: () => {},
  closed: () => {},
})
