import { expect, test } from 'vitest'
import { makePid, pidPrefix } from '@bulkhead/core'
import type { CrashReport } from '@bulkhead/core'
import { newsOf } from '../../src/inspect/crash-log.ts'

const report: CrashReport = {
  pid: makePid(pidPrefix('shop', 2), 7),
  path: '/vault',
  behaviour: 'Vault',
  reason: new RangeError('wrong code'),
  handler: 'Vault.open',
  lastMessage: ['open', 123],
  state: { locked: true },
  restarts: 1,
}

test('a crash is told printed: what an actor held may be of any kind', () => {
  expect(newsOf(report)).toEqual({
    pid: '<shop.2.7>',
    path: '/vault',
    behaviour: 'Vault',
    reason: 'RangeError: wrong code',
    handler: 'Vault.open',
    lastMessage: '["open",123]',
    state: '{"locked":true}',
    restarts: 1,
  })
})

test('of an actor that a node took along, the last lines of that node are told too', () => {
  const evidence = { node: 3, domain: 'shop.3', cause: 'exited', output: ['last', 'words'] } as const
  expect(newsOf({ ...report, reason: 'noconnection', evidence })).toMatchObject({ output: ['last', 'words'] })
})
