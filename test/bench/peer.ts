import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { against, checkCount, inTurns } from './against.ts'
import { anchor, hasErlang } from './beam.ts'
import type { BeamOptions } from './beam.ts'
import { programLine } from './json-lines.ts'
import { middle } from './rounds.ts'
import type { Bench, Measure, Row } from './row.ts'

const run = promisify(execFile)

interface Figures {
  readonly startMs: number
  readonly pssMb: number
  readonly roundTripUs: number
  readonly perSecond: number
  readonly answered: number
  readonly handled: number
}

interface OurFigures extends Figures {
  readonly roundTripCpuNs: number
  readonly oneWayCpuNs: number
}

/** A port of the loopback interface that nobody has. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** Where Erlang's epmd is; undefined where there is none, and where Erlang is older than `peer`, which came with OTP 25. */
async function epmdPath(): Promise<string | undefined> {
  if (!hasErlang()) return undefined
  const tell = 'code:which(peer) =/= non_existing andalso io:put_chars(os:find_executable("epmd")), halt().'
  const { stdout } = await run('erl', ['-noshell', '-eval', tell])
  return stdout.startsWith('/') ? stdout.trim() : undefined
}

/**
 * Runs `work` beside an epmd of its own, where Erlang's nodes find each other: on loopback, on a port of its own, and with a home of its own, where a
 * cookie would be left.
 */
async function withEpmd<R>(epmd: string, work: (options: BeamOptions) => Promise<R>): Promise<R> {
  const port = await freePort()
  const home = mkdtempSync(join(tmpdir(), 'bulkhead-bench-'))
  const names = spawn(epmd, ['-port', String(port), '-address', '127.0.0.1'], { stdio: 'ignore' })
  const gone = once(names, 'exit')
  try {
    for (let look = 0; !(await listens(port)); look++) {
      if (look === 200 || names.exitCode !== null) throw new Error(`epmd does not listen on port ${port}`)
      await wait(50)
    }
    const cookie = Math.random().toString(36).slice(2)
    const flags = ['-setcookie', cookie, '-kernel', 'inet_dist_use_interface', '{127,0,0,1}']
    return await work({ schedulers: 1, flags, env: { ERL_EPMD_PORT: String(port), HOME: home } })
  } finally {
    names.kill('SIGKILL')
    await gone
    rmSync(home, { recursive: true, force: true })
  }
}

/** A process node with one actor beside a BEAM with one, which OTP's `peer` starts: start, memory, and messages from an actor outside. */
const measure: Measure = async ({ quick }) => {
  const n = quick ? 1_000 : 10_000
  const checked = async <F extends Figures>(figures: F): Promise<F> => {
    checkCount('peer/round-trip', n + n / 4, figures.answered)
    checkCount('peer/one-way', 11 * n, figures.handled)
    return figures
  }
  const ourFigures: OurFigures[] = []
  const ourRun = async (): Promise<Figures> => {
    const figures = await checked(await programLine<OurFigures>('peer', [n]))
    ourFigures.push(figures)
    return figures
  }
  const measured = (options?: BeamOptions) =>
    inTurns(
      ourRun,
      options && (async () => checked(await anchor<Figures>('anchor_peer', 'peer', { n, warmups: 0 }, options))),
      quick ? 1 : 5,
      0,
    )
  const epmd = await epmdPath()
  const { ours, anchor: theirs } = epmd === undefined ? await measured() : await withEpmd(epmd, measured)
  const row = (
    id: string,
    variant: string,
    unit: string,
    size: number,
    valueOf: (figures: Figures) => number,
    cpuOf?: (figures: OurFigures) => number,
  ): Row =>
    against(
      {
        id: `peer/${id}`,
        bench: 'peer',
        variant,
        unit,
        anchor: 'peer of OTP',
        n: size,
        moreIsBetter: id === 'one-way',
      },
      ours.map(valueOf),
      theirs?.map(valueOf),
      cpuOf && middle(ourFigures.map(cpuOf)).median,
    )
  return [
    row(
      'round-trip',
      'call, one after the other',
      'us',
      n,
      (each) => each.roundTripUs,
      (each) => each.roundTripCpuNs,
    ),
    row(
      'one-way',
      'one-way, 5 fields',
      'messages per s',
      10 * n,
      (each) => each.perSecond,
      (each) => each.oneWayCpuNs,
    ),
    row('start', 'until its first actor has started', 'ms', 1, (each) => each.startMs),
    row('pss', 'PSS of the OS process', 'MB', 1, (each) => each.pssMb),
  ]
}

const ids = ['round-trip', 'one-way', 'start', 'pss'].map((id) => `peer/${id}`)

export const peer: Bench = { name: 'peer', ids, measure }
