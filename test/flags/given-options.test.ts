import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { once, outcomeOf, saidBy } from '../loading/outcome.ts'
import type { Outcome } from '../loading/outcome.ts'
import { fixture, observed, placements, seenBy } from './observed.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-flags-'))
  writeFileSync(join(folder, 'settings.env'), 'SETTING=of the file\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Programs that are given the same options in several ways, and the port that their root's inspector was given. */
const ways = {
  'on the command line': async (port) => {
    const v8 = ['--expose-gc', '--max-old-space-size=300', '--stack-size=900', '--stack-trace-limit=33']
    const node = [
      '--title=shop',
      `--import=${fixture('preload.mjs')}`,
      '--conditions=salted',
      '--env-file=settings.env',
    ]
    return await outcomeOf([...v8, ...node, `--inspect=${port}`, fixture('elsewhere.ts')], { cwd: folder })
  },
  'on the command line, with values in words of their own': async (port) => {
    const options = ['--title', 'shop', '-r', fixture('count.cjs'), '-C', 'salted', '--env-file', 'settings.env']
    const v8 = ['--expose-gc', '--max-old-space-size=300', '--stack-trace-limit=33']
    return await outcomeOf([...options, ...v8, '--inspect', '--inspect-port', `${port}`, fixture('elsewhere.ts')], {
      cwd: folder,
    })
  },
  'in NODE_OPTIONS': async (port) => {
    const v8 = '--expose-gc --max-old-space-size=300 --stack-trace-limit=33'
    const node = `--title=shop --import "${fixture('preload.mjs')}" --conditions=salted --inspect=${port}`
    return await outcomeOf([observed], { env: { NODE_OPTIONS: `${v8} ${node}`, SETTING: 'of the file' } })
  },
} satisfies Record<string, (port: number) => Promise<Outcome>>

const run = once(async (way: keyof typeof ways) => {
  const port = await freePort()
  return { port: String(port), outcome: await ways[way](port) }
})

describe.concurrent.each(Object.keys(ways) as (keyof typeof ways)[])('options %s', { timeout: 60_000 }, (way) => {
  test.each(placements)('for V8 act in a %s', async (placement) => {
    const { outcome } = await run(way)
    const { heapLimitMb } = seenBy('root', outcome)
    expect(seenBy(placement, outcome)).toMatchObject({ hasGc: true, heapLimitMb, stackTraceLimit: 33 })
  })

  test.each(placements)('--inspect: a %s has a port of its own, or none', async (placement) => {
    const { port, outcome } = await run(way)
    expect(new URL(seenBy('root', outcome).inspector ?? '').port).toBe(port)
    expect(outcome.text).not.toMatch(/address already in use/)
    const own = seenBy(placement, outcome).inspector
    if (placement === 'process') expect(own).toMatch(/^ws:/)
    if (own !== undefined) expect(new URL(own).port).not.toBe(port)
  })

  test.each(placements)('preloads run once in a %s', async (placement) => {
    expect(seenBy(placement, (await run(way)).outcome).preloads).toEqual(['preloaded'])
  })

  test('preloads run in the root and in its nodes, and nowhere else', async () => {
    const { stdout } = (await run(way)).outcome
    const said = stdout.filter((line) => line.endsWith('preloaded')).map((line) => line.replace(/ \d+\]/, ']'))
    const inThreads = ['[thread] preloaded', '[thread] preloaded'] // one of them is of a crew, whose main thread preloads nothing
    expect(said.toSorted()).toEqual(['[process] preloaded', ...inThreads, 'preloaded'])
  })

  test.each(placements)('--conditions: a %s resolves what the root resolves', async (placement) => {
    expect(seenBy(placement, (await run(way)).outcome).flavour).toBe('salted')
  })

  test.each(placements)(
    '--env-file: a %s has what the root has read, and does not look for the file',
    async (placement) => {
      expect(seenBy(placement, (await run(way)).outcome).setting).toBe('of the file')
    },
  )
})

test('--title: whoever looks for the root finds one process', { timeout: 60_000 }, async () => {
  const { outcome } = await run('on the command line')
  expect(seenBy('root', outcome).title).toBe('shop')
  expect(seenBy('process', outcome).title).not.toBe('shop')
})

describe.concurrent('--inspect-brk: only the root waits for its debugger', { timeout: 60_000 }, () => {
  const runDebugged = once(async (where: string) => await outcomeOf([fixture('debugged.ts'), where, '--inspect-brk=0']))

  describe.each([
    ['on the command line', 'argv'],
    ['in NODE_OPTIONS', 'env'],
  ])('%s', (_way, where) => {
    test.each(placements)('a %s starts by itself', async (placement) => {
      expect(seenBy(placement, await runDebugged(where)).flavour).toBe('plain')
    })
  })
})

describe.concurrent('a preload that fails in nodes only', { timeout: 60_000 }, () => {
  const runRefused = once(
    async () => await outcomeOf(['--import', fixture('picky-preload.mjs'), fixture('refused.ts')]),
  )

  test.each(placements)('is the reason why an actor in a %s does not start', async (placement) => {
    expect(saidBy<string>(await runRefused(''), placement)).toMatch(/^StartFailed: .*Error: not in a node/)
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
