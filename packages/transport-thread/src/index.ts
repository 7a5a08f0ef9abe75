/**
 * Bulkhead nodes in the threads of one OS process: frames go through shared memory, payloads beside them through a MessagePort.
 */
export { threadLink, transferOf } from './thread-link.ts'
export { openThreadConnection } from './thread-connection.ts'
export type { ThreadEnd, ThreadLinkOptions } from './thread-link.ts'
export type { PausableConnection, ThreadConnectionOptions } from './thread-connection.ts'
