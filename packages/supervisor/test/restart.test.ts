import { describe, expect, test } from 'vitest'
import { endedAsTold, isReported, isRestarted, type RestartType } from '../src/restart.ts'

const reasons = {
  normal: 'normal',
  shutdown: 'shutdown',
  '{ shutdown: … }': { shutdown: 'for the night' },
  'an error (abnormal)': new Error('boom'),
  killed: 'killed',
  noproc: 'noproc',
  noconnection: 'noconnection',
  'exit code 0': { exited: { code: 0 } },
  'an error with a shutdown field': Object.assign(new Error('boom'), { shutdown: true }),
  undefined: undefined,
} as const

type ReasonName = keyof typeof reasons

const clean: readonly ReasonName[] = ['normal', 'shutdown', '{ shutdown: … }']

const names = Object.keys(reasons) as ReasonName[]

describe('is a child that ended by itself restarted? (SUP-016, SUP-017, SUP-018)', () => {
  test.each(names)('permanent × %s: yes', (name) => {
    expect(isRestarted('permanent', reasons[name])).toBe(true)
  })

  test.each(clean)('transient × %s: no', (name) => {
    expect(isRestarted('transient', reasons[name])).toBe(false)
  })

  test.each(names.filter((name) => !clean.includes(name)))('transient × %s: yes', (name) => {
    expect(isRestarted('transient', reasons[name])).toBe(true)
  })

  test.each(names)('temporary × %s: no', (name) => {
    expect(isRestarted('temporary', reasons[name])).toBe(false)
  })
})

describe('is its end reported? (SUP-077)', () => {
  test.each(names)('permanent × %s: yes', (name) => {
    expect(isReported('permanent', reasons[name])).toBe(true)
  })

  test.each(['transient', 'temporary'] as const)('%s: abnormal ends only', (restart) => {
    expect(names.filter((name) => isReported(restart, reasons[name]))).toEqual(
      names.filter((name) => !clean.includes(name)),
    )
  })
})

describe('did a child end as it was told? (SUP-078)', () => {
  const asTold = (restart: RestartType, shutdown: number | 'infinity' | 'brutal_kill'): ReasonName[] =>
    names.filter((name) => endedAsTold(restart, shutdown, reasons[name]))

  test.each([0, 5_000, 'infinity'] as const)('permanent, shutdown %s: only by shutdown', (shutdown) => {
    expect(asTold('permanent', shutdown)).toEqual(['shutdown'])
  })

  test('permanent, brutal_kill: only by killed', () => {
    expect(asTold('permanent', 'brutal_kill')).toEqual(['killed'])
  })

  test.each(['transient', 'temporary'] as const)('%s, shutdown 5000: by any end in order', (restart) => {
    expect(asTold(restart, 5_000)).toEqual(clean)
  })

  test.each(['transient', 'temporary'] as const)('%s, brutal_kill: by killed or any end in order', (restart) => {
    expect(asTold(restart, 'brutal_kill').toSorted()).toEqual([...clean, 'killed'].toSorted())
  })
})
