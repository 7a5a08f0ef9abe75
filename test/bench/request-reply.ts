import { fork } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import type { ActorRef } from 'bulkhead'
import { start } from 'bulkhead'
import { Echo } from './programs/echo.ts'
import type { Bench, Measure, Row } from './row.ts'
import { cost, median } from './stats.ts'

const here = (file: string): URL => new URL(file, import.meta.url)
const request = { id: 1, text: 'hello' }

type Ask = () => Promise<unknown>

/** Asks `n` times, each after the answer to the one before. Microseconds per round trip, and CPU of this process per message. */
async function sequentially(ask: Ask, n: number): Promise<{ readonly us: number; readonly cpuNs: number }> {
  const { wallMs, cpuMs } = await cost(async () => {
    for (let i = 0; i < n; i++) await ask()
  })
  return { us: (wallMs * 1000) / n, cpuNs: (cpuMs * 1e6) / (2 * n) }
}

/** Turns a channel that answers in order into a function that asks. */
function asker(send: (message: unknown) => void, listen: (answered: () => void) => void): Ask {
  let resolve: () => void = () => undefined
  listen(() => resolve())
  return () => {
    const answer = new Promise<void>((settle) => (resolve = settle))
    send(request)
    return answer
  }
}

async function compare(
  placement: 'thread' | 'process',
  anchors: readonly (readonly [string, Ask])[],
  ours: Ask,
  n: number,
  rounds: number,
): Promise<Row> {
  const oursUs: number[] = []
  const cpuNs: number[] = []
  const theirs = anchors.map(() => [] as number[])
  for (const ask of [ours, ...anchors.map(([, anchor]) => anchor)]) await sequentially(ask, Math.ceil(n / 4))
  for (let round = 0; round < rounds; round++) {
    const mine = await sequentially(ours, n)
    oursUs.push(mine.us)
    cpuNs.push(mine.cpuNs)
    for (const [index, [, anchor]] of anchors.entries())
      (theirs[index] as number[]).push((await sequentially(anchor, n)).us)
  }
  const best = anchors
    .map(([name], index) => ({ name, us: median(theirs[index] as number[]) }))
    .sort((a, b) => a.us - b.us)[0] as { name: string; us: number }
  const us = median(oursUs)
  return {
    id: `request-reply/${placement}/sequential`,
    bench: 'request-reply',
    variant: `${placement}, sequential`,
    ours: us,
    unit: 'us per round trip',
    anchor: best.name,
    anchorValue: best.us,
    ratio: best.us / us,
    cpuPerMessageNs: median(cpuNs),
    n,
    runs: rounds,
  }
}

function forked(serialization: 'json' | 'advanced') {
  const child = fork(here('./programs/raw-child.ts'), { serialization })
  const ask = asker(
    (message) => child.send(message as object),
    (answered) => child.on('message', answered),
  )
  return { ask, end: () => child.kill() }
}

/** One actor that echoes, asked one request at a time, beside the platform's own channels in the same rounds. */
const measure: Measure = async ({ quick }) => {
  const n = quick ? 1_000 : 5_000
  const rounds = quick ? 3 : 9
  const system = await start({ threads: 1 })
  const worker = new Worker(here('./programs/raw-thread.ts'))
  const json = forked('json')
  const advanced = forked('advanced')
  try {
    const askOf =
      (ref: ActorRef<{ calls: { echo: (message: typeof request) => typeof request } }>): Ask =>
      () =>
        ref.call.echo(request)
    const thread = askOf(await system.start(Echo, [], { id: 'thread', isolation: 'thread' }))
    const child = askOf(await system.start(Echo, [], { id: 'process', isolation: 'process' }))
    const posted = asker(
      (message) => worker.postMessage(message),
      (answered) => worker.on('message', answered),
    )
    return [
      await compare('thread', [['postMessage', posted]], thread, n, rounds),
      await compare(
        'process',
        [
          ['fork json', json.ask],
          ['fork advanced', advanced.ask],
        ],
        child,
        n,
        rounds,
      ),
    ]
  } finally {
    await worker.terminate()
    json.end()
    advanced.end()
    await system.stop()
  }
}

export const requestReply: Bench = {
  name: 'request-reply',
  ids: ['request-reply/thread/sequential', 'request-reply/process/sequential'],
  measure,
}
