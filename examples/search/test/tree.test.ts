import { expect, test } from 'vitest'
import { treeLines, type ShownEntry } from '../src/trial/tree.ts'

const entry = (
  path: string,
  kind: ShownEntry['kind'],
  node: number,
  restarts = 0,
  children: ShownEntry[] = [],
): ShownEntry => ({
  path,
  kind,
  node,
  restarts,
  children,
})

test('children stand below their supervisor, places in a column', () => {
  const tree = [
    entry('/search', 'inline', 1, 0, [
      entry('/search/shards', 'inline', 1, 1, [entry('/search/shards/shard-0', 'thread', 7, 3)]),
      entry('/search/front', 'inline', 1),
    ]),
    entry('', 'inline', 1),
  ]
  expect(treeLines(tree)).toEqual([
    'search       inline, node 1',
    '  shards     inline, node 1, restarted 1 time',
    '    shard-0  thread, node 7, restarted 3 times',
    '  front      inline, node 1',
    '/            inline, node 1',
  ])
})

test('no tree is no lines', () => expect(treeLines([])).toEqual([]))
