import { InvalidOption } from '@bulkhead/core'
import { describe, expect, test } from 'vitest'
import { checkSystemOptions } from '../src/system-options.ts'

describe('defaults', () => {
  test('every field has one', () => {
    const checked = checkSystemOptions({}, '/somewhere/my shop.ts')
    expect(checked).toMatchObject({ name: 'my-shop', processes: 2, spares: 1, handlerMs: 5_000, killMs: 1_000 })
    expect(checked).toMatchObject({ intensity: 1, periodMs: 5_000 })
    expect(checked).toMatchObject({ signals: true, inspect: true, placement: undefined, log: undefined })
    expect(checked.threads).toBeGreaterThanOrEqual(1)
  })

  test('an option that is undefined was not given', () => {
    expect(checkSystemOptions({ threads: undefined } as never, undefined)).toMatchObject({ name: 'system' })
  })
})

describe('a placement file', () => {
  test('is a path or a file URL', () => {
    expect(checkSystemOptions({ placement: './where.json' }, undefined).placement).toBe('./where.json')
    expect(checkSystemOptions({ placement: new URL('file:///etc/where.json') }, undefined).placement).toBe(
      '/etc/where.json',
    )
    expect(checkSystemOptions({ placement: 'file:///etc/where.json' }, undefined).placement).toBe('/etc/where.json')
  })

  test('not another URL', () => {
    expect(() => checkSystemOptions({ placement: new URL('https://example.org') }, undefined)).toThrow(InvalidOption)
  })
})

test('what is no object is refused', () => {
  expect(() => checkSystemOptions(null as never, undefined)).toThrow(/options is null: pass an object, or nothing/)
})
