import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { explore } from './exploration.ts'
import { generate } from './generate.ts'
import { readOptions } from './options.ts'
import type { Operation, Program } from './program.ts'
import { printProgram } from './program.ts'
import { shrink } from './shrink.ts'

const seeds = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at)

const trace = async (seed: number): Promise<string> =>
  (await explore(generate(seed), seed, { traced: true })).trace.join('\n')

test('every law holds in the orders that 300 seeds explore', { timeout: 60_000 }, async () => {
  for (const seed of seeds(1, 300)) {
    const { failure } = await explore(generate(seed), seed)
    if (failure !== undefined) expect.fail(`seed ${seed} breaks a law, ${failure.law}: ${failure.text}`)
  }
})

describe('a seed', () => {
  test('gives the same trace each time, byte for byte', { timeout: 60_000 }, async () => {
    const first: string[] = []
    for (const seed of seeds(1, 40)) first.push(await trace(seed))
    // In another order, so that nothing is left behind by one exploration that the next one could notice.
    for (const seed of seeds(1, 40).toReversed()) expect(await trace(seed)).toBe(first[seed - 1])
  })

  test('gives the same trace in another process', { timeout: 60_000 }, async () => {
    const run = fileURLToPath(new URL('run.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [run, '--seed', '7'])
    expect(stdout).toContain(`${printProgram(generate(7))}\n\n${await trace(7)}\n`)
  })

  test('and another one give different programs and traces', async () => {
    expect(printProgram(generate(1))).not.toBe(printProgram(generate(2)))
    expect(await trace(1)).not.toBe(await trace(2))
  })
})

describe('shrinking', () => {
  const operationsOf = ({ actors }: Program): Operation[] => actors.flatMap(({ script }) => script)

  test('keeps what is needed and drops the rest', async () => {
    const program = seeds(1, 100)
      .map(generate)
      .find((each) => each.faults.length > 0 && operationsOf(each).some(({ op }) => op === 'monitor')) as Program
    const breaks = async (each: Program) => (operationsOf(each).some(({ op }) => op === 'monitor') ? 5 : undefined)
    const found = await shrink({ program, schedule: 12 }, breaks)
    expect(found.schedule).toBe(5)
    expect(found.program.faults).toEqual([])
    expect(operationsOf(found.program).filter(({ op }) => op !== 'spawn')).toEqual([
      expect.objectContaining({ op: 'monitor' }),
    ])
  })

  test('of what cannot be smaller gives it back', async () => {
    const found = { program: generate(3), schedule: 3 }
    expect(await shrink(found, () => Promise.resolve(undefined))).toBe(found)
  })
})

describe('options', () => {
  test('are seeds 1 to 10,000 by default', () => {
    expect(readOptions([])).toEqual({ seeds: 10_000, seed: undefined, help: false })
  })

  test.each([
    [['--seeds', 'many'], /--seeds is "many"/],
    [['--seeds', '0'], /--seeds is "0"/],
    [['--seed', '1.5'], /--seed is "1.5"/],
    [['--seed', '1', '--seeds', '2'], /not both/],
    [['--sead', '1'], /--sead/],
    [['7'], /7/],
  ])('%o are refused with a reason', (argv, reason) => {
    expect(() => readOptions(argv)).toThrow(reason)
  })
})
