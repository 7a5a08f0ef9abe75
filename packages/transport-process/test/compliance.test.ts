import { Socket } from 'node:net'
import { afterAll, describe, test } from 'vitest'
import { checkLaw, lawsFor, transportCompliance } from '@bulkhead/transport-compliance'
import { dialledSubject, inheritedSubject } from './process-subject.ts'

let writes = 0
const { write } = Socket.prototype
Socket.prototype.write = function (this: Socket, ...args: unknown[]) {
  writes += 1
  return Reflect.apply(write, this, args) as boolean
}

const dialled = await dialledSubject()
afterAll(dialled.end)
transportCompliance({
  name: 'process, dialled sockets',
  runner: { describe, test },
  open: dialled.open,
  shares: false,
  deaths: ['exit', 'throw', 'SIGKILL', 'out of memory'],
  boundaries: [65_528, 65_532, 65_536, 131_072],
  carrierWrites: () => writes,
})

// The same code over another kind of socket, and a process for each connection: only what the way of its opening could change.
describe('process, inherited sockets', () => {
  const inherited = inheritedSubject()
  afterAll(inherited.end)
  const names = ['sudden death', 'close lets through', 'before receive was called', 'flood each other']
  const laws = lawsFor({ shares: false, deaths: ['SIGKILL'] })
  for (const law of laws.filter(({ name }) => names.some((part) => name.includes(part)))) {
    test(law.name, () => checkLaw(law, { open: inherited.open }))
  }
})
