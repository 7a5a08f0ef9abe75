import { fork } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { channelOf } from './channel.ts'
import type { Channel, Way } from './channel.ts'

/** What the far side does with each message: see `programs/raw-far.ts`. */
export type FarWork = 'echo' | 'copy-and-transfer' | 'transfer' | 'touch' | 'base64' | `sink ${number}`

const here = (file: string): URL => new URL(`./programs/${file}`, import.meta.url)

/** A worker thread, and how it is posted a message. */
export interface WorkerOptions<Message> {
  readonly name: string
  readonly does: FarWork
  readonly post: (worker: Worker, message: Message) => void
}

/** A worker thread that is posted messages. */
export function overWorker<Message>({ name, does, post }: WorkerOptions<Message>): Way<Message> {
  const worker = new Worker(here('raw-thread.ts'), { workerData: does })
  const channel: Channel<Message> = channelOf((message) => post(worker, message))
  worker.on('message', (answer: Message) => channel.answered(answer))
  worker.on('error', (error) => channel.failed(error))
  return { name, channel, close: () => worker.terminate() }
}

/** A worker thread that is posted copies. */
export const postMessage = <Message>(does: FarWork): Way<Message> =>
  overWorker({ name: 'postMessage', does, post: (worker, message) => worker.postMessage(message) })

/** A child process, and what a message is on its way there and back. */
export interface ForkOptions<Message, Wire> {
  readonly name: string
  readonly serialization: 'json' | 'advanced'
  readonly does: FarWork
  readonly write: (message: Message) => Wire
  readonly read: (answer: Wire) => Message
}

/** A forked child process. */
export function overFork<Message, Wire>({
  name,
  serialization,
  does,
  write,
  read,
}: ForkOptions<Message, Wire>): Way<Message> {
  const child = fork(here('raw-child.ts'), [does], { serialization })
  const channel: Channel<Message> = channelOf((message) => child.send(write(message) as object))
  child.on('message', (answer) => channel.answered(read(answer as Wire)))
  child.on('error', (error) => channel.failed(error))
  const ended = new Promise<void>((resolve) => {
    child.on('exit', (code, signal) => {
      channel.failed(new Error(`the child process has ended: ${signal ?? code}`))
      resolve()
    })
  })
  const close = async (): Promise<void> => {
    child.kill()
    await ended
  }
  return { name, channel, close }
}

const asIs = <Message>(message: Message): Message => message

/** A forked child process that is sent messages as they are. */
export const forked = <Message>(serialization: 'json' | 'advanced', does: FarWork): Way<Message> =>
  overFork({ name: `fork ${serialization}`, serialization, does, write: asIs<Message>, read: asIs<Message> })
