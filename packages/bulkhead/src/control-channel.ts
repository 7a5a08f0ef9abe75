import type { MessagePort, Transferable } from 'node:worker_threads'
import type { Socket } from 'node:net'
import { deserialize, serialize } from 'node:v8'
import { keepReadingAfterFailedWrite } from '@bulkhead/transport-process'

/** One side of the talk between a node and its warden. */
export interface ControlChannel<Sent, Received> {
  post(message: Sent, transfer?: readonly Transferable[]): void
  /** Starts delivery. */
  onMessage(take: (message: Received) => void): void
  /** The other side is gone. */
  onClose(closed: () => void): void
  close(): void
}

/** Control between threads. */
export function portChannel<Sent, Received>(port: MessagePort): ControlChannel<Sent, Received> {
  return {
    post: (message, transfer = []) => port.postMessage(message, [...transfer]),
    onMessage: (take) => void port.on('message', take),
    onClose: (closed) => void port.once('close', closed),
    close: () => port.close(),
  }
}

const headBytes = 4

/** Control between OS processes: frames of `[length, structured clone]`. */
export function socketChannel<Sent, Received>(socket: Socket): ControlChannel<Sent, Received> {
  keepReadingAfterFailedWrite(socket).on('error', () => {}) // `close` follows
  return {
    post: (message) => {
      if (socket.destroyed || socket.writableEnded) return
      const body = serialize(message)
      const head = Buffer.allocUnsafe(headBytes)
      head.writeUInt32LE(body.length)
      socket.write(Buffer.concat([head, body]))
    },
    onMessage: (take) => void socket.on('data', frames(take)),
    onClose: (closed) => void socket.once('close', closed),
    close: () => void socket.end(),
  }
}

function frames<Received>(take: (message: Received) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    while (rest.length >= headBytes) {
      const end = headBytes + rest.readUInt32LE()
      if (rest.length < end) return
      const body = rest.subarray(headBytes, end)
      rest = rest.subarray(end)
      take(deserialize(body) as Received)
    }
  }
}
