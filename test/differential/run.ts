import { writeFileSync } from 'node:fs'
import { type BulkheadSide, bulkheadSide } from './bulkhead-side.ts'
import { compare, type Difference } from './compare.ts'
import { Coverage } from './coverage.ts'
import { ErlangSide, erlangRelease } from './erlang-side.ts'
import { fixed } from './fixed.ts'
import { generate } from './generate.ts'
import { isLate } from './lateness.ts'
import { type Options, readOptions, usage } from './options.ts'
import type { Observation } from './observation.ts'
import type { Script } from './script.ts'
import { shrink } from './shrink.ts'

/** Scripts that run at the same time: most of them wait for something. */
const atOnce = 24
/** Milliseconds that shrinking may take. */
const shrinkMs = 120_000

const say = (text: string): void => void process.stdout.write(`${text}\n`)

interface Sides {
  readonly erlang: ErlangSide
  readonly bulkhead: BulkheadSide
}

/** How often a script is run that is too slow for what it is about. */
const triesMax = 6

async function differenceOn(
  { erlang, bulkhead }: Sides,
  script: Script,
  coverage?: Coverage,
): Promise<Difference | undefined> {
  const runBoth = (): Promise<[Observation[], Observation[] | string]> =>
    Promise.all([erlang.run(script), bulkhead.run(script).catch((error: unknown) => String(error))])
  let [theirs, ours] = await runBoth()
  for (let tries = 1; isLate(script, theirs) || (typeof ours !== 'string' && isLate(script, ours)); tries++) {
    if (tries === triesMax) throw new Error('This machine is too slow for scripts in which periods run out.')
    ;[theirs, ours] = await runBoth()
  }
  coverage?.add(script, theirs)
  if (typeof ours !== 'string') return compare(script, theirs, ours)
  return { step: script.steps.length, what: 'the script did not come to its end', erlang: 'it did', bulkhead: ours }
}

/** A seed on which the sides differ, and how they did. */
interface Different {
  readonly seed: number
  readonly difference: Difference
}

/** Runs all scripts, several at a time; the first of those on which the sides differ, if there is one. */
async function firstDifferent(
  sides: Sides,
  { count, seed }: Options,
  coverage: Coverage,
): Promise<Different | undefined> {
  const different: Different[] = []
  const failed: Error[] = []
  let next = seed
  const runSome = async (): Promise<void> => {
    while (next < seed + count && different.length + failed.length === 0) {
      const own = next++
      try {
        const difference = await differenceOn(sides, generate(own), coverage)
        if (difference !== undefined) different.push({ seed: own, difference })
        if (own % 1_000 === 0) process.stderr.write(`seed ${own} …\n`)
      } catch (error) {
        failed.push(
          new Error(`seed ${own}: ${error instanceof Error ? error.message : String(error)}`, { cause: error }),
        )
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, runSome))
  if (failed[0] !== undefined) throw failed[0]
  return different.toSorted((one, other) => one.seed - other.seed)[0]
}

function show({ what, step, erlang, bulkhead }: Difference): void {
  say(`step ${step}, ${what}:`)
  say(`Erlang:   ${JSON.stringify(erlang)}`)
  say(`Bulkhead: ${JSON.stringify(bulkhead)}`)
}

async function showDifferent(sides: Sides, { seed, difference }: Different, { placement }: Options): Promise<void> {
  say(`seed ${seed}: Erlang and Bulkhead differ; shrinking…`)
  const first = await differenceOn(sides, generate(seed))
  if (first === undefined) {
    say('They agree when it runs by itself: what happens depends on timing. It was this:')
    say(JSON.stringify(generate(seed)))
    show(difference)
    return
  }
  const stopAt = performance.now() + shrinkMs
  const differs = async (script: Script): Promise<boolean> => (await differenceOn(sides, script))?.what === first.what
  const smallest = await shrink(generate(seed), differs, () => performance.now() < stopAt)
  say(`\n${JSON.stringify(smallest, undefined, 2)}\n`)
  show((await differenceOn(sides, smallest)) ?? first)
  say(`npm run differential -- --seed ${seed} --count 1 --placement ${placement} finds it again`)
}

async function run(options: Options): Promise<boolean> {
  const { count, seed, placement } = options
  const startedAt = performance.now()
  const coverage = new Coverage()
  const sides = { erlang: await ErlangSide.start(), bulkhead: await bulkheadSide(placement) }
  try {
    const different = await firstDifferent(sides, options, coverage)
    if (different !== undefined) {
      if (options.shrink) await showDifferent(sides, different, options)
      else say(`seed ${different.seed}: Erlang and Bulkhead differ`)
      return false
    }
  } finally {
    await sides.bulkhead.close()
    await sides.erlang.close()
  }
  for (const line of coverage.lines()) say(line)
  for (const line of coverage.lacking()) say(`covered too little: ${line}`)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  say(
    `seeds ${seed} to ${seed + count - 1} (${placement}): ${count} scripts, half of them with ${coverage.medianSteps} steps or more, ` +
      `in ${seconds} s; Erlang and Bulkhead agree`,
  )
  return true
}

async function record(): Promise<void> {
  const erlang = await ErlangSide.start()
  const recorded: Record<string, unknown> = {}
  for (const [title, script] of Object.entries(fixed)) {
    const observations = await erlang.run(script)
    recorded[title] = observations.map((each) => ({ ...each, at: 0 }))
  }
  await erlang.close()
  writeFileSync(new URL('recorded.json', import.meta.url), `${JSON.stringify(recorded, undefined, 1)}\n`)
  say(`${Object.keys(recorded).length} scripts recorded with OTP ${erlangRelease()}`)
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) say(usage)
  else if (options.record) await record()
  else process.exitCode = (await run(options)) ? 0 : 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
