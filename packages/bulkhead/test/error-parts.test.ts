import { describe, expect, test } from 'vitest'
import { errorOf, partsOf } from '../src/error-parts.ts'

const there = (thrown: unknown): unknown => errorOf(structuredClone(partsOf(thrown)))

describe('an error that is taken apart and put together again', () => {
  test.each([Error, TypeError, RangeError, SyntaxError])('keeps its class: %s', (Class) => {
    const error = new Class('why', { cause: 'because' })
    expect(there(error)).toBeInstanceOf(Class)
    expect(there(error)).toMatchObject({ message: 'why', cause: 'because', stack: error.stack })
  })

  test('keeps fields, and the name of a class that is not built in', () => {
    class Broke extends Error {
      override readonly name = 'Broke'
      readonly code = 'broke'
      readonly detail = { count: 2 }
    }
    expect(there(new Broke('why'))).toMatchObject({
      name: 'Broke',
      message: 'why',
      code: 'broke',
      detail: { count: 2 },
    })
  })

  test.each(['toString', '__proto__', 'constructor', 'hasOwnProperty'])(
    'keeps a name that means something elsewhere: %s',
    (name) => {
      const error = errorOf({ name, message: 'why', stack: '', fields: {} })
      expect(error).toBeInstanceOf(Error)
      expect(error).toMatchObject({ name, message: 'why' })
    },
  )

  test('leaves out what cannot be cloned', () => {
    const error = there(Object.assign(new Error('why'), { retry: () => {}, left: 1 }))
    expect(error).toMatchObject({ message: 'why', left: 1 })
    expect(error).not.toHaveProperty('retry')
  })

  test.each(['text', 7, null, undefined, { of: 'any kind' }])('what is no error stays what it is: %j', (value) => {
    expect(there(value)).toEqual(value)
  })

  test('what cannot be cloned at all is printed', () => {
    expect(there(Symbol('odd'))).toBe('Symbol(odd)')
  })
})
