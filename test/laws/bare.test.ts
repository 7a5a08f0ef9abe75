import { fileURLToPath } from 'node:url'
import { createContext, Script } from 'node:vm'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import type { Platform } from '@bulkhead/core'
import type { program as Program } from './bare-program.ts'

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Core, supervisor and the laws as one script that imports nothing. */
async function bundle(): Promise<string> {
  const { outputFiles, warnings } = await build({
    entryPoints: [path('bare-program.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'bundled',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2024',
    alias: { vitest: path('handed-expect.ts') },
    banner: { js: 'const BARE_META = { url: "bare:program" };' },
    define: { 'import.meta': 'BARE_META' },
    logLevel: 'silent',
  })
  expect(warnings).toEqual([])
  return outputFiles[0]!.text
}

/** Everything that a platform adds to JavaScript, and what of JavaScript tells the time or makes chance. */
const absent = [
  'process', 'Buffer', 'global', 'require', 'setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'queueMicrotask', 'performance', 'crypto',
  'structuredClone', 'AbortController', 'EventTarget', 'TextEncoder', 'TextDecoder', 'MessageChannel', 'Worker', 'fetch', 'URL', 'navigator',
  'Date.now', 'Math.random',
] // prettier-ignore

const platform: Platform = {
  clock: {
    now: () => performance.now(),
    setTimer: (fire, ms) => setTimeout(fire, ms),
    clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
  },
  turns: { soon: (turn) => queueMicrotask(turn), later: (turn) => void setImmediate(turn) },
  random: () => 0.5,
  log: () => undefined,
}

const context = createContext({ expect })
new Script('delete Date.now; delete Math.random; delete globalThis.console').runInContext(context)
const code = await bundle()
new Script(`${code}\nglobalThis.bundled = bundled`).runInContext(context)
const { program } = (context as { bundled: { program: typeof Program } }).bundled
const { titles, tryLaw } = program(platform)

describe('where there is nothing but JavaScript, with a platform that was handed in', () => {
  test.each(absent)('there is no %s', (name) => {
    expect(new Script(`typeof ${name}`).runInContext(context)).toBe('undefined')
  })

  test('the laws are all there', () => {
    expect(titles.length).toBeGreaterThan(100)
  })

  test.each(titles)('%s', (title) => tryLaw(title))
})
