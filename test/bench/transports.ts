// Carriers of frames against what Node.js offers raw: `node test/bench/transports.ts [--quick] [--only process] [--json FILE]`.
// Request and reply one after the other, and one-way floods, of 32-byte frames; all in interleaved rounds.
import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import type { Connection } from '@bulkhead/core/transport'
import { openSocketConnection, spawnNodeProcess } from '@bulkhead/transport-process'
import { openThreadConnection, threadLink, transferOf } from '@bulkhead/transport-thread'
import { cost, median } from './stats.ts'

/** A way to a far side that answers every request, and every `floodCount` frames of a flood. */
interface Way {
  request(): void
  flood(count: number): Promise<void>
  /** Called with each answer. */
  answered: () => void
  end(): void
}

const here = (file: string): URL => new URL(file, import.meta.url)
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
  },
})
const requests = options.quick ? 500 : 3_000
const floodCount = options.quick ? 20_000 : 50_000
const rounds = options.quick ? 3 : 15

const frame = (length: number): Uint8Array => new Uint8Array(length).fill(7)

function overConnection(connection: Connection, end: () => void): Way {
  let resume = (): void => undefined
  const way: Way = {
    request: () => connection.send(frame(8)),
    answered: () => undefined,
    flood: async (count) => {
      for (let sent = 0; sent < count; sent++) {
        if (!connection.send(frame(32))) await new Promise<void>((resolve) => (resume = resolve))
      }
    },
    end,
  }
  connection.receive({ frame: () => way.answered(), drained: () => resume(), closed: () => undefined })
  return way
}

function overThread(carrier: 'ring' | 'port', ringBytes = 256 * 1024): Way {
  const { near, far } = threadLink({ carrier, ringBytes })
  const worker = new Worker(here('programs/transport-far.ts'), { workerData: { floodCount } })
  worker.postMessage(far, transferOf(far))
  return overConnection(openThreadConnection(near, { ref: true }), () => void worker.terminate())
}

function overPostMessage(): Way {
  const worker = new Worker(here('programs/transport-far.ts'), { workerData: { floodCount } })
  const way: Way = {
    request: () => worker.postMessage(frame(8)),
    answered: () => undefined,
    flood: async (count) => {
      for (let sent = 0; sent < count; sent++) worker.postMessage(frame(32))
    },
    end: () => void worker.terminate(),
  }
  worker.on('message', () => way.answered())
  return way
}

function overSocket(): Way {
  const { child, control } = spawnNodeProcess({
    entry: here('programs/transport-far.ts'),
    args: ['socket', String(floodCount)],
  })
  return overConnection(openSocketConnection(control, { ref: true }), () => void child.kill())
}

function overIpc(serialization: 'json' | 'advanced'): Way {
  // In a session of its own, as our processes are: Linux schedules sessions apart, which costs a wake-up more on a busy machine.
  const child = fork(here('programs/transport-far.ts'), ['ipc', String(floodCount)], { serialization, detached: true })
  const message = (length: number) => (serialization === 'json' ? 'x'.repeat(length) : frame(length))
  const way: Way = {
    request: () => void child.send(message(8)),
    answered: () => undefined,
    flood: async (count) => {
      for (let sent = 0; sent < count; sent++) {
        if (!child.send(message(32))) await new Promise((resolve) => setImmediate(resolve))
      }
    },
    end: () => void child.kill(),
  }
  child.on('message', () => way.answered())
  return way
}

const start: Readonly<Record<string, () => Way>> = {
  'thread: raw postMessage': () => overPostMessage(),
  'thread: port': () => overThread('port'),
  'thread: ring 64 KiB': () => overThread('ring', 64 * 1024),
  'thread: ring 256 KiB': () => overThread('ring'),
  'thread: ring 1 MiB': () => overThread('ring', 1024 * 1024),
  'process: fork, json': () => overIpc('json'),
  'process: fork, advanced': () => overIpc('advanced'),
  'process: socket': () => overSocket(),
}

