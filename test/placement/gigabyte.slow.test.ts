import { describe, expect, test } from 'vitest'
import { run } from './program.ts'

describe('what a sandbox prints', () => {
  test('a gigabyte: it fills no memory, holds up nobody, and its lines are counted', { timeout: 300_000 }, async () => {
    const program = run('loud-sandbox.ts', { args: ['1024'] })
    const { rssMb, rounds } = JSON.parse(await program.said('done')) as { rssMb: number; rounds: number }
    await program.ended
    const lines = program.stdout.filter((line) => line.includes('xxxxxxxx'))
    const lost = program.stdout.flatMap((line) => /… (\d+) lines were lost/.exec(line)?.[1] ?? []).map(Number)
    expect(rssMb).toBeLessThan(200)
    expect(rounds).toBeGreaterThan(10)
    expect(lines.length).toBeGreaterThan(100)
    expect(lines.length + lost.reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(1_024 * 1_024)
    expect(program.stdout.filter((line) => line.includes('a neighbour speaks')).length).toBe(rounds)
  })
})
