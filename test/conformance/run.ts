import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { documentOf } from './document.ts'
import { items as list } from './ids.ts'
import { readOptions, usage } from './options.ts'
import { countsOf, isAsListed, outcomesOf } from './results.ts'
import type { Outcomes, VitestReport } from './results.ts'

const root = join(import.meta.dirname, '..', '..')

/** Runs the tests; what they print goes to stderr. */
function tried(): Map<string, Outcomes> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-conformance-'))
  try {
    const output = join(folder, 'output.json')
    const vitest = [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...['--config', 'test/everything.config.ts', 'test/conformance'],
      ...['--reporter', 'default', '--reporter', 'json', '--outputFile', output],
    ]
    spawnSync(process.execPath, vitest, { cwd: root, stdio: ['ignore', 2, 2] })
    return outcomesOf(JSON.parse(readFileSync(output, 'utf8')) as VitestReport)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function main(): number {
  const { json, record, help } = readOptions(process.argv.slice(2))
  if (help) {
    console.log(usage)
    return 0
  }
  if (record) execFileSync('sh', [join(import.meta.dirname, 'erlang/record.sh')], { stdio: ['ignore', 2, 2] })
  const outcomes = tried()
  const counts = countsOf(list, outcomes)
  const document = documentOf(outcomes)
  writeFileSync(join(root, 'docs/conformance.md'), document)
  if (json) console.log(JSON.stringify(counts))
  else {
    for (const { id, title } of list)
      if (!isAsListed(outcomes.get(id))) console.log(`${id} ${title}: ${JSON.stringify(outcomes.get(id) ?? 'no test')}`)
    const { items, passed, deviations, failed } = counts
    console.log(`${items} items: ${passed} hold, ${deviations} differ as written, ${failed} failed`)
  }
  return counts.failed === 0 ? 0 : 1
}

try {
  process.exitCode = main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
