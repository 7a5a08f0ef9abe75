import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import type { BuildOptions } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endedWell, once, outcomeOf, saidBy } from './outcome.ts'
import { newProject } from './project.ts'
import type { Project } from './project.ts'

const placements = ['thread', 'process'] as const
const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

let project: Project
beforeAll(async () => {
  project = await newProject()
})
afterAll(() => project.remove())

/** One file with the actors and the program: the two of the project, one behind the other. */
function singleFile(): string {
  const main = project
    .read('main.ts')
    .replace(/^import .* from '\.\/clerk\.ts'$/m, '')
    .replace('InvalidOption, start', 'start')
  return project.write('single.ts', `${project.read('clerk.ts')}\n${main}`)
}

const compile = once(async (_all: 'all') => {
  const options = [
    '--outDir',
    'compiled',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--types',
    'node',
    '--strict',
    '--rewriteRelativeImportExtensions',
  ]
  await promisify(execFile)(process.execPath, [tsc, ...options, project.file('main.ts'), singleFile()], {
    cwd: project.folder,
  })
})

async function bundle(entry: string, name: string, options: BuildOptions = {}): Promise<string> {
  const outdir = project.file(name)
  await build({
    entryPoints: { main: entry },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outdir,
    logLevel: 'error',
    absWorkingDir: project.folder,
    ...options,
  })
  return `${outdir}/main.js`
}

/** Ways to come by a program with actors; each gives the file to run. */
const ways = {
  'TypeScript, as it is': async () => project.file('main.ts'),
  'compiled to JavaScript': async () => {
    await compile('all')
    return project.file('compiled/main.js')
  },
  'actors of a package in node_modules': async () => {
    await compile('all')
    const manifest = { name: 'clerks', type: 'module', version: '1.0.0', exports: './clerk.js' }
    project.write('node_modules/clerks/package.json', JSON.stringify(manifest))
    project.write('node_modules/clerks/clerk.js', project.read('compiled/clerk.js'))
    return project.write('with-package.js', project.read('compiled/main.js').replace('./clerk.js', 'clerks'))
  },
  'a bundle': async () => await bundle('main.ts', 'bundled'),
  'a minified bundle': async () => await bundle('main.ts', 'minified', { minify: true }),
  'a bundle in several files': async () => {
    project.write('lazy.ts', `await import('./main.ts')\n`)
    return await bundle('lazy.ts', 'split', { splitting: true })
  },
  'a bundle beside its packages': async () => await bundle('main.ts', 'beside', { packages: 'external' }),
  'a single file of TypeScript': async () => singleFile(),
  'a single file of JavaScript': async () => {
    await compile('all')
    return project.file('compiled/single.js')
  },
  'a single file, bundled': async () => await bundle(singleFile(), 'single'),
  'a single file, bundled and minified': async () => await bundle(singleFile(), 'single-minified', { minify: true }),
} satisfies Record<string, () => Promise<string>>

interface Count {
  readonly osProcess: number
  readonly node: number
  readonly workers: number
}

const run = once(async (way: keyof typeof ways) => endedWell(await outcomeOf([await ways[way]()])))

describe.concurrent.each(Object.keys(ways) as (keyof typeof ways)[])('%s', { timeout: 60_000 }, (way) => {
  test.each(placements)('actors start in a %s, and understand what they are sent', async (placement) => {
    const outcome = await run(way)
    expect(saidBy<Count>(outcome, placement)).toMatchObject({
      state: [7, '1'],
      refused: ['InvalidOption: day is "today": come tomorrow', true],
      hasMetItself: true,
    })
    expect(saidBy<string>(outcome, `${placement}-failed`)).toMatch(
      /^CallFailed: call leave to .* failed: {"exited":{"code":3}}$/,
    )
  })

  test('a thread is one more thread, of the same OS process', async () => {
    const outcome = await run(way)
    const [root, thread] = [saidBy<Count>(outcome, 'root'), saidBy<Count>(outcome, 'thread')]
    expect(thread).toMatchObject({ osProcess: root.osProcess, node: 2, workers: 2 }) // itself, and the warden
  })

  test('a process is one more OS process, with one thread to watch it', async () => {
    const outcome = await run(way)
    const root = saidBy<Count & { readonly processes: number }>(outcome, 'root')
    expect(root).toMatchObject({ processes: 2 }) // it, and the shell that waits for the root to be killed
    const { osProcess, ...counted } = saidBy<Count>(outcome, 'process')
    expect(osProcess).not.toBe(root.osProcess)
    expect(counted).toMatchObject({ node: 3, workers: 1 })
  })

  test('what follows start() runs in the root only, and nothing is left', async () => {
    const outcome = await run(way)
    expect(outcome.text.match(/below start/g)).toHaveLength(1)
    expect(saidBy(outcome, 'root-after')).toEqual({ processes: 0 })
  })
})
