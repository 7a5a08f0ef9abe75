import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'

/** The projects that are built. */
export const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)

const bin = (path) => `node_modules/${path}`

/**
 * What each npm script does: the folder whose own dependencies it needs, the projects it builds, and its commands.
 * A command is a list of arguments to node; those of the user are added at its end.
 */
export const tasks = {
  start: { build: ['packages/chaos'], commands: [['examples/search/src/main.ts']] },
  build: { build: packages, commands: [] },
  test: { build: packages, commands: [[bin('vitest/vitest.mjs'), 'run', '--config', 'test/vitest.config.ts']] },
  'test:slow': {
    build: packages,
    commands: [[bin('vitest/vitest.mjs'), 'run', '--config', 'test/everything.config.ts', '.slow.test.ts']],
  },
  types: { commands: [[bin('typescript/bin/tsc'), '-b']] },
  lint: { build: packages, commands: [[bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings']] },
  format: { commands: [[bin('oxfmt/bin/oxfmt')]] },
  'format:check': { commands: [[bin('oxfmt/bin/oxfmt'), '--check']] },
  mutants: { commands: [['.dev/mutants.mjs']] },
  soak: { build: packages, commands: [['test/soak/run.ts']] },
  races: { build: packages, commands: [['test/races/run.ts']] },
  conformance: { build: packages, commands: [['test/conformance/run.ts']] },
  differential: { build: packages, commands: [['test/differential/run.ts']] },
  bench: { install: join(root, 'test/bench'), build: packages, commands: [['test/bench/run.ts']] },
}
