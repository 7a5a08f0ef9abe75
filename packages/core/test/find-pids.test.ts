import { describe, expect, test } from 'vitest'
import { createCodec } from '../src/messaging/codec.ts'
import { findPids } from '../src/node/find-pids.ts'

const found = (bytes: Uint8Array, start = 0, end = bytes.length): unknown[] => {
  const pids: unknown[] = []
  findPids(bytes, start, end, 'sys', (node, serial, answers, alias) =>
    pids.push([
      node,
      serial,
      ...(answers === undefined ? [] : [answers]),
      ...(alias === undefined ? [] : [`#${alias}`]),
    ]),
  )
  return pids
}
const encoded = (value: unknown): Uint8Array => createCodec().encoder.encode(value).bytes

describe('pids in encoded bytes', () => {
  test.each<[string, unknown, unknown[]]>([
    ['a pid', '<sys.1.2>', [[1, 2]]],
    ['deep inside', { a: [new Map([['<sys.12.345>', new Set(['<sys.3.0>'])]])] }, [[12, 345], [3, 0]]],
    ['in a text', 'it was <sys.1.2> who called <sys.2.3>', [[1, 2], [2, 3]]],
    ['the longest', '<sys.9007199254740991.9007199254740991>', [[Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]]],
    ['an alias', ['<sys.1.2#3>', '<sys.1.2#9007199254740991>'], [[1, 2, '#3'], [1, 2, '#9007199254740991']]],
    ['an alias cut off', ['<sys.1.2#', '<sys.1.2#>', '<sys.1.2#3'], []],
    ['of another system', '<other.1.2>', []],
    ['of a system whose name begins like this one', '<system.1.2>', []],
    ['cut off', '<sys.1.2', []],
    ['without a serial', '<sys.1.>', []],
    ['with more digits than a number has', '<sys.1.99999999999999999999>', []],
    ['behind something that looks like one', '<<sys.<sys.4.5>', [[4, 5]]],
    ['nothing', [1, 2, 'three'], []],
  ])('%s', (_, value, expected) => {
    expect(found(encoded(value))).toEqual(expected)
  }) // prettier-ignore

  test('those between start and end only', () => {
    const bytes = new TextEncoder().encode('<sys.1.1><sys.2.2><sys.3.3>')
    expect(found(bytes, 9, 18)).toEqual([[2, 2]])
    expect(found(bytes, 9, 17)).toEqual([])
  })
})
