// Runs one program of the suite: once under audit and so many times to warm up, the audit being the first of them, then so many times that count.
// Prints one line of JSON.
// node savina/main.ts NAME WARM_UPS RUNS THREADS key=value ...
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { start, sys, telemetryChannels } from 'bulkhead'
import { Audit } from '../audit.ts'
import { cost } from '../stats.ts'
import { loadProgram } from './programs.ts'
import type { Outcome } from './program.ts'

const [name = '', warmUps = '', runs = '', threads = '', ...pairs] = process.argv.slice(2)
const program = await loadProgram(name)
const sizes = Object.fromEntries(pairs.map((pair) => pair.split('=', 2)).map(([key, value]) => [key, Number(value)]))
const system = await start({ threads: Math.max(1, Number(threads)), handlerMs: 60_000 })

/** Has it run by a main actor that is started for it, and stopped afterwards. */
async function withMain<R>(work: (run: () => Promise<Outcome>) => Promise<R>): Promise<R> {
  const main = await system.start(program.main, [], { isolation: 'inline', restart: 'temporary' })
  const result = await work(() => main.within(Infinity).call.run(sizes, Number(threads)))
  await sys.stop(main, 'shutdown')
  return result
}

const once = () =>
  withMain(async (run) => {
    const outcomes: Outcome[] = []
    const spent = await cost(async () => outcomes.push(await run()))
    return { ...spent, outcome: outcomes[0] as Outcome }
  })

/** The same, holding what the nodes have counted against each other. */
const audited = () =>
  withMain(async (run) => {
    let starts = 0
    const onStart = (): void => void starts++
    const audit = await Audit.begin(system)
    subscribe(telemetryChannels.spawned, onStart)
    const outcome = await run()
    unsubscribe(telemetryChannels.spawned, onStart)
    await audit.endWithStarts(starts)
    return outcome
  })

const first = await audited()
for (let run = 1; run < Number(warmUps); run++) await once()
const results = []
for (let run = 0; run < Number(runs); run++) results.push(await once())
console.log(
  JSON.stringify({
    wallMs: results.map(({ wallMs }) => wallMs),
    cpuMs: results.map(({ cpuMs }) => cpuMs),
    outcomes: [first, ...results.map(({ outcome }) => outcome)],
  }),
)
await system.stop()
