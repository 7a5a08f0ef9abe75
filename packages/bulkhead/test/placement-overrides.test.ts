import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { InvalidOption } from '@bulkhead/core'
import { overrideFor, readOverrides } from '../src/placement-overrides.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkhead-overrides-'))
const file = join(folder, 'placement.json')
afterAll(() => rmSync(folder, { recursive: true }))

const read = (entries: object) => {
  writeFileSync(file, JSON.stringify(entries))
  return readOverrides(file)
}

describe('an override', () => {
  test('is found by path, or by behaviour; the path wins', () => {
    const overrides = read({ '/shop/db': 'process', Database: 'thread' })
    expect(overrideFor(overrides, '/shop/db', 'Database')).toBe('process')
    expect(overrideFor(overrides, '/shop/other', 'Database')).toBe('thread')
    expect(overrideFor(overrides, '/shop/cart', 'Cart')).toBeUndefined()
  })

  test.each(['constructor', 'toString', '__proto__'])('a behaviour may be called %s', (name) => {
    expect(overrideFor({}, `/${name}`, name)).toBeUndefined()
  })
})

test.each([
  [{ Cart: 'proces' }, '"Cart"'],
  [{ Cart: { limits: { heapMb: 0.5 } } }, '"Cart".limits.heapMb'],
  [{ Cart: { limits: { heap: 64 } } }, '"Cart".limits.heap'],
  [{ Cart: { trust: 'none' } }, '"Cart".trust'],
  [{ Cart: { coordination: { with: { pid: '<a.1.2>' } } } }, '"Cart".coordination'],
])('%j is refused when it is read, not when an actor starts', (entries, field) => {
  expect(() => read(entries)).toThrow(InvalidOption)
  expect(() => read(entries)).toThrow(field)
})
