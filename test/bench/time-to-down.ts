import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { defineServer, Down, later, reply, start } from 'bulkhead'
import { spawnNodeProcess } from '@bulkhead/transport-process'
import type { From, Pid, System } from 'bulkhead'
import type { FatalFault } from '../support/native-faults.ts'
import { Doomed } from './programs/doomed.ts'
import type { Bench, Measure, Row } from './row.ts'
import { quantile } from './stats.ts'

/** How much later than the bare `exit` event of such a child process its DOWN may come. */
const BOUND = 1.5

const FAULTS = [
  'null dereference',
  'abort of C',
  'SIGKILL',
  'process.exit',
  'process.exit in an exit handler',
] as const satisfies readonly FatalFault[]

/** Milliseconds that a newly started OS process gets to come to rest. */
const restMs = 50

const idleProgram = fileURLToPath(new URL('./programs/idle.ts', import.meta.url))
const byDoom = new URL('./programs/doomed-by-signal.ts', import.meta.url).href
/** What a process runs that waits to become a node. */
const entry = new URL(import.meta.resolve('bulkhead'))

/** Says when the DOWN of an actor came. */
const Observer = defineServer(import.meta, 'Observer', {
  init: () => undefined as { readonly from: From<bigint> } | undefined,
  calls: {
    downOf: (self, pid: Pid) =>
      later<bigint>((from) => {
        self.state = { from }
        self.monitor(pid)
      }),
  },
  info: (self, message) => {
    if (message instanceof Down && self.state !== undefined) reply(self.state.from, process.hrtime.bigint())
  },
})

/** A victim that is there and at rest; `end` ends it and returns the milliseconds from its last deed to the news of its end. */
interface Victim {
  end(): Promise<number>
}

const since = (file: string, heardAt: bigint): number => Number(heardAt - BigInt(readFileSync(file, 'utf8'))) / 1e6

/** The same child process as that of a node, started and watched by nobody but this program. */
async function sameVictim(fault: FatalFault, file: string): Promise<Victim> {
  const orders = { role: 'process', orders: { parent: process.pid, handlerMs: null } }
  const { child, control, stdout, stderr } = spawnNodeProcess({
    entry,
    env: { ...doom(fault, file), BULKHEAD_NODE: JSON.stringify(orders) },
    execArgv: ['--import', byDoom],
    ref: true,
  })
  stdout.resume()
  stderr.resume()
  await once(control, 'data') // it says that it has started
  control.resume()
  return victimOf(child, file)
}

/** A child process of Node.js without any of that. */
async function bareVictim(fault: FatalFault, file: string): Promise<Victim> {
  const child = spawn(process.execPath, ['--import', byDoom, idleProgram], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: doom(fault, file),
  })
  await once(child.stdout, 'data')
  child.stdout.resume()
  child.stderr.resume()
  return victimOf(child, file)
}

const doom = (fault: FatalFault, file: string): NodeJS.ProcessEnv => ({ ...process.env, DOOM: fault, DOOM_FILE: file })

const victimOf = (child: ChildProcess, file: string): Victim => ({
  end: async () => {
    const heard = new Promise<bigint>((resolve) => child.once('exit', () => resolve(process.hrtime.bigint())))
    child.kill('SIGUSR2')
    return since(file, await heard)
  },
})

async function ourVictim(system: System, fault: FatalFault, file: string, number: number): Promise<Victim> {
  const ref = await system.start(Doomed, [], {
    id: `doomed-${number}`,
    restart: 'temporary',
    isolation: { faults: 'contained' },
  })
  const observer = system.named(Observer, 'observer').within(60_000)
  return {
    end: async () => {
      const heard = observer.call.downOf(ref.pid as Pid)
      await wait(5) // the monitor is there
      ref.cast.meet(fault, file)
      return since(file, await heard)
    },
  }
}

/** How long after its death the DOWN of an actor in a process comes, beside the `exit` event of the same child process that nobody hosts, in turns. */
const measure: Measure = async ({ quick }) => {
  const n = quick ? 6 : 200
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-bench-'))
  const system = await start({ log: () => undefined, inspect: false, spares: 0 })
  const rows: Row[] = []
  try {
    await system.start(Observer, [], { name: 'observer', isolation: 'inline' })
    for (const fault of FAULTS) {
      const took: Record<'same' | 'bare' | 'ours', number[]> = { same: [], bare: [], ours: [] }
      for (let round = 0; round < n; round++) {
        const victims = {
          same: await sameVictim(fault, join(folder, 'same')),
          bare: await bareVictim(fault, join(folder, 'bare')),
          ours: await ourVictim(system, fault, join(folder, 'ours'), round),
        }
        await wait(restMs)
        const order = (['same', 'bare', 'ours'] as const).map((_, at, all) => all[(at + round) % all.length]!)
        for (const which of order) {
          took[which].push(await victims[which].end())
          await wait(20)
        }
      }
      rows.push(...rowsOf(fault, took, n))
    }
    return rows
  } finally {
    await system.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const SHARES = [
  ['p50', 0.5],
  ['p95', 0.95],
] as const

function rowsOf(fault: string, took: Readonly<Record<'same' | 'bare' | 'ours', number[]>>, n: number): Row[] {
  const row = (id: string, variant: string, ours: number, anchor: string, anchorValue: number): Row => ({
    id: `time-to-down/${fault}/${id}`,
    bench: 'time-to-down',
    variant: `${fault}, ${variant}`,
    ours,
    unit: 'ms',
    anchor,
    anchorValue,
    ratio: anchorValue / ours,
    cpuPerMessageNs: undefined,
    n,
    runs: 1,
  })
  return SHARES.flatMap(([name, share]) => {
    const [ours, same, bare] = [took.ours, took.same, took.bare].map((all) => quantile(all, share)) as [
      number,
      number,
      number,
    ]
    return [
      row(name, name, ours, `${BOUND} x exit of the same child ${same.toFixed(2)} =`, BOUND * same),
      row(`${name} beside a bare child`, name, ours, 'exit of a child without any of it', bare),
    ]
  })
}

const ids = FAULTS.flatMap((fault) =>
  SHARES.flatMap(([name]) => ['', ' beside a bare child'].map((beside) => `time-to-down/${fault}/${name}${beside}`)),
)

export const timeToDown: Bench = { name: 'time-to-down', ids, measure }
