import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { processesOf, run, threadsOf } from './program.ts'
import type { Program, ProgramOptions } from './program.ts'

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
const places = ['thread', 'process'] as const
const namesThreads = Number.parseInt(process.versions.node, 10) >= 24

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-programs-'))
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Surroundings {
  readonly count: number
  readonly osProcess: number
  readonly argv: readonly string[]
  readonly preloaded?: string
  readonly setting?: string
  readonly options?: string
  readonly marker?: string
}

async function surroundings(program: Program, place: string): Promise<Surroundings> {
  return JSON.parse(await program.said(`${place} `)) as Surroundings
}

/** Runs a program that places a counter in a thread and in a process, and counts what it starts. */
async function countsTo42(file: string, options: ProgramOptions = {}): Promise<void> {
  const program = run(file, { ...options, args: ['thread,process', 'stay'] })
  for (const place of places) expect(await surroundings(program, place)).toMatchObject({ count: 42 })
  await program.said('staying')
  expect(program.stdout.filter((line) => line.includes('system '))).toHaveLength(1)
  expect(processesOf(program.pid)).toHaveLength(1)
  if (namesThreads) {
    expect(threadsOf(program.pid, 'bulkhead warden')).toBe(1)
    expect(threadsOf(program.pid, 'bulkhead thread')).toBe(1)
  }
  program.kill('SIGTERM')
  expect(await program.ended).toEqual({ code: 0, signal: null })
}

