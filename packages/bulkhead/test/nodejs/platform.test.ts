import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const platform = fileURLToPath(new URL('../../src/nodejs/platform.ts', import.meta.url))

/** Says how Node.js tells an error that is thrown in a turn. */
const program = (when: 'soon' | 'later') => `
  import { nodejsPlatform } from ${JSON.stringify(platform)}
  process.on('uncaughtException', ({ message }) => console.log('exception:', message))
  process.on('unhandledRejection', ({ message }) => console.log('rejection:', message))
  const { turns } = nodejsPlatform({ log() {}, telemetry: {}, scope: { run: (_serial, handler) => handler() } })
  const turn = () => { throw new Error('of a turn') }
  turns.${when}(turn)
  turns.${when}(turn)
`

test.each(['soon', 'later'] as const)('what a turn throws is an uncaught exception, each time: %s', async (when) => {
  const args = ['--no-warnings', '--input-type=module', '-e', program(when)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  expect(stdout.trim().split('\n')).toEqual(['exception: of a turn', 'exception: of a turn'])
})
