import { MessageChannel, MessagePort } from 'node:worker_threads'
import { describe, test } from 'vitest'
import { Mailroom, runProgram, transportCompliance } from '@bulkhead/transport-compliance'
import type { Opened } from '@bulkhead/transport-compliance'
import { ToyConnection } from './toy-connection.ts'

let posts = 0
const { postMessage } = MessagePort.prototype
MessagePort.prototype.postMessage = function (this: MessagePort, ...args: unknown[]) {
  posts += 1
  Reflect.apply(postMessage, this, args)
}

/** Both ends live in this thread, so the far program runs here too. */
async function open(program: string): Promise<Opened> {
  const { port1: near, port2: far } = new MessageChannel()
  const reports = new Mailroom<unknown>()
  let listener = (_word: string): void => {}
  runProgram(program, {
    connection: new ToyConnection(far),
    report: (value) => reports.put(value),
    onWord: (wanted) => (listener = wanted),
  })
  return {
    connection: new ToyConnection(near),
    nextReport: () => reports.next(),
    say: (word) => listener(word),
    kill: async () => far.close(),
  }
}

transportCompliance({
  name: 'a toy transport',
  runner: { describe, test },
  open,
  shares: true,
  deaths: ['its port is closed'],
  carrierWrites: () => posts,
})
