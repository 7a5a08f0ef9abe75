import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { defineServer, Down, later, reply, start } from 'bulkhead'
import type { From, Pid, System } from 'bulkhead'
import type { FatalFault } from '../support/native-faults.ts'
import { Doomed } from './programs/doomed.ts'
import type { Bench, Row } from './row.ts'
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

const rawProgram = fileURLToPath(new URL('./programs/raw-doomed.ts', import.meta.url))

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

async function rawVictim(fault: FatalFault, file: string): Promise<Victim> {
  const child = spawn(process.execPath, [rawProgram], { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  await once(child.stdout, 'data')
  child.stdout.resume()
  child.stderr.resume()
  return {
    end: async () => {
      const heard = new Promise<bigint>((resolve) => child.once('exit', () => resolve(process.hrtime.bigint())))
      child.stdin.write(`${encodeURIComponent(fault)} ${file}\n`)
      return since(file, await heard)
    },
  }
}

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

/** How long after its death the DOWN of an actor in a process comes, beside the `exit` event of a child process without actors, in turns. */
export const timeToDown: Bench = async ({ quick }) => {
  const n = quick ? 20 : 200
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-bench-'))
  const system = await start({ log: () => undefined, inspect: false, spares: 0 })
  const rows: Row[] = []
  try {
    await system.start(Observer, [], { name: 'observer', isolation: 'inline' })
    for (const fault of FAULTS) {
      const ours: number[] = []
      const raw: number[] = []
      for (let round = 0; round < n; round++) {
        const [first, second] = [join(folder, 'raw'), join(folder, 'ours')]
        const victims = await Promise.all([rawVictim(fault, first), ourVictim(system, fault, second, round)])
        await wait(restMs)
        const turns = [
          () => victims[0].end().then((ms) => raw.push(ms)),
          () => victims[1].end().then((ms) => ours.push(ms)),
        ]
        for (const turn of round % 2 === 0 ? turns : turns.toReversed()) {
          await turn()
          await wait(20)
        }
      }
      for (const [name, share] of [
        ['p50', 0.5],
        ['p95', 0.95],
      ] as const) {
        const [mine, theirs] = [quantile(ours, share), quantile(raw, share)]
        rows.push({
          id: `time-to-down/${fault}/${name}`,
          bench: 'time-to-down',
          variant: `${fault}, ${name}`,
          ours: mine,
          unit: 'ms',
          anchor: `${BOUND} x exit event ${theirs.toFixed(2)} =`,
          anchorValue: BOUND * theirs,
          ratio: (BOUND * theirs) / mine,
          cpuPerMessageNs: undefined,
          n,
          runs: 1,
        })
      }
    }
    return rows
  } finally {
    await system.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The ids of its rows. */
export const TIME_TO_DOWN_IDS: readonly string[] = FAULTS.flatMap((fault) =>
  ['p50', 'p95'].map((name) => `time-to-down/${fault}/${name}`),
)
