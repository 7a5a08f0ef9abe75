// Shows: the program. It starts a system, lets a trial hurt it under load, stops it, looks for what is left and reports.
// Try `npm start`, or `npm start -- --help`.
import { writeFileSync } from 'node:fs'
import { asHtml } from '@bulkhead/chaos'
import { start } from 'bulkhead'
import { COMPARTMENTS, Search, SHARDS } from './actors/search.ts'
import { corpusBytes, loadCorpus, openCorpus, packageFolders } from './corpus.ts'
import { Listener } from './http/listener.ts'
import { BadOption, HELP, type Options, parseOptions, type TrialOptions } from './options.ts'
import { toJson } from './trial/json.ts'
import { LeftoverWatch } from './trial/leftovers.ts'
import { LogTail } from './trial/log-tail.ts'
import { shortcomings, type TrialOutcome } from './trial/outcome.ts'
import { showProgress } from './trial/progress.ts'
import { toReport } from './trial/report.ts'
import { Trial } from './trial/run.ts'
import { treeLines } from './trial/tree.ts'

const EXIT_NOT_PASSED = 1
const EXIT_BAD_OPTION = 2

/** Stays up until somebody stops it, without load and without faults. */
async function serve(): Promise<void> {
  const corpus = loadCorpus(packageFolders(import.meta.dirname))
  const listener = await Listener.open()
  const system = await start({ name: 'search', compartments: COMPARTMENTS })
  await system.start(Search, [corpusBytes(corpus), listener.port])
  console.log(`Searching ${openCorpus(corpus).size} documents at ${listener.url} (Ctrl-C ends it)`)
  await system.stopped
  await listener.close()
}

/** Runs a trial and reports. True when it passed. */
async function runTrial(options: TrialOptions): Promise<boolean> {
  const corpus = loadCorpus(packageFolders(import.meta.dirname))
  const trial = new Trial(openCorpus(corpus), options)
  const leftovers = new LeftoverWatch()
  const log = new LogTail()
  const listener = await Listener.open()
  const system = await start({ name: 'search', compartments: COMPARTMENTS, log: log.add, chaos: true })
  await system.start(Search, [corpusBytes(corpus), listener.port])
  const progress = showProgress(process.stderr, () => trial.progress)
  // It ends early when somebody stops the program, or when the top supervisor gives up. Then nobody serves the socket any more.
  const closeWhenStopped = async (): Promise<void> => {
    await system.stopped
    await listener.close()
  }
  const closed = closeWhenStopped()
  let tree: string[]
  try {
    await trial.run(system, listener.url)
    tree = treeLines(await Promise.race([system.tree(), system.stopped.then(() => [])]))
  } finally {
    progress.stop()
    await system.stop()
    await closed
  }
  const outcome: TrialOutcome = { ...trial.outcome, leftovers: await leftovers.find() }
  const { size, byteLength } = openCorpus(corpus)
  const heading = `Search over ${size} documents (${(byteLength / 2 ** 20).toFixed(1)} MB) in ${SHARDS.length} shards, seed ${options.seed}, ${options.seconds} s of load`
  const { schedule, failures } = trial
  const warnings = trial.chaos?.warnings.map(({ path, why, advice }) => `${path}: ${why}; ${advice}`) ?? []
  console.log(
    options.json ? toJson(outcome, schedule, failures) : toReport({ heading, outcome, failures, tree, warnings }),
  )
  if (options.report !== undefined && trial.chaos !== undefined) writeFileSync(options.report, asHtml(trial.chaos))
  const problems = shortcomings(outcome)
  if (problems.length > 0)
    console.error(['The end of the log:', ...log.lines, ...(options.json ? problems : [])].join('\n'))
  return problems.length === 0
}

/** Now rather than after the trial. Throws `BadOption`. */
function checkWritable(file: string): void {
  try {
    writeFileSync(file, '')
  } catch (error) {
    throw new BadOption(
      `--report is "${file}", which cannot be written (${(error as Error).message}): name another file`,
    )
  }
}

function readOptions(): Options | undefined {
  try {
    const parsed = parseOptions(process.argv.slice(2))
    if (parsed.mode === 'trial' && parsed.report !== undefined) checkWritable(parsed.report)
    return parsed
  } catch (error) {
    if (!(error instanceof BadOption)) throw error
    console.error(`${error.message}\nTry npm start -- --help`)
    return undefined
  }
}

const options = readOptions()
switch (options?.mode) {
  case undefined:
    process.exitCode = EXIT_BAD_OPTION
    break
  case 'help':
    console.log(HELP)
    break
  case 'serve':
    await serve()
    break
  case 'trial':
    if (!(await runTrial(options))) process.exitCode = EXIT_NOT_PASSED
}
