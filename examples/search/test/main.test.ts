// The program as its user runs it, except for a whole trial: that is what `npm start` is.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { descendantsOf, readProcesses } from '../src/trial/leftovers.ts'

const MAIN = new URL('../src/main.ts', import.meta.url).pathname
const started: ChildProcess[] = []

function run(...argv: string[]) {
  const child = spawn(process.execPath, [MAIN, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  return { child, ended }
}

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

describe('the command line', () => {
  test('--help explains itself on stdout', async () => {
    const { child, ended } = run('--help')
    expect(await text(child.stdout)).toContain('--seconds 60')
    expect(await ended).toBe(0)
  })

  test('a bad option is told on stderr, with exit status 2 and nothing on stdout', async () => {
    const { child, ended } = run('--seconds', 'many')
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
    expect(out).toBe('')
    expect(err).toBe(
      '--seconds is "many": give a whole number from 20 to 3600, or leave it out for 45\nTry npm start -- --help\n',
    )
    expect(await ended).toBe(2)
  })
})

test('a report that cannot be written is told at once, with exit status 2', async () => {
  const { child, ended } = run('--report', '/nowhere/chaos.html')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  expect(out).toBe('')
  expect(err).toMatch(/^--report is "\/nowhere\/chaos.html", which cannot be written \(ENOENT.*\): name another file\n/)
  expect(await ended).toBe(2)
})

test('--serve answers searches until it is told to stop, and leaves no process behind', async () => {
  const { child, ended } = run('--serve')
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const url = /http:\S+/.exec(line)?.[0]
  const response = await fetch(`${url}/search?q=markdown`)
  expect(response.status).toBe(200)
  const { total, results } = (await response.json()) as { total: number; results: { html: string }[] }
  expect(total).toBeGreaterThanOrEqual(results.length)
  expect(results[0]!.html).toMatch(/^</)
  const processes = descendantsOf(child.pid!, readProcesses())
  expect(processes.length).toBeGreaterThan(0)
  child.kill('SIGTERM')
  await ended
  const gone = new Set(processes.map(({ pid }) => pid))
  expect(readProcesses().filter(({ pid, state }) => gone.has(pid) && state !== 'Z')).toEqual([])
})
