/**
 * Bulkhead nodes in OS processes of their own: frames over Unix-domain sockets, inherited or dialled, never over Node.js's own IPC channel.
 */
export { openSocketConnection } from './socket-connection.ts'
export { listenFor } from './listener.ts'
export { newToken } from './token.ts'
export { AcceptFailed, DialFailed } from './errors.ts'
export { dial } from './dial.ts'
export { keepReadingAfterFailedWrite } from './failed-write.ts'
export { spawnNodeProcess } from './spawn-node-process.ts'
export { controlSocket, watchSocket } from './inherited-socket.ts'
export { FrameReader } from './frame-reader.ts'
export { FrameWriter } from './frame-writer.ts'
export type { PausableConnection, SocketConnectionOptions } from './socket-connection.ts'
export type { AcceptOptions, Listener, ListenOptions } from './listener.ts'
export type { DialOptions } from './dial.ts'
export type { NodeProcess, NodeProcessOptions } from './spawn-node-process.ts'
