import { describe, expect, test } from 'vitest'
import { isOutOfMemory } from '../../src/warden/ended-process.ts'
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

describe('V8 gave up for want of memory', () => {
  test.each([
    ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', true],
    ['FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory', true],
    ['FATAL ERROR: CALL_AND_RETRY_LAST Allocation failed - JavaScript heap out of memory', true],
    ['FATAL ERROR: invalid table size Allocation failed - JavaScript heap out of memory', true],
    ['# Fatal process out of memory: Zone', true],
    ['# Fatal JavaScript out of memory: MemoryChunk allocation failed during deserialization.', true],
    ['FATAL ERROR: v8::ToLocalChecked Empty MaybeLocal', false],
    ['# Fatal error in , line 0', false],
    [undefined, false],
  ])('%s: %s', (line, expected) => {
    expect(isOutOfMemory(line)).toBe(expected)
  })
})
