import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { items } from './ids.ts'

const root = new URL('../../', import.meta.url).pathname
const files = globSync(['packages/*/test/**/*.ts', 'test/**/*.ts'], { cwd: root }).filter(
  (path) => !path.startsWith('test/conformance/') && !path.includes('node_modules'),
)
/** The ids in the titles of tests. */
const tested = new Set(
  files.flatMap((path) =>
    [...readFileSync(root + path, 'utf8').matchAll(/\((?:[A-Z]+-\d{3}(?:, )?)+\)/g)].flatMap(
      ([bracket]) => bracket.match(/[A-Z]+-\d{3}/g) ?? [],
    ),
  ),
)

describe('the list of what OTP does', () => {
  test('has each item once, in order', () => {
    const expected = [
      ['PROC', 76],
      ['SRV', 52],
      ['SUP', 80],
    ].flatMap(([group, count]) =>
      Array.from({ length: count as number }, (_, i) => `${group}-${String(i + 1).padStart(3, '0')}`),
    )
    expect(items.map(({ id }) => id)).toEqual(expected)
    expect(new Set(items.map(({ title }) => title)).size).toBe(items.length)
  })

  test('says of nothing that it holds unless a test is about it', () => {
    expect(items.filter(({ id, state }) => state === 'holds' && !tested.has(id)).map(({ id }) => id)).toEqual([])
  })

  test('is not behind the tests: what they are about is in it', () => {
    const known = new Set(items.map(({ id }) => id))
    expect([...tested].filter((id) => /^(PROC|SRV|SUP)-/.test(id) && !known.has(id))).toEqual([])
  })

  test('says what is so instead, where something differs or is missing', () => {
    expect(items.filter(({ state, note }) => state !== 'holds' && note === undefined)).toEqual([])
  })
})
