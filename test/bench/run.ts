import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { inlineCall } from './inline-call.ts'
import { idleActors, idleSystem } from './own-process.ts'
import { requestReply } from './request-reply.ts'
import type { Bench, Row } from './row.ts'
import { ROW_IDS } from './row.ts'
import { TIME_TO_DOWN_IDS, timeToDown } from './time-to-down.ts'

const benches: Readonly<Record<string, Bench>> = {
  'request-reply': requestReply,
  'inline-call': inlineCall,
  'idle-actors': idleActors,
  'idle-system': idleSystem,
  'time-to-down': timeToDown,
}

const usage = `npm run bench -- [options]
  --only NAME   one of ${Object.keys(benches).join(', ')}
  --quick       reduced sizes
  --json FILE   the rows as JSON
  --help`

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.only !== undefined && benches[values.only] === undefined)
      throw new Error(`--only ${values.only}: there is no such bench`)
    return values
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}

function print(rows: readonly Row[]): void {
  const figures = rows.map(({ variant, bench, ours, unit, anchor, anchorValue, ratio, cpuPerMessageNs, n, runs }) => ({
    what: `${bench}: ${variant}`,
    ours: `${ours.toFixed(2)} ${unit}`,
    against: `${anchor} ${anchorValue.toFixed(2)}`,
    ratio: `${ratio.toFixed(2)}x`,
    'CPU per message': cpuPerMessageNs === undefined ? '-' : `${Math.round(cpuPerMessageNs)} ns`,
    sizes: `n ${n}, ${runs} rounds`,
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
const rows: Row[] = []
for (const [name, bench] of Object.entries(benches)) {
  if (options.only !== undefined && options.only !== name) continue
  rows.push(...(await bench({ quick: options.quick })))
}
print(rows)
if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(rows, undefined, 2) + '\n')
const missing =
  options.only === undefined ? [...ROW_IDS, ...TIME_TO_DOWN_IDS].filter((id) => !rows.some((row) => row.id === id)) : []
if (missing.length > 0) {
  console.error(`missing rows: ${missing.join(', ')}`)
  process.exit(1)
}
