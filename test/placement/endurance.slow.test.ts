import { describe, expect, test } from 'vitest'
import { descendantsOf, eventually, run } from './program.ts'

const cycles = 25

describe(`${cycles} kills and restarts leave no growth`, () => {
  test.each(['thread', 'process'])('%s', { timeout: 120_000 }, async (place) => {
    const program = run('endurance.ts', { args: [place, String(cycles)] })
    const before = JSON.parse(await program.said('before')) as { descriptors: number; threads: number }
    const after = JSON.parse(await program.said('after')) as typeof before
    expect(after).toEqual(before)
    expect(await program.ended).toEqual({ code: 0, signal: null })
    await eventually(() => descendantsOf(program.pid).length === 0, 1_000, 'its processes ended')
  })
})
