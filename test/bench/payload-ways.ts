import type { Worker } from 'node:worker_threads'
import type { Way } from './channel.ts'
import { forked, overFork, overWorker, postMessage } from './platform.ts'

export type Bytes = Uint8Array<ArrayBuffer>
export type Numbers = Int32Array<SharedArrayBuffer>

type Ways<Message> = () => readonly Way<Message>[]

const handOver = (worker: Worker, bytes: Bytes): void => worker.postMessage(bytes, [bytes.buffer])

/** By what ways of the platform objects come back that were sent. */
export const objectsOver = {
  thread: <Message>(): readonly Way<Message>[] => [postMessage('echo')],
  process: <Message>(): readonly Way<Message>[] => [forked('json', 'echo'), forked('advanced', 'echo')],
}

/** The same of bytes that whoever sends them keeps: they are copied, or a copy is made and handed over. JSON has no bytes; they are text there. */
export const bytesOver: { readonly thread: Ways<Bytes>; readonly process: Ways<Bytes> } = {
  thread: () => [
    postMessage('echo'),
    overWorker({
      name: 'postMessage of a copy, transferred',
      does: 'copy-and-transfer',
      post: (worker, bytes) => handOver(worker, bytes.slice()),
    }),
  ],
  process: () => [
    forked('advanced', 'echo'),
    overFork({
      name: 'fork json, base64',
      serialization: 'json',
      does: 'base64',
      write: ({ buffer, byteOffset, length }: Bytes) => Buffer.from(buffer, byteOffset, length).toString('base64'),
      read: (text: string) => Buffer.from(text, 'base64') as Bytes,
    }),
  ],
}

/** The same of bytes that are handed over, which only threads can. */
export const bytesHandedOver: Ways<Bytes> = () => [
  overWorker({ name: 'postMessage, transferred', does: 'transfer', post: handOver }),
]

/** The same of memory that both sides see, and the other writes into. */
export const memoryTouchedOver: Ways<Numbers> = () => [postMessage('touch')]
