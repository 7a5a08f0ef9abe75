import { describe, expect, test } from 'vitest'
import {
  acrossPackages,
  againstTheArrows,
  behindTheCounter,
  builtinImports,
  dependencyMismatches,
  importersOf,
  referenceMismatches,
} from './arrows.ts'
import { ambientUses, environmentReads, testHooks } from './platform.ts'
import { type Finding, parse, type Source } from './source.ts'
import {
  anyTypes,
  exportStars,
  longFiles,
  missingTests,
  strangeTopLevel,
  undocumentedCodes,
  unfinishedNotes,
} from './tidiness.ts'
import { americanSpelling, emptyFileNames, strangeFileNames, strangeNames } from './vocabulary.ts'

const inside = (name: string, text: string): Source => parse(`packages/${name}/src/sample.ts`, text)

/** Each rule, code that breaks it, and code close to that which does not. */
const rules: [rule: (source: Source) => Finding[], home: string, bad: string[], good: string[]][] = [
  [
    againstTheArrows,
    'transport-thread',
    [
      "import { spawn } from '@bulkhead/core'",
      "import type { Child } from '@bulkhead/supervisor'",
      "export { start } from 'bulkhead'",
      "const core = await import('@bulkhead/core/dist/node.js')",
      "type Node = import('@bulkhead/core').Node",
    ],
    ["import type { Connection } from '@bulkhead/core/transport'", "import debug from 'debug'"],
  ],
  [
    acrossPackages,
    'supervisor',
    ["import { spawn } from '../../core/src/index.ts'"],
    ["import { child } from './child-spec.ts'"],
  ],
  [
    builtinImports,
    'core',
    ["import { readFile } from 'node:fs/promises'", "import os from 'os'", "export { join } from 'path/posix'"],
    ["import { Packr } from 'msgpackr'", "import { join } from './path.ts'"],
  ],
  [
    ambientUses,
    'core',
    [
      'setTimeout(() => {}, 1)',
      'const later = setImmediate',
      'const size = Buffer.byteLength(text)',
      'if (process.platform) {}',
      'const now = Date.now()',
      'const when = new Date()',
      'const chance = Math.random()',
      'globalThis.console.log(1)',
      "(globalThis as Platform)['setTimeout'](run)",
      'const realm = globalThis',
      'globalThis[name]()',
      'const { setTimeout: wait } = clock, timer = { setTimeout }',
    ],
    [
      'clock.setTimeout(() => {}, 1)',
      'interface Clock { setTimeout(run: () => void, ms: number): void }',
      'const when = new Date(0)',
      'const decoder = (globalThis as Platform).TextDecoder',
      'const clock = { now: 1, process: 2 }; Math.max(1, 2)',
    ],
  ],
  [
    environmentReads,
    'bulkhead',
    ["const home = process.env['HOME']", 'const home = process.env.HOME', 'const value = process.env[name]'],
    ['const copy = { ...process.env }', 'const key = table[name]'],
  ],
  [
    testHooks,
    'core',
    ['export const resetForTests = () => {}', 'let onlyForTesting = 1', 'node.__test__ = 1', 'const testMode = true'],
    ['const latest = newest', 'const contest = 1', 'matches.test(text)'],
  ],
  [exportStars, 'core', ["export * from './errors.ts'"], ["export { Refused } from './errors.ts'"]],
  [anyTypes, 'core', ['let value: any', 'const list: any[] = []', 'use(value as any)'], ['let any: unknown', '// any']],
  [unfinishedNotes, 'core', ['// TODO: links', 'throw new Error("not implemented")'], ['// Todos are items of a list']],
  [longFiles, 'core', ['//\n'.repeat(501)], ['//\n'.repeat(500)]],
  [americanSpelling, 'core', ['// a Behavior', 'const gen_behavior = 1'], ['// a behaviour']],
]

for (const [rule, home, bad, good] of rules)
  describe(rule.name, () => {
    test.each(bad)('finds %s', (text) => {
      expect(rule(inside(home, text))).not.toEqual([])
    })

    test.each(good)('accepts %s', (text) => {
      expect(rule(inside(home, text))).toEqual([])
    })
  })

test('a finding tells where it is', () => {
  const findings = exportStars(inside('core', "export const a = 1\nexport * from './errors.ts'\n"))
  expect(findings).toEqual([expect.stringMatching(/^packages\/core\/src\/sample\.ts:2: /)])
})

test('a module that may hold the global object may use nothing else of the platform', () => {
  const holder = parse('packages/core/src/actor/behaviour-table.ts', 'use(globalThis, process)')
  expect(ambientUses(holder)).toEqual([expect.stringContaining('process')])
})

