import { describe, expect, test } from 'vitest'
import { show } from '../src/errors.ts'
import { printable } from '../src/messaging/printable.ts'

describe.each([
  ['printable', printable],
  ['show', show],
])('%s', (_, print) => {
  test.each<[string, unknown, string]>([
    ['bytes', new Uint8Array([1, 2, 255]), 'Uint8Array(3) 1 2 255'],
    ['a Buffer', Buffer.from('abc'), 'Uint8Array(3) 97 98 99'],
    ['no bytes', new Uint8Array(), 'Uint8Array(0)'],
    ['more than are shown', new Uint8Array(1_000), `Uint8Array(1000)${' 0'.repeat(16)} …`],
    ['large numbers', new BigInt64Array([-1n]), 'BigInt64Array(1) -1'],
    ['memory without a view', new ArrayBuffer(2), 'ArrayBuffer(2) 0 0'],
    ['shared memory', new SharedArrayBuffer(2), 'SharedArrayBuffer(2)'],
    ['a view of no numbers', new DataView(new ArrayBuffer(4)), 'DataView(4)'],
  ])('%s', (_name, value, expected) => {
    expect(print(value)).toBe(expected)
    expect(print([value])).toContain(expected)
    expect(print({ image: value })).toContain(expected)
    expect(print({ deep: [{ image: value }] })).toContain(expected)
  })

  test('never makes a list of what a Buffer holds', () => {
    const buffer = Buffer.alloc(64)
    buffer.toJSON = () => {
      throw new Error('a list of all bytes')
    }
    expect(print({ message: ['thumbnail', buffer] })).toContain('Uint8Array(64)')
  })

  test('looks at the first entries only, however many there are', () => {
    let seen = 0
    const items = Array.from({ length: 10_000 }, () => ({
      get field() {
        seen++
        return 1
      },
    }))
    expect(print(items).length).toBeLessThanOrEqual(1_000)
    expect(seen).toBeLessThan(500)
  })
})

test('fields named as those of every object are shown as any other', () => {
  expect(show(JSON.parse('{ "__proto__": 1, "toString": 2 }'))).toBe('{"__proto__":1,"toString":2}')
  expect(show({ a: undefined, b: [1n, new Error('x')], c: new Map() })).toBe('{"b":["1n","Error: x"],"c":{}}')
})
