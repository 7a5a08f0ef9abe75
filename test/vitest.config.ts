import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Suites with a runner of their own: minutes long, or meant to fail. */
const ownRunner = ['test/soak/**', 'test/bench/**', 'test/mutants/**']

/** Suites that `npm test` leaves out for their length; `everything.config.ts` has them. */
export const slow = ['**/*.slow.test.ts', 'test/conformance/{threads,processes,spread}.test.ts']

export const never = ['**/node_modules/**', '**/dist/**', ...ownRunner]

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
    exclude: [...never, ...slow],
    pool: 'forks',
    // Most tests wait for OS processes: three workers are not too many for two cores.
    maxWorkers: Math.max(3, availableParallelism()),
    reporters: process.env['CI'] ? ['default', 'json'] : ['default'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    sequence: { hooks: 'stack' },
  },
})
