import { InvalidOption } from '@bulkhead/core'
import { describe, expect, test } from 'vitest'
import { checkSupervisorSpec } from '../src/supervisor-spec.ts'

describe('defaults (SUP-002)', () => {
  test('are those of OTP: one_for_one, 1 restart in 5 s, never', () => {
    expect(checkSupervisorSpec({ children: [] })).toEqual({
      strategy: 'one_for_one',
      intensity: 1,
      periodMs: 5_000,
      autoShutdown: 'never',
      children: [],
    })
  })

  test('give way to what is given', () => {
    const given = {
      strategy: 'rest_for_one',
      intensity: 0,
      periodMs: 1,
      autoShutdown: 'all_significant',
      children: [],
    } as const
    expect(checkSupervisorSpec(given)).toEqual(given)
  })
})

describe('each field has its rejection (SUP-004)', () => {
  test.each([
    ['strategy', { strategy: 'simple_one_for_one' }],
    ['strategy', { strategy: 1 }],
    ['intensity', { intensity: -1 }],
    ['intensity', { intensity: 1.5 }],
    ['intensity', { intensity: Infinity }],
    ['periodMs', { periodMs: 0 }],
    ['periodMs', { periodMs: '5s' }],
    ['autoShutdown', { autoShutdown: true }],
    ['children', { children: undefined }],
    ['children', { children: {} }],
    ['strtegy', { strtegy: 'one_for_all' }],
    ['intesity', { intesity: 3 }],
  ])('%s: %j', (field, options) => {
    expect(() => checkSupervisorSpec({ children: [], ...options })).toThrow(InvalidOption)
    expect(() => checkSupervisorSpec({ children: [], ...options })).toThrow(field)
  })

  test.each([undefined, null, 'children', 7])('an init that returned %j is told what to return', (value) => {
    expect(() => checkSupervisorSpec(value)).toThrow(/return \{ children: \[\.\.\.\] \}/)
  })
})
