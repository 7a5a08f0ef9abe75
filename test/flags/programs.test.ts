import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { endedWell, once, outcomeOf, saidBy } from '../loading/outcome.ts'
import { run as runUntilEnd } from '../placement/program.ts'
import { fixture, fixtures, observed, placements, seenBy } from './observed.ts'

describe.concurrent('a program that is no file', { timeout: 60_000 }, () => {
  const ways = {
    '--input-type=module -e': async (text: string) =>
      await outcomeOf(['--input-type=module', '-e', text], { cwd: fixtures }),
    'standard input': async (text: string) =>
      await outcomeOf(['--input-type=module', '-'], { cwd: fixtures, input: text }),
    '-p': async () => await outcomeOf(['-p', `import('${pathToFileURL(observed).href}'), 1`]),
  }
  const run = once(
    async (way: keyof typeof ways) => await ways[way](stripTypeScriptTypes(readFileSync(observed, 'utf8'))),
  )

  describe.each(Object.keys(ways) as (keyof typeof ways)[])('%s', (way) => {
    test.each(placements)('starts actors of a module in a %s', async (placement) => {
      expect(seenBy(placement, await run(way)).flavour).toBe('plain')
    })
  })
})

describe.concurrent('node --test', { timeout: 60_000 }, () => {
  const run = once(async () => await outcomeOf(['--test', '--test-reporter=tap', fixture('observed.node-test.ts')]))

  test.each(placements)('tests with actors in a %s pass', async (placement) => {
    const { stdout } = endedWell(await run(''))
    expect(stdout.map((line) => line.trim().replace(/ \d+ /, ' '))).toContain(`ok - ${placement}`)
  })
})

test('--watch starts a program anew when a file has changed, and only then', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-watched-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'watched.ts')
  const write = (edition: number): void => {
    const lines = [`await import('${observed}')`, `console.log('edition ${edition}')`, 'setInterval(() => {}, 1_000)']
    writeFileSync(file, lines.join('\n'))
  }
  write(1)
  const program = runUntilEnd(file, { execArgv: ['--watch', '--watch-preserve-output'] })
  await program.said('edition 1')
  write(2)
  await program.said('edition 2')
  program.kill('SIGTERM')
  await program.ended
  const said = (word: string): number => program.stdout.filter((line) => line.startsWith(word)).length
  expect({ edition: said('edition'), thread: said('thread'), process: said('process') }).toEqual({
    edition: 2,
    thread: 2,
    process: 2,
  })
})

describe.concurrent('--permission', { timeout: 60_000 }, () => {
  const hasNet = process.allowedNodeEnvironmentFlags.has('--allow-net')
  const most = ['--allow-worker', '--allow-child-process']
  const all = hasNet ? [...most, '--allow-net'] : most
  const missingNet: [string, string[], string] = ['process', most, '--allow-net']
  const run = once(async (granted: string) => {
    const options = ['--permission', '--allow-fs-read=*', ...granted.split(' ').filter(Boolean)]
    return await outcomeOf([...options, fixture('permitted.ts')])
  })

  test.each(placements)('with what a %s needs, it works', async (placement) => {
    expect(seenBy(placement, await run(all.join(' '))).execArgv).toContain('--permission')
  })

  test.each([
    ['start', [], '--allow-worker'],
    ['process', ['--allow-worker'], '--allow-child-process'],
    ['crew', ['--allow-worker'], '--allow-child-process'],
    ...(hasNet ? [missingNet] : []),
  ])('%s with %j: an error names %s', async (what, granted, missing) => {
    expect(saidBy<string>(endedWell(await run(granted.join(' '))), `${what}-refused`)).toContain(missing)
  })
})

describe.concurrent('resource limits of a root in a worker', { timeout: 60_000 }, () => {
  const run = once(async () => await outcomeOf([fixture('limited.ts')]))

  test.each(placements)('are not those of a %s', async (placement) => {
    const outcome = await run('')
    expect(seenBy(placement, outcome).heapLimitMb).toBeGreaterThan(2 * seenBy('root', outcome).heapLimitMb)
  })
})
