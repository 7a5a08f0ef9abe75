import { describe, expect, test } from 'vitest'
import { run } from './program.ts'

describe('a start that fails below several supervisors', () => {
  test.each(['inline', 'thread', 'process'])(
    'is told in full where it failed, and in one line by each supervisor above: %s',
    { timeout: 60_000 },
    async (isolation) => {
      const program = run('deep-failure.ts', { args: [isolation] })
      expect(await program.said('told')).toBe(
        'child level-2 did not start: its child level-1 did not start: its child level-0 did not start: its child db did not start: TypeError: no database',
      )
      await program.ended
      const lines = program.stderr.map((line) => line.replace(/^\[.*?\] /, ''))
      // Supervisors on other nodes have their lines printed in no order that anybody promises.
      const reports = lines.filter((line) => line.startsWith('error '))
      expect(new Set(reports)).toEqual(
        new Set([
          'error /level-2/level-1/level-0 child db did not start: TypeError: no database {',
          'error /level-2/level-1 child level-0 did not start: its child db did not start: TypeError: no database',
          'error /level-2 child level-1 did not start: its child level-0 did not start: its child db did not start: TypeError: no database',
        ]),
      )
      expect(reports).toHaveLength(3)
      expect(lines.filter((line) => line.includes('at Object.init'))).toHaveLength(1)
      expect(
        lines.filter((line) => line.includes('in actor /level-2/level-1/level-0/db (Database.init)')),
      ).toHaveLength(1)
    },
  )
})
