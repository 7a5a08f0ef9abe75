// Breaks the code on purpose, one patch of test/mutants at a time, and requires the test that the patch names to notice.
// Works on a copy of the repository. `npm run mutants -- word` takes only the patches whose name holds the word.
// `npm run mutants -- --differential` requires the comparison with real Erlang to notice those of supervisors, within 500 scripts.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { build } from './build.mjs'
import { copyWorkspace } from './copy.mjs'
import { root } from './paths.mjs'
import { packages } from './tasks.mjs'

/** A mutant whose tests still run after this long has hung them, which is noticed too. */
const hungAfterMs = 120_000

/** Milliseconds that a test gets by itself: what most mutants break hangs, and is not waited for as long as by `npm test`. */
const testTimeoutMs = 30_000

/** Scripts within which the comparison with real Erlang has to notice a mutant. */
const scriptsMax = 500

/** Copies of the repository in which mutants are tried side by side. */
const lanes = Math.min(2, availableParallelism())

const folder = join(root, 'test/mutants')

function readMutant(file) {
  const text = readFileSync(join(folder, file), 'utf8')
  const header = (name) => new RegExp(`^${name}: (.+)$`, 'm').exec(text.split('\n', 5).join('\n'))?.[1].trim()
  const [test, ...titles] = (header('Test') ?? '').split(' > ')
  if (titles.length === 0 || !header('Why'))
    throw new Error(`${file} must start with "Test: <file> > <title>" and "Why: <reason>".`)
  return {
    name: basename(file, '.patch'),
    patch: join(folder, file),
    test,
    title: titles.join(' > '),
    /** Why scripts that run on Erlang too cannot notice it. */
    beyond: header('Beyond Erlang'),
    isOfSupervisors: text.includes('+++ b/packages/supervisor/src/'),
  }
}

const literal = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** Runs the tests of one file whose titles hold one of the texts; returns their results, or undefined when they hung. */
function runTests(copy, test, titles) {
  const report = join(copy, 'node_modules/.cache/mutant.json')
  rmSync(report, { force: true })
  const pattern = titles.map(literal).join('|')
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/everything.config.ts', test, '-t', pattern]
  const argv = [...vitest, `--testTimeout=${testTimeoutMs}`, '--reporter=json', `--outputFile=${report}`]
  // A group of its own, so that a hung test's threads and child processes end with it.
  const child = spawn(process.execPath, argv, { cwd: copy, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  let complaints = ''
  child.stderr.on('data', (data) => (complaints += data))
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), hungAfterMs)
    child.on('close', (_code, signal) => {
      clearTimeout(timer)
      if (signal === 'SIGKILL') return resolve(undefined)
      try {
        const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
        resolve(testResults.flatMap((file) => file.assertionResults))
      } catch {
        reject(new Error(`The tests of ${test} gave no report.\n${complaints}`))
      }
    })
  })
}

const named = (results, { title }) =>
  results.filter((each) => [...each.ancestorTitles, each.title].join(' > ').includes(title))

/** What is wrong before anything is broken: a named test that is not there, or not green. */
async function faultsWithoutMutants(copies, mutants) {
  const faults = []
  await inLanes(copies, [...Map.groupBy(mutants, (mutant) => mutant.test)], async (copy, [test, group]) => {
    const titles = group.map(({ title }) => title)
    const results = (await runTests(copy, test, titles)) ?? []
    for (const mutant of group) {
      const own = named(results, mutant).filter(({ status }) => status === 'passed' || status === 'failed')
      if (own.length === 0) faults.push(`${mutant.name}: ${test} has no test "${mutant.title}"`)
      const red = own.find(({ status }) => status === 'failed')
      if (red) faults.push(`${mutant.name}: its test fails without it: ${red.failureMessages.join('\n')}`)
    }
  })
  return faults
}

/** Does something with each of the items, in whichever copy is free. */
async function inLanes(copies, items, act) {
  const queue = [...items]
  const lane = async (copy) => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(copy, item)
  }
  await Promise.all(copies.map(lane))
}

const apply = (copy, patch, ...options) =>
  spawnSync('git', ['apply', ...options, patch], {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, GIT_DIR: '/dev/null' },
  })

/** Breaks the copy with a mutant for as long as `look` takes, which says why the mutant escaped, or undefined when it was noticed. */
async function escape(copy, mutant, look) {
  const applied = apply(copy, mutant.patch)
  if (applied.status !== 0) return `the patch does not apply: ${applied.stderr.trim()}`
  try {
    build(process.execPath, packages, copy)
    return await look(copy, mutant)
  } catch (error) {
    return error.message
  } finally {
    apply(copy, mutant.patch, '--reverse')
  }
}

/** Whether its test notices. */
async function byTest(copy, mutant) {
  const results = await runTests(copy, mutant.test, [mutant.title])
  if (results === undefined) return undefined
  const statuses = named(results, mutant).map(({ status }) => status)
  if (statuses.includes('failed')) return undefined
  return statuses.includes('passed') ? `"${mutant.title}" stays green` : `"${mutant.title}" does not run`
}

/** Whether the comparison with real Erlang notices. */
async function byErlang(copy) {
  const argv = ['test/differential/run.ts', '--no-shrink', '--count', String(scriptsMax)]
  const child = spawn(process.execPath, argv, { cwd: copy, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data))
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code === 1 && said.includes('Erlang and Bulkhead differ')) return undefined
  return code === 0 ? `Erlang and it agree on ${scriptsMax} scripts` : said.trim().split('\n').at(-1)
}

async function run(argv) {
  const isDifferential = argv.includes('--differential')
  const word = argv.find((each) => !each.startsWith('--')) ?? ''
  const files = readdirSync(folder).filter((file) => file.endsWith('.patch') && file.includes(word))
  const mutants = files.map(readMutant).filter((mutant) => !isDifferential || mutant.isOfSupervisors)
  if (mutants.length === 0) throw new Error(`No patch in test/mutants has a name with "${word}".`)
  if (isDifferential) {
    for (const { name, beyond } of mutants) if (beyond) console.log(`beyond   ${name}: ${beyond}`)
    return await tryAll(
      mutants.filter(({ beyond }) => !beyond),
      byErlang,
    )
  }
  return await tryAll(mutants, byTest, faultsWithoutMutants)
}

/** `look`: how a mutant is noticed; `faultsOf`: what is wrong before anything is broken. */
async function tryAll(mutants, look, faultsOf = async () => []) {
  const copies = Array.from({ length: Math.min(lanes, mutants.length) }, () =>
    mkdtempSync(join(tmpdir(), 'bulkhead-mutants-')),
  )
  try {
    for (const copy of copies) {
      copyWorkspace(copy)
      build(process.execPath, packages, copy)
    }
    const faults = await faultsOf(copies, mutants)
    if (faults.length > 0) throw new Error(faults.join('\n'))
    const escaped = []
    await inLanes(copies, mutants, async (copy, mutant) => {
      const startedAt = performance.now()
      const why = await escape(copy, mutant, look)
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
      console.log(why ? `escaped  ${mutant.name}: ${why}` : `noticed  ${mutant.name} (${seconds} s)`)
      if (why) escaped.push(mutant.name)
    })
    if (escaped.length > 0) console.log(`escaped: ${escaped.join(', ')}`)
    console.log(`${mutants.length - escaped.length} mutants noticed, ${escaped.length} escaped`)
    return escaped.length === 0 ? 0 : 1
  } finally {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true })
  }
}

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