test('an allowed environment variable may be read', () => {
  expect(environmentReads(inside('bulkhead', 'process.env.HOME'), { HOME: 'documented' })).toEqual([])
})

test('a dependency is declared and used, or neither', () => {
  const source = inside('core', "import { Packr } from 'msgpackr'\nimport { x } from '@scope/name/door'")
  expect(dependencyMismatches('core', [source], ['msgpackr', '@scope/name'])).toEqual([])
  expect(dependencyMismatches('core', [source], ['msgpackr'])).toHaveLength(1)
  expect(dependencyMismatches('core', [source], ['msgpackr', '@scope/name', 'debug'])).toHaveLength(1)
})

test('project references follow the dependencies', () => {
  expect(referenceMismatches('supervisor', ['../core'], ['@bulkhead/core', 'ts-pattern'])).toEqual([])
  expect(referenceMismatches('supervisor', [], ['@bulkhead/core'])).toHaveLength(1)
  expect(referenceMismatches('supervisor', ['../core'], [])).toHaveLength(1)
})

test('a second importer of a library shows', () => {
  const one = inside('core', "import { Packr } from 'msgpackr'")
  expect(importersOf([one, inside('core', '')], 'msgpackr')).toHaveLength(1)
  expect(importersOf([one, inside('bulkhead', "import { pack } from 'msgpackr/pack'")], 'msgpackr')).toHaveLength(2)
})

test.each([
  ["import { spawn } from '@bulkhead/core'", 1],
  ["import { spawn } from '../../../packages/core/src/index.ts'", 1],
  ["import { start } from 'bulkhead'", 0],
])('an example that has %s', (text, findings) => {
  expect(behindTheCounter(parse('examples/shop/src/main.ts', text))).toHaveLength(findings)
})

const isDoor = ({ path }: Source): boolean => path.endsWith('/index.ts')

test.each([
  ['export function tell() {}', 1],
  ["export { Inbox } from './sample.ts'", 1],
  ["export { queue as inbox } from './sample.ts'", 1],
  ['export const trapExits = true', 1],
  ["export { cast, trapExit, mask } from './sample.ts'", 0],
])('a door with %s', (text, findings) => {
  expect(strangeNames([parse('packages/core/src/index.ts', text)], isDoor)).toHaveLength(findings)
})

test.each([
  ['export interface Node { ask(message: string): void }', 1],
  ['export type Node = { readonly inbox: string }', 1],
  ['export class Node { forceKill() {} }', 1],
  ['export class Node { private inbox = 1; #ask = 2 }', 0],
  ['export interface Inner { ask(message: string): void }', 0],
])('with Node public, %s', (text, findings) => {
  const door = parse('packages/core/src/index.ts', "export type { Node } from './sample.ts'")
  expect(strangeNames([door, inside('core', text)], isDoor)).toHaveLength(findings)
})

test.each([
  ['packages/core/src/utils.ts', 'empty'],
  ['packages/core/src/actor/types.ts', 'empty'],
  ['packages/core/src/actor/inbox.ts', 'strange'],
  ['packages/core/src/actor/mailbox.ts', 'fine'],
  ['packages/supervisor/src/child-spec.ts', 'fine'],
])('the file name %s is %s', (path, verdict) => {
  expect(emptyFileNames([path])).toHaveLength(verdict === 'empty' ? 1 : 0)
  expect(strangeFileNames([path])).toHaveLength(verdict === 'strange' ? 1 : 0)
})

test('a new entry at the top level shows', () => {
  expect(strangeTopLevel(['packages', 'README.md', '.npmrc', 'turbo.json'])).toHaveLength(1)
})

test.each([
  ['`test/order.test.ts`', 0],
  ['`test/order.test.ts > arrives in order`', 0],
  ['`test/order.test.ts > a pair > arrives in order`', 0],
  ['`test/order.test.ts > arrives twice`', 1],
  ['`test/none.test.ts`', 1],
])('a document that names %s', (text, findings) => {
  const tests = new Map([['test/order.test.ts', "describe('a pair', () => test('arrives in order', () => {}))"]])
  expect(missingTests({ path: 'docs/guarantees.md', text }, (path) => tests.get(path))).toHaveLength(findings)
})

test.each([
  ["new BulkheadError('no_state', 'why')", 0],
  ["new BulkheadError(\n  'no_such_code',\n  'why')", 1],
  ["super('no_such_code', message)", 1],
  ["readonly code = 'NO_SUCH_CODE'", 1],
])('a code that no page explains: %s', (text, findings) => {
  expect(undocumentedCodes({ path: 'packages/core/src/errors.ts', text }, '\n| `no_state` | meaning |')).toHaveLength(
    findings,
  )
})
