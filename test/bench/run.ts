import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { benches } from './benches.ts'
import { figure } from './figures.ts'
import { writeReport } from './report/write-report.ts'
import type { Row } from './row.ts'

const usage = `npm run bench -- [options]
  --only NAME   one of ${benches.map(({ name }) => name).join(', ')}; may be repeated
  --quick       reduced sizes
  --json FILE   the rows as JSON
  --report      writes docs/performance.md and its plots: a full run only
  --help`

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true, default: [] },
        quick: { type: 'boolean', default: false },
        json: { type: 'string' },
        report: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    for (const only of values.only)
      if (!benches.some(({ name }) => name === only)) throw new Error(`--only ${only}: there is no such bench`)
    if (values.report && (values.quick || values.only.length > 0))
      throw new Error('--report needs a full run: leave --quick and --only out')
    return values
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}

function print(rows: readonly Row[]): void {
  const figures = rows.map((row) => ({
    what: `${row.bench}: ${row.variant}`,
    ours: `${figure(row.ours, row.spread)} ${row.unit}`,
    against: `${row.anchor} ${figure(row.anchorValue, row.anchorSpread)}`,
    ratio: row.ratio === undefined ? '-' : `${row.ratio.toFixed(2)}x`,
    'CPU per message': row.cpuPerMessageNs === undefined ? '-' : `${Math.round(row.cpuPerMessageNs)} ns`,
    sizes: `n ${row.n}, ${row.runs} rounds`,
  }))
  console.table(figures)
  console.log(
    `Node.js ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} cores; medians; a ratio above 1x means ahead of the anchor or inside the bound`,
  )
}

const options = readOptions()
if (options.help) {
  console.log(usage)
  process.exit(0)
}
const chosen = benches.filter(({ name }) => options.only.length === 0 || options.only.includes(name))
const rows: Row[] = []
const begun = performance.now()
const failures: string[] = []
for (const { name, measure } of chosen) {
  const from = performance.now()
  try {
    rows.push(...(await measure({ quick: options.quick })))
  } catch (error) {
    // The others are measured all the same.
    console.error(error)
    failures.push(name)
  }
  console.error(`${name}: ${Math.round((performance.now() - from) / 1_000)} s`)
}
print(rows)
if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(rows, undefined, 2) + '\n')
const missing = chosen.flatMap(({ ids }) => ids).filter((id) => !rows.some((row) => row.id === id))
if (missing.length > 0) console.error(`missing rows: ${missing.join(', ')}`)
if (failures.length > 0) console.error(`failed: ${failures.join(', ')}`)
if (missing.length > 0 || failures.length > 0) process.exit(1)
if (options.report) await writeReport(rows, 'npm run bench -- --report', (performance.now() - begun) / 60_000)
// What others have left open is not waited for.
process.exit(0)
