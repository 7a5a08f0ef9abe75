import { start } from 'bulkhead'
import { Audit } from './audit.ts'
import type { Way } from './channel.ts'
import { forked, postMessage } from './platform.ts'
import { Echo } from './programs/echo.ts'
import { byTurns } from './rounds.ts'
import type { Bench, BenchOptions, Row } from './row.ts'
import { modes, ours, small, spelled, tripper, tripRow } from './trips.ts'
import type { Mode, Trips } from './trips.ts'

type Placement = 'thread' | 'process'
type Message = ReturnType<typeof small.make>

const platform: Readonly<Record<Placement, () => readonly Way<Message>[]>> = {
  thread: () => [postMessage('echo')],
  process: () => [forked('json', 'echo'), forked('advanced', 'echo')],
}

/** An actor that echoes, beside the channels of the platform. */
async function compare(placement: Placement, { quick }: BenchOptions): Promise<readonly Row[]> {
  const trips = quick
    ? { sequential: 1_000, '16': 2_000, '64': 4_000 }
    : { sequential: 5_000, '16': 10_000, '64': 20_000 }
  const ways = platform[placement]()
  const system = await start()
  try {
    const ref = await system.start(Echo, [], { isolation: placement })
    const audit = await Audit.begin(system)
    const figures = await byTurns(
      [tripper(ours<Message>(ref), small, trips, audit), ...ways.map((way) => tripper(way, small, trips))],
      quick ? 3 : 9,
    )
    await audit.end()
    const row = (id: string, variant: string, mode: Mode) => ({
      id: `request-reply/${placement}/${id}`,
      bench: 'request-reply',
      variant: `${placement}, ${variant}`,
      n: (trips as Required<Trips>)[mode],
      anchor: 'the platform',
      anchors: ways.map(({ name }) => name),
    })
    return [
      ...modes.map((mode) => tripRow(figures, mode, 'perSecond', row(mode, spelled(mode), mode))),
      ...(['p50', 'p99'] as const).map((share) =>
        tripRow(figures, 'sequential', share, row(`sequential/${share}`, `sequential, ${share}`, 'sequential')),
      ),
    ]
  } finally {
    await Promise.all(ways.map((way) => way.close()))
    await system.stop()
  }
}

/** Small objects to an actor that sends them back. */
export const requestReply: Bench = {
  name: 'request-reply',
  ids: [
    'request-reply/thread/sequential',
    'request-reply/thread/16',
    'request-reply/thread/64',
    'request-reply/thread/sequential/p50',
    'request-reply/thread/sequential/p99',
    'request-reply/process/sequential',
    'request-reply/process/16',
    'request-reply/process/64',
    'request-reply/process/sequential/p50',
    'request-reply/process/sequential/p99',
  ],
  measure: async (options) => [...(await compare('thread', options)), ...(await compare('process', options))],
}
