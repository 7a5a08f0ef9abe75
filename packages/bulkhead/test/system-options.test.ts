import os from 'node:os'
import { InvalidOption } from '@bulkhead/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { checkSystemOptions } from '../src/system-options.ts'
import type { SystemOptions } from '../src/system-options.ts'

describe('defaults', () => {
  test('every field has one', () => {
    const checked = checkSystemOptions({}, '/somewhere/my shop.ts')
    expect(checked).toMatchObject({ name: 'my-shop', processes: 2, spares: 1, handlerMs: 5_000, killMs: 1_000 })
    expect(checked).toMatchObject({ intensity: 1, periodMs: 5_000 })
    expect(checked).toMatchObject({ signals: true, inspect: true, placement: undefined, log: undefined })
    expect(checked).toMatchObject({ threads: { within: 'root' }, compartments: {} })
    expect(checked.threads.count).toBeGreaterThanOrEqual(1)
  })

  test.each([
    [1, 1],
    [2, 1],
    [8, 7],
  ])('with %i cores it is %i threads: one less, and at least one', (cores, count) => {
    const spy = vi.spyOn(os, 'availableParallelism').mockReturnValue(cores)
    onTestFinished(() => spy.mockRestore())
    expect(checkSystemOptions({}, undefined).threads.count).toBe(count)
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

describe('threads', () => {
  const threads = (value: unknown) => checkSystemOptions({ threads: value } as SystemOptions, undefined).threads

  test('a number says how many there are, in the OS process of the root', () => {
    expect(threads(3)).toEqual({ count: 3, within: 'root' })
    expect(threads({ count: 3 })).toEqual({ count: 3, within: 'root' })
  })

  test('within a process there are as many as otherwise', () => {
    expect(threads({ within: 'process' })).toEqual({ count: threads(undefined).count, within: 'process' })
  })

  test.each([
    [0, 'options.threads'],
    ['2', 'options.threads'],
    [null, 'options.threads'],
    [[2], 'options.threads'],
    [{ count: 0 }, 'options.threads.count'],
    [{ count: 2_000 }, 'options.threads.count'],
    [{ within: 'thread' }, 'options.threads.within'],
    [{ inside: 'process' }, 'options.threads.inside'],
  ])('%j is refused, naming %s', (value, field) => {
    expect(() => threads(value)).toThrow(expect.objectContaining({ code: 'invalid_option', field }))
  })
})

describe('compartments', () => {
  const compartments = (value: unknown) =>
    checkSystemOptions({ compartments: value } as SystemOptions, undefined).compartments

  test('each says where it lives, on one node unless it says more', () => {
    const given = { parsers: { within: 'process', threads: 2 }, shop: { within: 'root' }, none: undefined }
    expect(compartments(given)).toEqual({
      parsers: { within: 'process', count: 2 },
      shop: { within: 'root', count: 1 },
    })
  })

  test.each([
    ['parsers', 'options.compartments'],
    [[], 'options.compartments'],
    [{ parsers: 'process' }, 'options.compartments.parsers'],
    [{ parsers: {} }, 'options.compartments.parsers.within'],
    [{ parsers: { within: 'crew' } }, 'options.compartments.parsers.within'],
    [{ parsers: { within: 'process', threads: 0 } }, 'options.compartments.parsers.threads'],
    [{ parsers: { within: 'process', count: 2 } }, 'options.compartments.parsers.count'],
  ])('%j is refused, naming %s', (value, field) => {
    expect(() => compartments(value)).toThrow(expect.objectContaining({ code: 'invalid_option', field }))
  })
})

test('what is no object is refused', () => {
  expect(() => checkSystemOptions(null as never, undefined)).toThrow(/options is null: pass an object, or nothing/)
})
