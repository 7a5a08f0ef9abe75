import { expect, test } from 'vitest'
import { run } from './program.ts'

/** Enough for some nodes of each kind, and not for all. */
const descriptors = { thread: 60, process: 90 } as const

test.each(['thread', 'process'] as const)(
  'a %s for which there are no descriptors left is a start that fails; the others live on',
  { timeout: 60_000 },
  async (place) => {
    const through = ['/bin/sh', '-c', `ulimit -n ${descriptors[place]}; exec "$0" "$@"`]
    const program = run('many.ts', { args: [place], through })
    const [lived, failed] = (await program.said('lived')).split(' failed ').map(Number)
    expect(lived).toBeGreaterThan(0)
    expect(Number(lived) + Number(failed)).toBe(30)
    expect(await program.ended).toEqual({ code: 0, signal: null })
  },
)
