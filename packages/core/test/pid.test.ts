import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPid, makePid, nodeOf, pidPrefix, serialOf } from '../src/actor/pid.ts'
import { createNode, InvalidOption } from '../src/index.ts'
import { Nodes } from '../../../test/support/nodes.ts'

const systems = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/)
const numbers = fc.oneof(fc.nat(20), fc.integer({ min: 0, max: 9_999_999_999_999_99 }))

describe('a pid', () => {
  test('is read back as it was made: system, node, serial', () => {
    fc.assert(
      fc.property(systems, numbers, numbers, (system, node, serial) => {
        const prefix = pidPrefix(system, node + 1)
        const pid = makePid(prefix, serial)
        expect(isPid(pid)).toBe(true)
        expect([nodeOf(pid), serialOf(pid)]).toEqual([node + 1, serial])
        expect(pid.startsWith(prefix)).toBe(true)
      }),
    )
  })

  test('of one node is never taken for one of another: prefixes do not overlap', () => {
    fc.assert(
      fc.property(
        systems,
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 1, max: 999 }),
        numbers,
        (system, one, other, serial) => {
          expect(makePid(pidPrefix(system, one), serial).startsWith(pidPrefix(system, other))).toBe(one === other)
        },
      ),
    )
  })

  test('is a plain value: equal when its parts are, usable as a key', () => {
    const [one, same] = [makePid(pidPrefix('s', 1), 2), makePid(pidPrefix('s', 1), 2)]
    expect(one === same).toBe(true)
    expect(new Map([[one, 'found']]).get(same)).toBe('found')
  })

  test.each([
    undefined,
    null,
    5,
    '',
    '<>',
    '<s.1>',
    '<s.1.2',
    's.1.2>',
    '<s.0.2>',
    '<s.01.2>',
    '<s.1.02>',
    '<s.1.-2>',
    '<s.1.2>x',
    'x<s.1.2>',
    '<s s.1.2>',
    '<.1.2>',
    `<${'x'.repeat(65)}.1.2>`,
    '<s.1.2.3>',
    '<s.1.2>\n',
    { pid: '<s.1.2>' },
    ['<s.1.2>'],
  ])('is not %o', (value) => {
    expect(isPid(value)).toBe(false)
  })
})

describe('a node', () => {
  test.each(['', 'has space', 'dot.dot', 'x'.repeat(65), '<'])('is of no system called %o', (system) => {
    expect(() => new Nodes(createNode, { node: { system } })).toThrow(InvalidOption)
  })

  test.each([0, -1, 1.5, Number.NaN, 2 ** 60])('has no id %d', (id) => {
    expect(() => new Nodes(createNode, { node: { id } })).toThrow(InvalidOption)
  })
})