/** Microseconds per round trip. */
async function requestReply(way: Way): Promise<{ us: number; cpuUs: number }> {
  const { wallMs, cpuMs } = await cost(
    () =>
      new Promise<void>((resolve) => {
        let left = requests
        way.answered = () => {
          left -= 1
          if (left === 0) resolve()
          else way.request()
        }
        way.request()
      }),
  )
  return { us: (wallMs * 1000) / requests, cpuUs: (cpuMs * 1000) / requests }
}

/** Million frames per second, from the first send until the far side has them all. */
async function oneWay(way: Way): Promise<{ perUs: number; cpuUs: number }> {
  const { wallMs, cpuMs } = await cost(async () => {
    const arrived = new Promise<void>((resolve) => (way.answered = resolve))
    await way.flood(floodCount)
    await arrived
  })
  return { perUs: floodCount / (wallMs * 1000), cpuUs: (cpuMs * 1000) / floodCount }
}

setFlagsFromString('--expose-gc')
/** Between two ways, so that none pays for the garbage of the one before. */
const collectGarbage = runInNewContext('gc') as () => void

/** Microseconds of CPU for each frame when a turn of the event loop sends only ten. */
async function tenATurn(way: Way): Promise<number> {
  const { cpuMs } = await cost(async () => {
    const arrived = new Promise<void>((resolve) => (way.answered = resolve))
    for (let sent = 0; sent < floodCount; sent += 10) {
      await way.flood(10)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await arrived
  })
  return (cpuMs * 1000) / floodCount
}

const results = Object.entries(start)
  .filter(([name]) => name.startsWith(options.only))
  .map(([name, open]) => ({
    name,
    way: open(),
    us: [] as number[],
    cpu: [] as number[],
    perUs: [] as number[],
    floodCpu: [] as number[],
    tenCpu: [] as number[],
  }))
/** Another order in every round: a way's garbage is collected while the next one runs, in threads that share its cores. */
function inOrderOf(round: number): typeof results {
  const strides = [1, 3, 5, 7].filter((stride) => results.length % stride !== 0 || stride === 1)
  const stride = strides[(round + 1) % strides.length]!
  return results.map((_, at) => results[(at * stride + round + 1) % results.length]!)
}

for (let round = -1; round < rounds; round++) {
  for (const { way, us, cpu, perUs, floodCpu, tenCpu } of inOrderOf(round)) {
    collectGarbage()
    const trip = await requestReply(way)
    collectGarbage()
    const flood = await oneWay(way)
    collectGarbage()
    const ten = await tenATurn(way)
    if (round < 0) continue
    us.push(trip.us)
    cpu.push(trip.cpuUs)
    perUs.push(flood.perUs)
    floodCpu.push(flood.cpuUs)
    tenCpu.push(ten)
  }
}
for (const { way } of results) way.end()

const anchors: Readonly<Record<string, string>> = { thread: 'thread: raw postMessage', process: 'process: fork, json' }
const figures = results.map(({ name, us, cpu, perUs, floodCpu, tenCpu }) => {
  const anchor = results.find((result) => result.name === anchors[name.split(':')[0]!])!
  return {
    name,
    'round trip, us': median(us),
    best: Math.min(...us),
    'times the anchor': median(anchor.us) / median(us),
    'best of both': Math.min(...anchor.us) / Math.min(...us),
    'CPU, us': median(cpu),
    'one way, M frames/s': median(perUs),
    'times the anchor ': median(perUs) / median(anchor.perUs),
    'CPU per frame, us': median(floodCpu),
    'ten a turn': median(tenCpu),
  }
})
const rounded = figures.map((row) =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === 'number' ? Number(value.toFixed(2)) : value]),
  ),
)
console.table(rounded)
console.log(
  `Node.js ${process.version}; ${requests} round trips and ${floodCount} frames of 32 bytes per round, ${rounds} rounds; medians; CPU of this OS process, for threads with both sides.`,
)
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, undefined, 2)}\n`)
