import { MessagePort } from 'node:worker_threads'
import { afterAll, describe, test } from 'vitest'
import { transportCompliance } from '@bulkhead/transport-compliance'
import type { ThreadLinkOptions } from '@bulkhead/transport-thread'
import { threadSubject } from './thread-subject.ts'

let posts = 0
const { postMessage } = MessagePort.prototype
MessagePort.prototype.postMessage = function (this: MessagePort, ...args: unknown[]) {
  posts += 1
  Reflect.apply(postMessage, this, args)
}

const carriers: Record<string, { link: ThreadLinkOptions; boundaries: number[] }> = {
  'thread, ring': { link: { carrier: 'ring' }, boundaries: [65_532, 65_536] },
  'thread, smallest ring': { link: { carrier: 'ring', ringBytes: 4096 }, boundaries: [1_020, 4_096] },
  'thread, port': { link: { carrier: 'port' }, boundaries: [16_384, 65_536, 262_144] },
}

for (const [name, { link, boundaries }] of Object.entries(carriers)) {
  const { open, end } = threadSubject(link)
  afterAll(end)
  transportCompliance({
    name,
    runner: { describe, test },
    open,
    shares: true,
    deaths: ['exit', 'return', 'throw', 'terminate'],
    boundaries,
    carrierWrites: () => posts,
  })
}
