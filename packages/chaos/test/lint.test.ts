import { describe, expect, test } from 'vitest'
import { lintTree } from '@bulkhead/chaos'
import type { LintedEntry } from '@bulkhead/chaos'

const worker = (path: string, node: number, kind: LintedEntry['kind'] = 'thread'): LintedEntry => ({
  path,
  node,
  kind,
  type: 'worker',
  behaviour: 'Worker',
  name: undefined,
  children: [],
})
const supervisor = (
  path: string,
  node: number,
  children: readonly LintedEntry[],
  kind: LintedEntry['kind'] = node === 1 ? 'inline' : 'thread',
): LintedEntry => ({ ...worker(path, node, kind), type: 'supervisor', behaviour: 'Shop', children })

const pathsIn = (tree: readonly LintedEntry[]): string[] => lintTree(tree).map(({ path }) => path)

describe('a supervisor that shares a node with what it supervises', () => {
  test('on the root is found, with the way out', () => {
    const findings = lintTree([supervisor('', 1, [supervisor('/shop', 1, [worker('/shop/front', 1, 'inline')])])])
    expect(findings).toEqual([
      {
        path: '/shop',
        node: 1,
        why: expect.stringContaining('lives on the root together with /shop/front'),
        advice: expect.stringContaining("drop isolation: 'inline'"),
      },
    ])
  })

  test('on a thread or in a process is found, with another way out', () => {
    for (const kind of ['thread', 'process'] as const) {
      const [finding] = lintTree([supervisor('/shop', 3, [worker('/shop/cart', 3, kind)], kind)])
      expect(finding?.why).toContain(`${kind} 3`)
      expect(finding?.advice).toContain('leave the supervisor inline on the root')
    }
  })

  test('is found once, with all those who could take it along', () => {
    const tree = [supervisor('/shop', 2, [worker('/shop/a', 2), worker('/shop/b', 3), worker('/shop/c', 2)])]
    const [finding, ...others] = lintTree(tree)
    expect(finding?.why).toContain('/shop/a, /shop/c, which')
    expect(others).toEqual([])
  })

  test('is found below others, and as the top supervisor', () => {
    const tree = [
      supervisor('', 1, [
        worker('/clock', 1, 'inline'),
        supervisor('/a', 1, [supervisor('/a/b', 1, [worker('/a/b/c', 1)])]),
      ]),
    ]
    expect(pathsIn(tree)).toEqual(['/', '/a/b'])
  })
})

describe('nothing is found', () => {
  test('of children that live elsewhere', () => {
    expect(pathsIn([supervisor('/shop', 1, [worker('/shop/a', 2), worker('/shop/b', 3, 'process')])])).toEqual([])
  })

  test('of supervisors on one node, which run nothing of the user’s', () => {
    expect(pathsIn([supervisor('', 1, [supervisor('/shop', 1, [])])])).toEqual([])
  })

  test('of a worker that has children itself', () => {
    expect(pathsIn([{ ...worker('/a', 2), children: [worker('/a/b', 2)] }])).toEqual([])
  })

  test('of workers that were accepted', () => {
    const tree = [supervisor('/shop', 1, [worker('/shop/front', 1, 'inline')])]
    expect(lintTree(tree, [{ path: '/shop/front' }])).toEqual([])
    expect(lintTree(tree, [{ path: '/shop/back' }])).toHaveLength(1)
  })
})
