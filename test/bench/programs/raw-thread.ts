import { parentPort, workerData } from 'node:worker_threads'
import { far } from './raw-far.ts'

// A worker thread without Bulkhead: `workerData` says what to do with each message.
const port = parentPort!
const answer = {
  send: (message: unknown) => port.postMessage(message),
  transfer: (bytes: Uint8Array<ArrayBuffer>) => port.postMessage(bytes, [bytes.buffer]),
}
port.on('message', far(answer, workerData as string))
