import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NumberedMap } from '../src/node/numbered-map.ts'

type Step = { readonly kind: 'come' } | { readonly kind: 'replace' | 'go'; readonly which: number }

const which = fc.nat(1_000)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 40, arbitrary: fc.constant<Step>({ kind: 'come' }) },
  { weight: 30, arbitrary: which.map((each): Step => ({ kind: 'go', which: each })) },
  { weight: 5, arbitrary: which.map((each): Step => ({ kind: 'replace', which: each })) },
)

test('it is a Map, for numbers that are given one after the other', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 2_000, size: 'max' }),
      fc.nat(5),
      fc.constantFrom(0, 2 ** 31 - 40, 2 ** 40),
      (steps, stride, first) => {
        const model = new Map<number, object>()
        const map = new NumberedMap<object>()
        let next = first
        for (const each of steps) {
          const known = [...model.keys()]
          if (each.kind === 'come') {
            const value = {}
            map.set(next, value)
            model.set(next, value)
            next += 1 + 256 ** (stride % 3) // many that want the same place
          } else if (known.length > 0) {
            const key = known[each.which % known.length] as number
            const value = {}
            if (each.kind === 'replace') for (const one of [map, model]) one.set(key, value)
            else {
              expect(map.delete(key)).toBe(model.delete(key))
              expect(map.delete(key)).toBe(false)
            }
          }
          expect(map.size).toBe(model.size)
          expect(map.get(next)).toBe(undefined)
        }
        for (const [key, value] of model) expect(map.get(key)).toBe(value)
        expect(map.entries()).toEqual([...model].sort(([one], [other]) => one - other))
      },
    ),
    { numRuns: 60 },
  )
})

test('one that stays for long displaces nobody for good', () => {
  const map = new NumberedMap<object>()
  const staying = {}
  map.set(0, staying)
  for (let key = 1; key < 100_000; key += 1) {
    map.set(key, {})
    expect(map.delete(key)).toBe(true)
  }
  expect(map.get(0)).toBe(staying)
  expect(map.keys()).toEqual([0])
})
