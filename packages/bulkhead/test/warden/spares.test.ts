import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LaunchProfile } from '../../src/warden/launch-profile.ts'
import type { NodeBody } from '../../src/warden/node-body.ts'
import { Spares } from '../../src/warden/spares.ts'

const thread: LaunchProfile = { kind: 'thread', handlerMs: 100 }
const heap = (heapMb: number): LaunchProfile => ({ kind: 'process', handlerMs: 100, heapMb })

/** Spares whose bodies only note that they live. */
function noted(count: number) {
  const living = new Set<LaunchProfile>()
  const spares = new Spares((profile) => {
    const own = { ...profile }
    living.add(own)
    return { kill: () => living.delete(own) } as unknown as NodeBody
  }, count)
  const heaps = (): (number | undefined)[] => [...living].map(({ heapMb }) => heapMb)
  return { spares, living, heaps }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a spare of the profile that was used waits for the next', () => {
  const { spares, heaps } = noted(1)
  spares.keep(heap(64))
  expect(heaps()).toEqual([])
  vi.runAllTimers()
  expect(heaps()).toEqual([64])
  spares.take(heap(64))
  expect(heaps()).toEqual([64])
  spares.take(heap(32))
  expect(heaps()).toEqual([64, 32])
})

test('spares are kept of the four profiles used last; those of others go', () => {
  const { spares, heaps } = noted(1)
  for (const mb of [1, 2, 3, 4]) spares.keep(heap(mb))
  vi.runAllTimers()
  spares.keep(heap(1))
  spares.keep(heap(5))
  vi.runAllTimers()
  expect(heaps()).toEqual([1, 3, 4, 5])
})

test('as many as were asked for, and none any more at the end', () => {
  const { spares, living } = noted(3)
  spares.keep(thread)
  vi.runAllTimers()
  expect(living.size).toBe(3)
  spares.keep(thread)
  spares.end()
  vi.runAllTimers()
  expect(living.size).toBe(0)
})

test('one that waits rehearses; one that is taken before it was there has no time for that', () => {
  const rehearsed: unknown[] = []
  const spares = new Spares<{ name: number; kill(): void }>(
    ({ heapMb }) => ({ name: heapMb ?? 0, kill: () => {} }),
    1,
    ({ name }) => rehearsed.push(name),
  )
  expect(spares.take(heap(64)).body.name).toBe(64)
  spares.keep(heap(32))
  vi.runAllTimers()
  expect(rehearsed).toEqual([32])
})
