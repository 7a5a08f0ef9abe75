import type { IsolationHints, StartFailed } from 'bulkhead'
import type { SupervisorReport } from '@bulkhead/supervisor'
import { describe, expect, test } from 'vitest'
import { Bulky } from './fixtures/bulky.ts'
import { Guest } from './fixtures/guest.ts'
import { eventually } from './program.ts'
import { trial } from './trial.ts'

const own = trial({ intensity: 1_000 })
const patience = { timeout: 120_000 }
let count = 0

const places: readonly (readonly [string, IsolationHints])[] = [
  ['process', { faults: 'contained' }],
  ['sandbox', { trust: 'untrusted' }],
]

const start = (behaviour: typeof Guest | typeof Bulky, hints: IsolationHints, limits: IsolationHints['limits']) => {
  const id = `narrow-${++count}`
  const options = { id, restart: 'temporary', isolation: { ...hints, limits: { ...limits } } } as const
  return { id, started: own.system.start(behaviour as typeof Guest, [], options) }
}

describe.each(places)('a limit that is too small for Node.js itself is told as that: %s', (_, hints) => {
  test('rssMb that no Node.js gets by with is refused before anything starts', patience, async () => {
    await expect(start(Guest, hints, { rssMb: 10 }).started).rejects.toMatchObject({
      name: 'InvalidOption',
      message: expect.stringMatching(
        /isolation\.limits\.rssMb is 10: give a number of megabytes, 64 or more/,
      ) as unknown,
    })
  })

  test.runIf(process.platform === 'linux')(
    'rssMb that is used up early names the field, the value, and what to give; or the evidence does',
    patience,
    async () => {
      const { id, started } = start(Guest, hints, { rssMb: 64 })
      const error = await started.then(
        () => undefined,
        (failed: unknown) => failed as StartFailed,
      )
      const reports = () =>
        own.records.map(({ data }) => data as SupervisorReport | undefined).filter((data) => data?.offender?.id === id)
      // It depends on when the warden looked how far the start had come.
      const isEarly = error !== undefined && error.reason instanceof Error
      if (isEarly) expect(error.message).toMatch(/isolation\.limits\.rssMb is 64: .*took \d+ MB.*; give 128 or more/)
      else if (error !== undefined) expect(error.reason).toEqual({ out_of_memory: { limitMb: 64 } })
      else {
        await eventually(() => reports().length > 0, 60_000, 'its end is reported')
        const { reason, evidence } = reports()[0] as SupervisorReport
        expect(reason).toEqual({ out_of_memory: { limitMb: 64 } })
        expect(evidence).toMatchObject({
          cause: 'out_of_memory',
          limit: { field: 'rssMb', mb: 64 },
        })
      }
    },
  )

  test('heapMb that the modules of the actor use up', patience, async () => {
    const failure = async () =>
      (await start(Bulky, hints, { heapMb: 16, rssMb: 1_024 }).started.catch(
        (failed: unknown) => failed,
      )) as StartFailed
    let error = await failure()
    // On a busy machine the verdict can come later than anybody waits for it.
    for (let left = 5; left > 0 && error.reason === 'noconnection'; left--) error = await failure()
    expect(error.message).toMatch(/isolation\.limits\.heapMb is 16: .*took all of it before.*; give 32 or more/)
  })
})
