import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { endedWell, once, outcomeOf, saidBy } from './outcome.ts'
import type { Stock } from './fixtures/stocktaker.ts'

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))

/** What every actor imports; each node has them. */
const packages = ['core', 'supervisor', 'transport-process', 'transport-thread', 'bulkhead']

const stock = once(async (node: 'thread' | 'process') =>
  saidBy<Stock>(
    endedWell(await outcomeOf(['--import', fixture('record-modules.mjs'), fixture('stocktaking.ts')])),
    node,
  ),
)

/** Those of them that belong to one of our packages. */
const filesOf = (name: string, files: readonly string[]): string[] =>
  files.filter((url) => url.includes(`/packages/${name}/dist/`))

/** What stands in them. */
const codeOf = (files: readonly string[]): string[] =>
  packages.flatMap((name) => filesOf(name, files)).map((url) => readFileSync(new URL(url), 'utf8'))

describe.each(['thread', 'process'] as const)('a node that is a %s', (node) => {
  test('loads every package once, as at most three files', async () => {
    const { files } = await stock(node)
    expect(files).toEqual([...new Set(files)])
    const counts = packages.map((name) => filesOf(name, files).length)
    expect(Math.min(...counts)).toBeGreaterThan(0)
    expect(Math.max(...counts)).toBeLessThanOrEqual(3)
  })

  test('loads nothing of what only the root, its warden and crews run', async () => {
    const { files } = await stock(node)
    const classes = codeOf(files).flatMap((text) =>
      [...text.matchAll(/\bclass (\w+)|\b(\w+) = class\b/g)].map(([, a, b]) => a ?? b),
    )
    expect(classes).toContain('HostedNode')
    for (const name of ['RunningSystem', 'Warden', 'CrewMain', 'InspectServer', 'ThreadBody', 'ProcessBody'])
      expect(classes).not.toContain(name)
  })

  test('loads no module of Node.js that only starts processes, makes keys or formats text', async () => {
    const { files } = await stock(node)
    const imported = codeOf(files).flatMap((text) =>
      [...text.matchAll(/\b(?:from|import) "node:(.+)";$/gm)].map(([, name]) => name),
    )
    expect(imported).toContain('worker_threads')
    for (const name of ['child_process', 'crypto', 'os', 'util']) expect(imported).not.toContain(name)
  })

  test('loads no library that prints nothing', async () => {
    const { files } = await stock(node)
    expect(files.filter((url) => /\/node_modules\/(debug|nanoid)\//.test(url))).toEqual([])
  })
})

test('what a program enables of debug by itself, it is shown', async () => {
  const { stderr } = endedWell(await outcomeOf([fixture('debugged.ts')]))
  expect(stderr.join('\n')).toMatch(/bulkhead:system system /)
})
