import { explore } from './exploration.ts'
import type { Explored } from './exploration.ts'
import { generate } from './generate.ts'
import { readOptions, usage } from './options.ts'
import { printProgram } from './program.ts'
import { shrink } from './shrink.ts'

/** Milliseconds that shrinking may take, and schedules that it tries for each smaller program. */
const shrinkMs = 60_000
const schedulesMax = 40

const say = (text: string): void => void process.stdout.write(`${text}\n`)

async function showOne(seed: number): Promise<boolean> {
  const program = generate(seed)
  const { failure, steps, trace } = await explore(program, seed, { traced: true })
  say(`${printProgram(program)}\n\n${trace.join('\n')}\n`)
  if (failure === undefined) {
    say(`seed ${seed}: ${steps} events, every law holds`)
    return true
  }
  await showShrunk(seed, failure)
  return false
}

async function showShrunk(seed: number, failure: NonNullable<Explored['failure']>): Promise<void> {
  say(`seed ${seed} breaks a law, ${failure.law}: ${failure.text}`)
  say('shrinking…')
  const stopAt = performance.now() + shrinkMs
  const breaks = async (program: ReturnType<typeof generate>): Promise<number | undefined> => {
    for (const schedule of [seed, ...Array.from({ length: schedulesMax }, (_, at) => at + 1)]) {
      const explored = await explore(program, schedule)
      if (explored.failure?.law === failure.law) return schedule
    }
    return undefined
  }
  const found = await shrink({ program: generate(seed), schedule: seed }, breaks, () => performance.now() < stopAt)
  const last = await explore(found.program, found.schedule, { traced: true })
  say(`\n${last.trace.join('\n')}\n`)
  say(`${printProgram(found.program)}\n`)
  say(`under schedule ${found.schedule}, ${last.failure?.law}: ${last.failure?.text}`)
  say(`npm run races -- --seed ${seed} shows all of it`)
}

async function exploreMany(seeds: number): Promise<boolean> {
  const counts = new Map<string, number>()
  const startedAt = performance.now()
  let events = 0
  for (let seed = 1; seed <= seeds; seed++) {
    const { failure, steps } = await explore(generate(seed), seed, { counts })
    events += steps
    if (failure === undefined) continue
    await showShrunk(seed, failure)
    return false
  }
  const seconds = (performance.now() - startedAt) / 1000
  for (const [what, times] of [...counts].toSorted(([a], [b]) => a.localeCompare(b))) {
    say(`${String(times).padStart(9)}  ${what}`)
  }
  say(
    `${seeds} seeds, ${events} events, ${seconds.toFixed(1)} s: ${Math.round(seeds / seconds)} seeds a second; every law holds`,
  )
  return true
}

try {
  const { seeds, seed, help } = readOptions(process.argv.slice(2))
  if (help) say(usage)
  else process.exitCode = (await (seed === undefined ? exploreMany(seeds) : showOne(seed))) ? 0 : 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
