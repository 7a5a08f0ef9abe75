import { describe, expect, test } from 'vitest'
import { referenceOf } from './conformance.ts'
import { items as list } from './ids.ts'
import { items } from './items/index.ts'
import { recorded } from './recorded.ts'
import { differentIn27 } from './releases.ts'
import { seen } from './seen.ts'

const tests = new Map(items.map((item) => [item.id, item]))

describe('the list of what OTP does', () => {
  test('has each item once, in order', () => {
    const expected = [
      ['PROC', 76],
      ['SRV', 52],
      ['SUP', 80],
    ].flatMap(([group, count]) =>
      Array.from({ length: count as number }, (_, i) => `${group}-${String(i + 1).padStart(3, '0')}`),
    )
    expect(list.map(({ id }) => id)).toEqual(expected)
    expect(new Set(list.map(({ title }) => title)).size).toBe(list.length)
  })

  test('has a test of each item, and no other', () => {
    expect(items.map(({ id }) => id)).toEqual(list.map(({ id }) => id))
  })

  test('says what is so instead where something differs, and only there a test expects it', () => {
    expect(list.filter(({ state, note }) => state !== 'holds' && note === undefined)).toEqual([])
    const differs = (id: string): boolean => tests.get(id)?.instead !== undefined
    expect(list.filter(({ id, state }) => (state === 'differs') !== differs(id)).map(({ id }) => id)).toEqual([])
  })
})

describe('what real Erlang was recorded doing', () => {
  test('is there for each item that can be seen in an execution', () => {
    expect([...seen].filter((id) => !recorded.has(id) && !differentIn27.has(id))).toEqual([])
  })

  test('is of items of the list', () => {
    expect([...recorded.keys(), ...differentIn27.keys()].filter((id) => !tests.has(id))).toEqual([])
  })

  test('is not what is expected where something differs on purpose', () => {
    for (const { id, instead } of items)
      if (instead !== undefined && recorded.has(id)) expect.soft(instead, id).not.toEqual(referenceOf(id))
  })
})
