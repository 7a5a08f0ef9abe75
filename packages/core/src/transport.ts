/** The door for transports: what a carrier between nodes must offer and may use, and nothing about actors. */
export type { Connection, Ending, Receiver } from './messaging/connection.ts'
export type { Beside } from './messaging/codec.ts'
export { copyBytes, noBytes } from './messaging/copy-bytes.ts'
export { letGo } from './messaging/encoded.ts'
export { MESSAGE_BYTES_MAX } from './messaging/codec.ts'
export { Polling } from './messaging/polling.ts'
