import { describe, expect, test } from 'vitest'
import { stuckForMs, stuckNews } from '../../src/guardian/orders.ts'
import { statusOf, wordsFor } from '../../src/guardian/root-end.ts'
import type { RootEnd } from '../../src/guardian/root-end.ts'

describe('an end of a root', () => {
  test.each<[RootEnd, object, string]>([
    [{ cause: 'exited', code: 3 }, { code: 3 }, 'exited with code 3'],
    [{ cause: 'signaled', signal: 'SIGTERM' }, { signal: 'SIGTERM' }, 'was ended by SIGTERM'],
    [{ cause: 'signaled', signal: 'SIGUSR2' }, { signal: 'SIGUSR2' }, 'was ended by SIGUSR2'],
    [{ cause: 'signaled', signal: 'SIGKILL' }, { code: 137 }, 'was ended by SIGKILL'],
    [{ cause: 'signaled', signal: 'SIGSEGV' }, { code: 139 }, 'was ended by SIGSEGV'],
    [{ cause: 'stuck', forMs: 6_012 }, { code: 137 }, 'was stuck for 6012 ms, so it was ended'],
    [{ cause: 'not_started', why: 'spawn EAGAIN' }, { code: 1 }, 'could not be started (spawn EAGAIN)'],
  ])('%j has a status and words', (end, status, words) => {
    expect(statusOf(end)).toEqual(status)
    expect(wordsFor(end)).toBe(words)
  })
})

describe('what a root’s watch says', () => {
  test('is understood', () => {
    expect(stuckForMs(stuckNews(1_234.56).trimEnd())).toBe(1_235)
  })

  test.each(['', 'stuck', 'stuck -1', 'stuck 1e9', 'stuck 1 2', 'stuck 9999999999999', ' stuck 1', 'hello'])(
    '%j, written by the program, is not',
    (line) => {
      expect(stuckForMs(line)).toBeUndefined()
    },
  )
})
