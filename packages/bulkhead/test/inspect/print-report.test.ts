import type { ActorSnapshot, NodeSnapshot, Pid, UnsettledChild } from '@bulkhead/core'
import { expect, test } from 'vitest'
import { printReport } from '../../src/inspect/print-report.ts'

const about = { behaviour: 'Any', type: 'worker', restarts: 2 } as const
const actor = (path: string, parent?: string, unsettled?: readonly UnsettledChild[]): ActorSnapshot => ({
  pid: `<s.1.${path.length}>` as Pid,
  ...about,
  path,
  parent: parent === undefined ? undefined : (`<s.1.${parent.length}>` as Pid),
  name: undefined,
  status: path === '/again' ? 'starting' : 'waiting',
  handler: undefined,
  mailbox: { count: 0, bytes: 0 },
  placement: undefined,
  ...(unsettled && { unsettled }),
})

test('a child has one row, whether it is stopped, started again, or held', () => {
  const children: UnsettledChild[] = [
    { child: 'slow', ...about, status: 'stopping', stoppingMs: 3_000, shutdown: 60_000 },
    { child: 'again', ...about, status: 'restarting' },
    { child: 'later', ...about, status: 'restarting' },
    { child: 'kept', ...about, status: 'held' },
  ]
  const actors = [actor('', undefined, children), actor('/slow', ''), actor('/again', '')]
  const snapshot: NodeSnapshot = {
    node: 1,
    actors,
    counters: { sent: 0, handled: 0, encoded: 0, decoded: 0, deadLetters: 0 },
  }
  const node = { node: 1, kind: 'inline', osProcess: 7, share: 'root', snapshot, ageMs: 0 } as const
  const report = { name: 'one', system: 's', pid: 7, upMs: 5, nodes: [node], crashes: [] }
  const rows = printReport(report)
    .split('\n')
    .filter((line) => /^ {4}\w/.test(line))
    .map((line) => line.trim().split(/ {2,}/))
  expect(rows).toEqual([
    ['slow', 'Any', 'inline 1', 'waiting, is being stopped', '2 restarts'],
    ['again', 'Any', 'inline 1', 'starting', '2 restarts'],
    ['later', 'Any', 'nowhere', 'is being restarted', '2 restarts'],
    ['kept', 'Any', 'nowhere', 'held until restartChild', '2 restarts'],
  ])
})
