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

const MiB = 1024 * 1024
const carriers: Record<
  string,
  { link: ThreadLinkOptions; deaths: string[]; boundaries: number[]; largeBytes: number }
> = {
  'thread, ring': {
    link: { carrier: 'ring' },
    deaths: ['exit', 'return', 'throw', 'terminate'],
    boundaries: [65_532, 65_536, 131_072],
    largeBytes: 64 * MiB,
  },
  'thread, smallest ring': {
    link: { carrier: 'ring', ringBytes: 4096 },
    deaths: ['exit', 'terminate'],
    boundaries: [1_020, 4_096],
    largeBytes: 4 * MiB,
  },
  'thread, port': {
    link: { carrier: 'port' },
    deaths: ['exit', 'throw', 'terminate'],
    boundaries: [16_384, 65_536, 262_144],
    largeBytes: 64 * MiB,
  },
}

for (const [name, { link, ...rest }] of Object.entries(carriers)) {
  const { open, end } = threadSubject(link)
  afterAll(end)
  transportCompliance({ name, runner: { describe, test }, open, shares: true, carrierWrites: () => posts, ...rest })
}
