import { describe, expect, test } from 'vitest'
import { descendantsOf, eventually, isRunning, run } from './program.ts'
import type { Program } from './program.ts'

async function pidsOf(program: Program): Promise<number[]> {
  const pids = JSON.parse(await program.said('pids')) as number[]
  expect(pids.filter(isRunning)).toEqual(pids)
  return pids
}

const gone = (pids: readonly number[]) => () => !pids.some(isRunning)

describe('nothing outlives its root', () => {
  test('killed with SIGKILL: idle, busy, blocked and their helpers are gone within 1 s', async () => {
    const program = run('family.ts')
    const pids = await pidsOf(program)
    program.kill('SIGKILL')
    await program.ended
    await eventually(gone(pids), 1_000, `some of ${pids.join()} ended`)
  })

  test('process.exit leaves with its own status and takes all along', async () => {
    const program = run('family.ts', { args: ['exit', '7'] })
    const pids = JSON.parse(await program.said('pids')) as number[]
    expect(await program.ended).toEqual({ code: 7, signal: null })
    await eventually(gone(pids), 1_000, `some of ${pids.join()} ended`)
  })

  test('an error of the program itself ends it as ever, and takes all along', async () => {
    const program = run('family.ts', { args: ['throw'] })
    const pids = JSON.parse(await program.said('pids')) as number[]
    expect(await program.ended).toEqual({ code: 1, signal: null })
    expect(program.stderr.join('\n')).toContain('a bug of the program')
    await eventually(gone(pids), 1_000, `some of ${pids.join()} ended`)
  })

  test('a crew that was killed leaves none of its helpers behind', async () => {
    const program = run('family.ts')
    const [crew, helper] = (await pidsOf(program)).slice(-2) as [number, number]
    process.kill(crew, 'SIGKILL')
    await eventually(gone([crew, helper]), 1_000, 'the helper ended')
    expect(descendantsOf(program.pid)).not.toContain(helper)
  })

  test('a process that was killed leaves none of its helpers behind', async () => {
    const program = run('family.ts')
    const pids = await pidsOf(program)
    const [, , parent, , , helper] = pids as [number, number, number, number, number, number]
    process.kill(parent, 'SIGKILL')
    await eventually(gone([parent, helper]), 1_000, 'the helper ended')
    expect(descendantsOf(program.pid)).not.toContain(helper)
  })
})

describe('SIGTERM and SIGINT', () => {
  const all = [
    ['SIGTERM', 'thread'],
    ['SIGINT', 'thread'],
    ['SIGTERM', 'crew'],
  ] as const
  test.each(all)('%s: stops in order and leaves nothing, with %ss', async (signal, place) => {
    const program = run('service.ts', { args: ['', place] })
    await program.said('ready')
    const children = descendantsOf(program.pid)
    expect(children.length).toBeGreaterThan(0)
    program.kill(signal)
    expect(await program.ended).toEqual({ code: 0, signal: null })
    // What different nodes print comes in any order, so each line says when it was written.
    const stops = program.stdout
      .map((line) => /(\d+) (\w+) stopped$/.exec(line)?.slice(1))
      .filter((stop) => stop !== undefined)
    const byTime = stops.sort(([one], [other]) => Number(BigInt(one as string) - BigInt(other as string)))
    expect(byTime.map(([, name]) => name)).toEqual(['last', 'middle', 'first'])
    expect(program.stdout.at(-1)).toBe(`stopped: {"shutdown":"${signal}"}`)
    await eventually(gone(children), 1_000, 'its processes ended')
  })

  test('the second leaves at once', async () => {
    const program = run('service.ts', { args: ['stubborn'] })
    await program.said('ready')
    const children = descendantsOf(program.pid)
    program.kill('SIGTERM')
    await program.said('[')
    program.kill('SIGTERM')
    expect(await program.ended).toEqual({ code: 143, signal: null })
    await eventually(gone(children), 1_000, 'its processes ended')
    const told = program.stderr.filter((line) => line.startsWith('[bulkhead] '))
    expect(told).toEqual([
      expect.stringMatching(/leaves at once, \d+ ms after it was told to stop$/),
      expect.stringMatching(/ \/first has not ended: its turn had not come$/),
      expect.stringMatching(
        / \/stubborn has not ended: it was told to stop \d+ ms ago, and has no limit to its end \(shutdown\)$/,
      ),
    ])
  })

  test('what is not done after 10 s is cut short and listed', async () => {
    const program = run('service.ts', { args: ['stubborn'] })
    await program.said('ready')
    const begun = performance.now()
    program.kill('SIGTERM')
    expect(await program.ended).toEqual({ code: 0, signal: null })
    const tookMs = performance.now() - begun
    expect(tookMs).toBeGreaterThan(9_500)
    expect(tookMs).toBeLessThan(14_000)
    const told = program.stderr.filter((line) => line.includes('was cut short')).toSorted()
    expect(told.map((line) => line.replace(/\d+ ms ago/, 'N ms ago').replace(/^.*?\//, '/'))).toEqual([
      '/first was cut short by the deadline of the shutdown: its turn had not come',
      '/last was cut short by the deadline of the shutdown: its turn had not come',
      '/middle was cut short by the deadline of the shutdown: its turn had not come',
      '/stubborn was cut short by the deadline of the shutdown: it was told to stop N ms ago, and has no limit to its end (shutdown)',
    ])
  })

  test('a program that its own handles keep is told which, before it leaves at once', { timeout: 40_000 }, async () => {
    const program = run('service.ts', { args: ['kept'] })
    await program.said('ready')
    program.kill('SIGTERM')
    expect(await program.ended).toEqual({ code: 143, signal: null })
    expect(program.stdout.at(-1)).toBe('stopped: {"shutdown":"SIGTERM"}')
    expect(program.stderr.slice(-2)).toEqual([
      expect.stringMatching(/^\[bulkhead\] leaves at once, 1[2-9]\d{3} ms after it was told to stop$/),
      expect.stringMatching(
        /^\[bulkhead\] the system has stopped; the program still has open, and may wait for: .*TCPServerWrap, 2 Timeout/,
      ),
    ])
  })
})

describe('a thread in a native call that nothing can end', () => {
  test.each([
    ['exit', 'thread', 'nobody'],
    ['stop', 'thread', 'nobody'],
    ['exit', 'thread', 'wait'],
    ['stop', 'thread', 'wait'],
    ['exit', 'crew', 'nobody'],
    ['stop', 'crew', 'nobody'],
  ])('is fenced in time, and the program leaves at once with its own status: %s, %s, %s', async (...args) => {
    const program = run('lingering.ts', { args })
    expect(JSON.parse(await program.said('reason'))).toMatchObject({ stuck: { handler: 'Faulty.callShell' } })
    const from = performance.now()
    expect(await program.ended).toEqual({ code: 7, signal: null })
    expect(performance.now() - from).toBeLessThan(3_000)
    expect(program.stdout.slice(1)).toEqual(['an earlier listener', 'a later listener'])
  })

  test('does not hide the error that the program dies of', async () => {
    const program = run('lingering.ts', { args: ['throw'] })
    expect(await program.ended).toEqual({ code: 1, signal: null })
    expect(program.stderr.join('\n')).toContain('Error: a bug of the root')
  })
})
