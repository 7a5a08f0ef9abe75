import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SystemReport } from '../../packages/bulkhead/src/inspect/system-report.ts'
import { eventually, run } from './program.ts'
import type { Program } from './program.ts'

const bin = fileURLToPath(new URL('../../packages/bulkhead/dist/bin.js', import.meta.url))

/** The session's runtime folder. */
let session = ''
beforeAll(() => {
  session = mkdtempSync(join(tmpdir(), 'bulkhead-session-'))
})
afterAll(() => rmSync(session, { recursive: true, force: true }))

const folder = (): string => join(session, 'bulkhead')
const sockets = (): string[] => (existsSync(folder()) ? readdirSync(folder()) : [])
const observed = (how: string): Program => run('observed.ts', { args: [how], env: { XDG_RUNTIME_DIR: session } })

async function bulkhead(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return await new Promise((resolve) => {
    const env = { ...process.env, XDG_RUNTIME_DIR: session }
    execFile(process.execPath, [bin, ...args], { env }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

describe('bulkhead inspect', () => {
  test('shows tree, placement with reasons, mailboxes, restarts and crashes', async () => {
    const program = observed('calm')
    await program.said('ready')
    const { status, stdout, stderr } = await bulkhead('inspect')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^observed: system \\S+, process ${program.pid}, up for`))
    expect(stdout).toMatch(/crasher\s+Faulty\s+inline 1\s+waiting\s+1 restart/)
    expect(stdout).toMatch(/far "far"\s+Faulty\s+process \d+\s+waiting/)
    expect(stdout).toMatch(/full\s+Faulty\s+thread \d+\s+running Faulty\.wait\s+5 waiting \(\d+ bytes\)/)
    expect(stdout).toMatch(/\/far: pooled process, since isolation: 'process'\n\s+not inline: /)
    expect(stdout).toMatch(/member\s+Faulty\s+thread \d+\s+waiting/)
    expect(stdout).toMatch(/thread \d+\s+compartment\s+crew \d+\s+1 actor/)
    expect(stdout).toMatch(
      /\/member: compartment thread, since .*in a crew, behind a process wall: .*\n.*\n.*\n\s+blast radius: 0 more on its node, 0 beyond it with its OS process/,
    )
    expect(stdout).toMatch(/\/full: (.*\n){3}\s+blast radius: 0 more on its node, 4 beyond it with its OS process/)
    expect(stdout).toMatch(/\/crasher, .* ago: RangeError: thrown\n\s+behaviour: Faulty\n\s+handler: Faulty\.throw/)
    program.kill('SIGTERM')
    await program.ended
    expect(existsSync(folder())).toBe(false)
  })

  test('shows children that are held or being restarted, and what is a sandbox', { timeout: 60_000 }, async () => {
    const program = observed('walled')
    await program.said('ready')
    const { stdout } = await bulkhead('inspect')
    expect(stdout).toMatch(
      /walled\s+Faulty\s+sandbox (\d+)\s+waiting(.*\n)*Nodes\n(.*\n)*\s+sandbox \1\s+dedicated\s+process/,
    )
    expect(stdout).toMatch(
      /\/walled: dedicated process in a sandbox, since .*\n\s+sandbox: holds files, processes, .*; env LANG\n/,
    )
    expect(stdout).toMatch(/kept\s+Faulty\s+nowhere\s+held until restartChild\n/)
    expect(stdout).toMatch(/patient\s+Faulty\s+nowhere\s+is being restarted\n/)
    const { stdout: json } = await bulkhead('inspect', '--json')
    const { nodes } = JSON.parse(json) as SystemReport
    const unsettled = nodes.flatMap(({ snapshot }) => snapshot?.actors ?? []).flatMap((actor) => actor.unsettled ?? [])
    expect(unsettled).toMatchObject([
      { child: 'patient', behaviour: 'Faulty', status: 'restarting' },
      { child: 'kept', behaviour: 'Faulty', status: 'held' },
    ])
    expect(nodes.filter(({ sandbox }) => sandbox === true)).toHaveLength(1)
  })

  test('--json gives the same as data', async () => {
    const program = observed('calm')
    await program.said('ready')
    const { stdout } = await bulkhead('inspect', 'observed', '--json')
    const report = JSON.parse(stdout) as { pid: number; nodes: { kind: string }[]; crashes: unknown[] }
    expect(report.pid).toBe(program.pid)
    expect(report.nodes.map(({ kind }) => kind).toSorted()).toEqual(['inline', 'process', 'thread', 'thread'])
    expect(report.crashes).toHaveLength(1)
  })

  test('answers while an actor on the root is stuck, from what was known before, and says which handler that is', async () => {
    const program = observed('stuck')
    await program.said('stuck')
    const { status, stdout } = await bulkhead('inspect', String(program.pid))
    expect(status).toBe(0)
    expect(stdout).toMatch(/crasher\s+Faulty\s+inline 1/)
    expect(stdout).toMatch(
      /inline 1\s+root\s+process \d+\s+\d+ actors\s+does not answer, busy with Faulty\.blockFor; as it was/,
    )
    expect(stdout).toMatch(
      /thread \d+\s+compartment\s+crew \d+\s+1 actor\s+does not answer, busy with Faulty\.blockFor/,
    )
    expect(stdout).toMatch(/far "far"\s+Faulty\s+process \d+\s+waiting/)
  })

  test('the folder is 0700, the socket 0600', async () => {
    const program = observed('calm')
    await program.said('ready')
    const [socket] = sockets()
    expect(statSync(join(session, 'bulkhead')).mode & 0o777).toBe(0o700)
    expect(statSync(join(session, 'bulkhead', socket ?? '')).mode & 0o777).toBe(0o600)
  })

  test('a folder that others can enter is not used: the system says so, and runs', async () => {
    chmodSync(join(session, 'bulkhead'), 0o755)
    const program = observed('calm')
    await program.said('ready')
    expect(program.stderr.join('\n')).toContain('bulkhead inspect cannot attach')
    chmodSync(join(session, 'bulkhead'), 0o700)
  })

  test(
    'what a SIGKILL of the root leaves is removed by the next inspect, and by the next start',
    { timeout: 60_000 },
    async () => {
      for (const next of ['inspect', 'start']) {
        const program = observed('calm')
        await program.said('ready')
        program.kill('SIGKILL')
        await program.ended
        const [left] = sockets()
        expect(left).toBeDefined()
        if (next === 'inspect') {
          expect(await bulkhead('inspect')).toMatchObject({
            status: 1,
            stderr: expect.stringContaining('no system of this user runs here'),
          })
        } else await observed('calm').said('ready')
        await eventually(() => !sockets().includes(left as string), 1_000, `${left} is gone`)
      }
    },
  )

  test('its socket is all that a SIGKILL of the root leaves, whatever lived there', { timeout: 60_000 }, async () => {
    const [runtime, temporary] = ['runtime', 'temporary'].map((name) => mkdtempSync(join(session, name)))
    const env = { XDG_RUNTIME_DIR: runtime as string, TMPDIR: temporary as string }
    const program = run('observed.ts', { args: ['walled'], env })
    await program.said('ready')
    program.kill('SIGKILL')
    await program.ended
    const left = (): string[] =>
      [runtime, temporary].flatMap((at) => readdirSync(at as string, { recursive: true }) as string[])
    const isSocket = (path: string): boolean => statSync(join(runtime as string, path)).isSocket()
    await eventually(() => left().length === 2, 1_000, `no more than a folder and a socket: ${left().join(', ')}`)
    expect(left().map((path) => (path === 'bulkhead' ? path : isSocket(path)))).toEqual(['bulkhead', true])
  })

  test('process.exit leaves no socket', async () => {
    const program = observed('exit')
    await program.ended
    await eventually(
      () => sockets().every((socket) => !socket.includes(`.${program.pid}.`)),
      1_000,
      'its socket is gone',
    )
  })
})

describe('bulkhead', () => {
  test.each([
    [['--help'], 0, /^Usage: bulkhead inspect/, /^$/],
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/, /^$/],
    [[], 2, /^$/, /say what to do/],
    [['expect'], 2, /^$/, /unknown: expect/],
    [['inspect', '--yaml'], 2, /^$/, /--yaml/],
    [
      ['inspect', 'nothing-of-that-name'],
      1,
      /^$/,
      /no system of this user runs here with the name, pid or id nothing-of-that-name/,
    ],
  ])('%j', async (args, status, stdout, stderr) => {
    const result = await bulkhead(...args)
    expect(result.status).toBe(status)
    expect(result.stdout).toMatch(stdout)
    expect(result.stderr).toMatch(stderr)
  })
})
