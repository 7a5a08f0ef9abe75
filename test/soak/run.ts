import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'

/** The suites with real threads, processes and faults; beside them run the cycles that must leave nothing behind. */
const SUITES = ['test/placement', 'test/laws', 'test/conformance']
const BUSY_LOOPS = 4
const root = fileURLToPath(new URL('../..', import.meta.url))

const usage = `npm run soak -- [options]
  --rounds N   how often (default 10)
  --help`

function readOptions(): { rounds: number; help: boolean } {
  try {
    const { values } = parseArgs({
      options: { rounds: { type: 'string', default: '10' }, help: { type: 'boolean', default: false } },
    })
    const rounds = Number(values.rounds)
    if (!Number.isInteger(rounds) || rounds < 1)
      throw new Error(`--rounds ${values.rounds}: give a whole number from 1`)
    return { rounds, help: values.help }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}

/** Runs a program to its end; its output is kept, to be shown if it fails. */
function run(
  argv: readonly string[],
  env = process.env,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
}

async function round(number: number, rounds: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-soak-'))
  const report = join(folder, 'report.json')
  const started = performance.now()
  // The files that the cycles leave are counted: nobody else's may be among them.
  const own = join(folder, 'cycles')
  mkdirSync(own)
  const suites = run([
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'test/everything.config.ts',
    '--maxWorkers',
    '3',
    '--reporter',
    'default',
    '--reporter',
    'json',
    '--outputFile.json',
    report,
    ...SUITES,
  ])
  const [tests, cycles] = await Promise.all([suites, run(['test/soak/cycles.ts'], { ...process.env, TMPDIR: own })])
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = readReport(report)
  rmSync(folder, { recursive: true })
  const good = tests.code === 0 && cycles.code === 0 && failed === 0
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  console.log(
    `round ${number} of ${rounds}: ${passed} passed, ${failed} failed, ${skipped} skipped; ${cycles.output.trim().split('\n').at(-1) ?? 'no cycles'}; ${seconds} s`,
  )
  if (tests.code !== 0) console.log(tests.output)
  if (cycles.code !== 0) console.log(lastLines(cycles.output, 100))
  return good
}

const lastLines = (text: string, count: number): string => text.trimEnd().split('\n').slice(-count).join('\n')

function readReport(file: string): VitestReport {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as VitestReport
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0 }
  }
}

const { rounds, help } = readOptions()
if (help) {
  console.log(usage)
  process.exit(0)
}
const loops: ChildProcess[] = Array.from({ length: BUSY_LOOPS }, () =>
  spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
)
process.on('exit', () => loops.forEach((loop) => loop.kill('SIGKILL')))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))
let failedRounds = 0
for (let number = 1; number <= rounds; number++) if (!(await round(number, rounds))) failedRounds++
console.log(`${rounds - failedRounds} passed, ${failedRounds} failed`)
process.exit(failedRounds === 0 ? 0 : 1)
