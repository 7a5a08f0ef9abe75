import type { ActorSnapshot, Pid, UnsettledChild } from '@bulkhead/core'
import { describe, expect, test } from 'vitest'
import { activeResources, remainingOf } from '../src/stopping.ts'

const actor = (path: string, unsettled?: readonly UnsettledChild[]): ActorSnapshot => ({
  pid: `<s.1.${path.length}>` as Pid,
  behaviour: 'Any',
  type: 'worker',
  path,
  parent: undefined,
  name: undefined,
  status: 'waiting',
  handler: undefined,
  mailbox: { count: 0, bytes: 0 },
  restarts: 0,
  placement: undefined,
  ...(unsettled && { unsettled }),
})

const child = (id: string, status: UnsettledChild['status'], shutdown: number | string = 5_000): UnsettledChild => ({
  child: id,
  behaviour: 'Any',
  type: 'worker',
  status,
  restarts: 0,
  ...(status === 'stopping' && { stoppingMs: 700, shutdown }),
})

describe('what still lives while a system stops', () => {
  const whys = (actors: readonly ActorSnapshot[]) => remainingOf(actors).map(({ path, why }) => `${path}: ${why}`)

  test('is told by who waits for whom: the one that was told to stop, those above it, and those that come later', () => {
    const tree = [
      actor('', [child('shop', 'stopping', 'infinity')]),
      actor('/other'),
      actor('/shop', [child('db', 'stopping', 60_000), child('cache', 'restarting')]),
      actor('/shop/db'),
    ]
    expect(whys(tree)).toEqual([
      '/other: its turn had not come',
      '/shop: it waited for db',
      '/shop/db: it was told to stop 700 ms ago, and has 60000 ms to end (shutdown)',
    ])
  })

  test('one on a node that was not asked is named all the same', () => {
    expect(whys([actor('', [child('far', 'stopping', 'infinity')])])).toEqual([
      '/far: it was told to stop 700 ms ago, and has no limit to its end (shutdown)',
    ])
  })
})

test('what a program has open is counted by its kind', () => {
  expect(activeResources(['Timeout', 'TCPServerWrap', 'Timeout'])).toBe('2 Timeout, TCPServerWrap')
})
