import { describe, expect, test } from 'vitest'
import { family } from './family.ts'
import { eventually } from './program.ts'

describe('the root is killed with SIGKILL', () => {
  const delays = [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50]
  test('just after it has forked, at any moment: nothing is left within 1 s', { timeout: 120_000 }, async () => {
    for (const afterMs of delays) {
      const { program, members } = family('newborn.ts', [String(afterMs)])
      expect(await program.ended).toEqual({ code: null, signal: 'SIGKILL' })
      expect(program.stdout.join()).toContain('born')
      await eventually(() => members().length === 0, 1_000, `nothing is left, ${afterMs} ms after the fork`)
    }
  })

  test('just after it has forked: the newborn ends by itself', { timeout: 120_000 }, async () => {
    for (const afterMs of delays) {
      const { program, members } = family('newborn.ts', [String(afterMs), 'alone'])
      expect(await program.ended).toEqual({ code: null, signal: 'SIGKILL' })
      // It has to get through its own start before it can see anything.
      await eventually(() => members().length === 0, 20_000, `nothing is left, ${afterMs} ms after the fork`)
    }
  })
})
