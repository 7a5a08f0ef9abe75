import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endedWell, once, outcomeOf, saidBy } from '../loading/outcome.ts'
import { fixture, observed, placements, seenBy } from './observed.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-diagnostics-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe.concurrent('the stack of a failure', { timeout: 60_000 }, () => {
  const source = readFileSync(fixture('surroundings.ts'), 'utf8').split('\n')
  const line = source.findIndex((each) => each.includes("Error('here')")) + 1
  const column = (source[line - 1] ?? '').indexOf('new Error') + 1
  const run = once(async (kind: 'TypeScript' | 'a bundle with a source map') => {
    if (kind === 'TypeScript') return await outcomeOf([fixture('failing.ts')])
    const outfile = join(folder, 'failing.mjs')
    const options = { bundle: true, platform: 'node', format: 'esm', minify: true, sourcemap: true } as const
    await build({ entryPoints: [fixture('failing.ts')], outfile, logLevel: 'error', ...options })
    return await outcomeOf(['--enable-source-maps', outfile])
  })

  describe.each(['TypeScript', 'a bundle with a source map'] as const)('in %s', (kind) => {
    test.each(placements)('names its place in the source when it comes from a %s', async (placement) => {
      const outcome = endedWell(await run(kind))
      expect(saidBy<string>(outcome, placement)).toMatch(new RegExp(`surroundings\\.ts:${line}:${column}\\b`))
    })
  })
})

describe.concurrent('NODE_V8_COVERAGE', { timeout: 60_000 }, () => {
  const reportsFolder = (): string => join(folder, 'coverage')
  const run = once(async () => await outcomeOf([observed], { env: { NODE_V8_COVERAGE: reportsFolder() } }))

  test.each(placements)('a %s reports what it ran', async (placement) => {
    const { osProcess, threadId } = seenBy(placement, await run(''))
    const isOwn = (name: string): boolean =>
      name.startsWith(`coverage-${osProcess}-`) && name.endsWith(`-${threadId}.json`)
    const own = readdirSync(reportsFolder()).filter(isOwn)
    expect(own.map((name) => ranLook(readFileSync(join(reportsFolder(), name), 'utf8')))).toEqual([true])
  })
})

interface CoverageReport {
  readonly result: readonly { readonly url: string; readonly functions: readonly CoveredFunction[] }[]
}

interface CoveredFunction {
  readonly functionName: string
  readonly ranges: readonly { readonly count: number }[]
}

/** Whether the handler of the observer ran, by a report of V8. */
function ranLook(text: string): boolean {
  const { result } = JSON.parse(text) as CoverageReport
  const functions = result.filter(({ url }) => url.endsWith('/surroundings.ts')).flatMap((each) => each.functions)
  return functions.some(({ functionName, ranges }) => functionName === 'surroundings' && (ranges[0]?.count ?? 0) > 0)
}
