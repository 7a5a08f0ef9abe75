import { start } from 'bulkhead'
import { Echo } from './programs/echo.ts'
import type { Bench, Measure } from './row.ts'
import { cost, median } from './stats.ts'

/** The most that one inline call may cost: encode, decode, reply and promise included. */
const BOUND_NS = 4_000

/** One call after the other to an actor in the same event loop: CPU per call against the bound. */
const measure: Measure = async ({ quick }) => {
  const n = quick ? 20_000 : 100_000
  const runs = quick ? 3 : 9
  const system = await start()
  try {
    const echo = await system.start(Echo, [], { isolation: 'inline' })
    const request = { id: 1, text: 'hello' }
    const ask = async (): Promise<void> => {
      for (let i = 0; i < n; i++) await echo.call.echo(request)
    }
    await ask()
    const figures: number[] = []
    for (let run = 0; run < runs; run++) figures.push(((await cost(ask)).cpuMs * 1e6) / n)
    const ns = median(figures)
    return [
      {
        id: 'call/inline/sequential',
        bench: 'call',
        variant: 'inline, sequential',
        ours: ns / 1000,
        unit: 'us CPU per call',
        anchor: 'bound',
        anchorValue: BOUND_NS / 1000,
        ratio: BOUND_NS / ns,
        cpuPerMessageNs: ns / 2,
        n,
        runs,
      },
    ]
  } finally {
    await system.stop()
  }
}

export const inlineCall: Bench = { name: 'inline-call', ids: ['call/inline/sequential'], measure }