describe('one file with actors and a top-level await start()', () => {
  test('TypeScript, as it is', async () => {
    await countsTo42('single-file.ts')
  })

  test('compiled to JavaScript', async () => {
    const file = join(folder, 'single-file.js')
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(file, stripTypeScriptTypes(readFileSync(fixture('single-file.ts'), 'utf8')))
    await countsTo42(file)
  })

  test.each([
    ['plain', {}],
    ['minified', { minify: true }],
    ['with source maps', { sourcemap: 'inline' as const }],
  ])('bundled, %s, and away from its packages', async (name, options) => {
    const file = join(mkdtempSync(join(tmpdir(), 'bulkhead-bundle-')), `${name.replaceAll(' ', '-')}.mjs`)
    await build({
      entryPoints: [fixture('single-file.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: file,
      logLevel: 'error',
      ...options,
    })
    await countsTo42(file)
    rmSync(join(file, '..'), { recursive: true })
  })
})

test.each(places)(
  'an actor that is defined below `await start()` is refused at once, with the way out: %s',
  async (place) => {
    const program = run('upside-down.ts', { args: [place] })
    const [ms, message] = (await program.said('failed')).split(/ (.*)/s)
    expect(message).toMatch(/defined below `await start\(\)`.*define it above/)
    expect(Number(ms)).toBeLessThan(15_000) // and not the 20 s after which a silent module is given up
    expect(await program.ended).toEqual({ code: 0, signal: null })
  },
)

test('actors of a package in node_modules', async () => {
  const home = mkdtempSync(join(tmpdir(), 'bulkhead-package-'))
  const modules = join(home, 'node_modules')
  mkdirSync(join(modules, 'counters'), { recursive: true })
  for (const entry of readdirSync(join(folder, 'node_modules')))
    symlinkSync(join(folder, 'node_modules', entry), join(modules, entry))
  writeFileSync(
    join(modules, 'counters', 'package.json'),
    '{ "name": "counters", "type": "module", "exports": "./counter.js" }',
  )
  const [behaviour, program] = stripTypeScriptTypes(readFileSync(fixture('single-file.ts'), 'utf8')).split(
    /(?=^const places)/m,
  )
  writeFileSync(join(modules, 'counters', 'counter.js'), behaviour ?? '')
  const main = join(home, 'main.mjs')
  writeFileSync(main, `import { Counter } from 'counters'\nimport { start } from 'bulkhead'\n${program}`)
  await countsTo42(main)
  rmSync(home, { recursive: true })
})

test('a system ends with the block that holds it, also when that throws', async () => {
  // Node.js 22 has the symbol, and not the syntax.
  const block = (holdsItself: boolean): string =>
    holdsItself
      ? 'await using system = await start({ log: () => {} }); await work(system)'
      : 'const system = await start({ log: () => {} }); try { await work(system) } finally { await system[Symbol.asyncDispose]() }'
  const main = join(mkdtempSync(join(folder, 'using-')), 'main.mjs')
  writeFileSync(
    main,
    `import { defineActor, start } from 'bulkhead'
export const Idler = defineActor(import.meta, 'Idler', async (self) => await self.receive((on) => on.after(Infinity)))
let held
async function work(system) {
  held = system
  for (const isolation of ['thread', 'process']) await system.start(Idler, [], { id: isolation, isolation })
  throw new Error('the work failed')
}
try { ${block(Number.parseInt(process.versions.node, 10) >= 24)} } catch (error) { console.log(error.message) }
console.log('stopped', JSON.stringify(await held.stopped))
`,
  )
  const program = run(main)
  expect(await program.ended).toEqual({ code: 0, signal: null })
  expect(program.stdout).toEqual(['the work failed', 'stopped "shutdown"'])
})

describe('options of Node.js reach the nodes', () => {
  const runSingle = (options: ProgramOptions): Program => run('single-file.ts', options)

  test.each(places)('--import: %s', async (place) => {
    const program = runSingle({ args: [place], execArgv: ['--import', fixture('preload.mjs')] })
    expect((await surroundings(program, place)).preloaded).toBe('yes')
    expect(await program.ended).toEqual({ code: 0, signal: null })
  })

  test.each(places)('--env-file: %s', async (place) => {
    const file = join(folder, 'settings.env')
    writeFileSync(file, 'SETTING=of the file\n')
    const program = runSingle({ args: [place], execArgv: [`--env-file=${file}`] })
    const seen = await surroundings(program, place)
    expect(seen.setting).toBe('of the file')
    expect(seen.marker).toBeUndefined()
    expect(await program.ended).toEqual({ code: 0, signal: null })
  })

  test.each(places)('NODE_OPTIONS: %s', async (place) => {
    const program = runSingle({ args: [place], env: { NODE_OPTIONS: `--import=${fixture('preload.mjs')}` } })
    expect(await surroundings(program, place)).toMatchObject({
      preloaded: 'yes',
      options: expect.stringContaining('preload'),
    })
    expect(await program.ended).toEqual({ code: 0, signal: null })
  })

  test.each(places)('--inspect: %s, without a quarrel about the port', async (place) => {
    const program = runSingle({ args: [place], execArgv: ['--inspect=127.0.0.1:0'] })
    expect(await surroundings(program, place)).toMatchObject({ count: 42 })
    expect(await program.ended).toEqual({ code: 0, signal: null })
    expect(program.stderr.join('\n')).not.toMatch(/address already in use/)
    const listening = [...program.stderr, ...program.stdout].filter((line) => line.includes('Debugger listening'))
    expect(listening).toHaveLength(place === 'process' ? 2 : 1)
  })

  test.each(places)('--enable-source-maps: %s', async (place) => {
    const file = join(folder, `mapped-${place}.mjs`)
    const options = {
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      sourcemap: 'inline',
      minify: true,
    } as const
    await build({ entryPoints: [fixture('single-file.ts')], outfile: file, logLevel: 'error', ...options })
    const program = run(file, { args: [place], execArgv: ['--enable-source-maps'] })
    expect(JSON.parse(await program.said(`stack-${place} `))).toMatch(/single-file\.ts:\d+/)
    expect(await program.ended).toEqual({ code: 0, signal: null })
  })

  test.each(places)('NODE_V8_COVERAGE: %s', async (place) => {
    const reports = join(folder, `coverage-${place}`)
    const program = runSingle({ args: [place], env: { NODE_V8_COVERAGE: reports } })
    expect(await program.ended).toEqual({ code: 0, signal: null })
    const texts = readdirSync(reports).map((name) => readFileSync(join(reports, name), 'utf8'))
    const covering = texts.filter((text) => text.includes('single-file.ts') && text.includes('increment'))
    expect(covering.length).toBeGreaterThanOrEqual(2)
  })
})
