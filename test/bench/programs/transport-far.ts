import { parentPort, workerData } from 'node:worker_threads'
import type { Connection } from '@bulkhead/core/transport'
import { controlSocket, openSocketConnection } from '@bulkhead/transport-process'
import { openThreadConnection } from '@bulkhead/transport-thread'
import type { ThreadEnd } from '@bulkhead/transport-thread'

// The far side of test/bench/transports.ts: answers every message of 8 bytes, and every so many longer ones.
const [kind, argument] = process.argv.slice(2)
const floodCount = Number(argument ?? workerData?.floodCount)
let received = 0

function take(length: number, answer: () => void): void {
  if (length === 8 || ++received % floodCount === 0) answer()
}

function serve(connection: Connection): void {
  const reply = new Uint8Array(8)
  const answer = () => void connection.send(reply)
  connection.receive({
    frame: (_segment, start, end) => take(end - start, answer),
    drained: () => undefined,
    closed: () => undefined,
  })
}

if (kind === 'socket') serve(openSocketConnection(controlSocket(), { ref: true }))
else if (kind === 'ipc')
  process.on('message', (message: { length: number }) => take(message.length, () => process.send?.('x')))
else {
  parentPort!.on('message', (message: ThreadEnd | Uint8Array) => {
    if (message instanceof Uint8Array) take(message.length, () => parentPort!.postMessage(message))
    else serve(openThreadConnection(message, { ref: true }))
  })
}
