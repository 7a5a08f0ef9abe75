import { describe, expect, test } from 'vitest'
import { checkStack } from '../../src/warden/process-body.ts'

const limitBytes = 8 * 2 ** 20

describe('the stack of a process', () => {
  test.each([
    ['may be left to Node.js', undefined, limitBytes],
    ['may be what the operating system allows, without what V8 does not count', 7, limitBytes],
    ['may be larger where more is allowed', 64, 128 * 2 ** 20],
    ['may be anything where there is no limit', 1_000, Infinity],
  ])('%s', (_title, stackMb, most) => {
    expect(() => checkStack(stackMb, most)).not.toThrow()
  })

  test.each([limitBytes, undefined])(
    'beyond that (%o bytes) it would be a segmentation fault: an error that says so',
    (most) => {
      expect(() => checkStack(64, most)).toThrow(/limits\.stackMb: 64 is more than.*7 MB.*ulimit -s/)
    },
  )
})
