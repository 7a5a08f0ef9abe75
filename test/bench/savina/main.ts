// Runs one program of the suite: so many times to warm up, so many that count. Prints one line of JSON.
// node savina/main.ts NAME WARM_UPS RUNS THREADS key=value ...
import { start, sys } from 'bulkhead'
import { cost } from '../stats.ts'
import { loadProgram } from './programs.ts'
import type { Outcome } from './program.ts'

const [name = '', warmUps = '', runs = '', threads = '', ...pairs] = process.argv.slice(2)
const program = await loadProgram(name)
const sizes = Object.fromEntries(pairs.map((pair) => pair.split('=', 2)).map(([key, value]) => [key, Number(value)]))
const system = await start({ threads: Math.max(1, Number(threads)), handlerMs: 60_000 })

async function once(): Promise<{ readonly wallMs: number; readonly cpuMs: number; readonly outcome: Outcome }> {
  const main = await system.start(program.main, [], { isolation: 'inline', restart: 'temporary' })
  const outcomes: Outcome[] = []
  const spent = await cost(async () => outcomes.push(await main.within(Infinity).call.run(sizes, Number(threads))))
  await sys.stop(main, 'shutdown')
  return { ...spent, outcome: outcomes[0] as Outcome }
}

for (let run = 0; run < Number(warmUps); run++) await once()
const results = []
for (let run = 0; run < Number(runs); run++) results.push(await once())
console.log(
  JSON.stringify({
    wallMs: results.map(({ wallMs }) => wallMs),
    cpuMs: results.map(({ cpuMs }) => cpuMs),
    outcomes: results.map(({ outcome }) => outcome),
  }),
)
await system.stop()
