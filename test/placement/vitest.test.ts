import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { run } from './program.ts'

const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))
const checks = fileURLToPath(new URL('fixtures/vitest', import.meta.url))

/** A run of vitest over tests that have a system of their own. */
const runVitest = (withError: string) =>
  run(vitest, { args: ['run', 'nobodys-error'], cwd: checks, env: { WITH_ERROR: withError } })

test('an error that an actor brings about does not fail a vitest run', async () => {
  const program = runVitest('none')
  expect(await program.ended).toEqual({ code: 0, signal: null })
})

test.each(['exception', 'rejection'])('one that belongs to nobody does: %s', async (withError) => {
  const program = runVitest(withError)
  expect(await program.ended).toEqual({ code: 1, signal: null })
  expect([...program.stdout, ...program.stderr].join('\n')).toContain('nobody’s error')
})

test.each(['forks', 'threads', 'vmForks', 'vmThreads'])(
  'actors of a test file live in a thread and in a process, whatever runs the tests: %s',
  { timeout: 150_000 },
  async (pool) => {
    const program = run(vitest, { args: ['run', 'pools', `--pool=${pool}`], cwd: checks })
    const { code } = await program.ended
    if (code !== 0) expect.fail([...program.stdout, ...program.stderr].join('\n'))
  },
)
