import { describe, expect, test } from 'vitest'
import { methodsClass } from '../src/actor/methods.ts'

const invoked = (owner: { readonly who: string }, name: string, args: readonly unknown[]) => [owner.who, name, args]
type AnyMethods = Record<string, (...args: unknown[]) => unknown>
const newClass = () => methodsClass(invoked) as new (owner: { readonly who: string }) => AnyMethods

describe('an object with any method', () => {
  test('each is of its own owner, whoever used the name first', () => {
    const Methods = newClass()
    const [one, other] = [new Methods({ who: 'one' }), new Methods({ who: 'other' })]
    expect(one.go!(1)).toEqual(['one', 'go', [1]])
    expect(other.go!(2, 3)).toEqual(['other', 'go', [2, 3]])
    expect(one.go!()).toEqual(['one', 'go', []])
    expect(new Methods({ who: 'third' }).go!()).toEqual(['third', 'go', []])
  })

  test('a method works when it was taken off the object, and is the same each time', () => {
    const one = new (newClass())({ who: 'one' })
    const { go } = one
    expect(go!('x')).toEqual(['one', 'go', ['x']])
    expect(one.go).toBe(go)
  })

  test('what every object has elsewhere is a method like any other', () => {
    const one = new (newClass())({ who: 'one' })
    for (const name of ['toString', 'valueOf', 'hasOwnProperty', '__proto__', 'make', 'name', ''])
      expect(one[name]!(1)).toEqual(['one', name, [1]])
  })

  test('what JavaScript looks for is no method: such an object can be awaited and printed', async () => {
    const one = new (newClass())({ who: 'one' })
    expect([one['then'], one['toJSON'], one['constructor']]).toEqual([undefined, undefined, undefined])
    expect(await Promise.resolve(one)).toBe(one)
    expect(Reflect.get(one, Symbol.toPrimitive)).toBeUndefined()
  })

  test('an object that only inherits from one has no owner, and no methods', () => {
    const heir = Object.create(new (newClass())({ who: 'one' })) as AnyMethods
    expect(heir['go']).toBeUndefined()
  })

  test('names that somebody makes up without end are kept with the object alone', () => {
    const Methods = newClass()
    const one = new Methods({ who: 'one' })
    for (let i = 0; i < 3_000; i++) expect(one[`m${i}`]!()).toEqual(['one', `m${i}`, []])
    expect(Object.getOwnPropertyNames(Object.getPrototypeOf(one)).length).toBeLessThanOrEqual(1_000)
    expect(new Methods({ who: 'other' })['m2999']!()).toEqual(['other', 'm2999', []])
  })
})
