import { Socket } from 'node:net'
import { afterAll, describe, test } from 'vitest'
import { transportCompliance } from '@bulkhead/transport-compliance'
import { dialledSubject, inheritedSubject } from './process-subject.ts'

let writes = 0
const { write } = Socket.prototype
Socket.prototype.write = function (this: Socket, ...args: unknown[]) {
  writes += 1
  return Reflect.apply(write, this, args) as boolean
}

const common = {
  runner: { describe, test },
  shares: false,
  boundaries: [65_528, 65_532, 65_536, 131_072],
  carrierWrites: () => writes,
}

const dialled = await dialledSubject()
afterAll(dialled.end)
transportCompliance({
  name: 'process, dialled sockets',
  ...common,
  open: dialled.open,
  deaths: ['exit', 'throw', 'abort', 'SIGKILL', 'SIGSEGV', 'out of memory'],
})

const inherited = inheritedSubject()
afterAll(inherited.end)
transportCompliance({
  name: 'process, inherited sockets',
  ...common,
  open: inherited.open,
  deaths: ['exit', 'SIGKILL'],
  skip: {
    'opening and closing leaves nothing behind': 'a process inherits one socket: there is nothing to open again',
  },
})
