import { start } from 'bulkhead'
import type { System } from 'bulkhead'
import { Audit } from './audit.ts'
import { asking } from './channel.ts'
import type { Channel, Way } from './channel.ts'
import { binary, handedOn, records, shared, tenFields } from './contents.ts'
import type { Content } from './exchange.ts'
import { bytesHandedOver, bytesOver, memoryTouchedOver, objectsOver } from './payload-ways.ts'
import type { Bytes } from './payload-ways.ts'
import { Echo } from './programs/echo.ts'
import { Hander, handing, Returner } from './programs/hander.ts'
import { byTurns } from './rounds.ts'
import type { Bench, BenchOptions, Row } from './row.ts'
import { tripper, tripRow } from './trips.ts'

const KiB = 1024
const MiB = 1024 * KiB

/** What goes to and fro, one message at a time, in `n` round trips of each turn. */
interface Payload<Message> {
  readonly id: string
  readonly n: number
  readonly content: () => Content<Message>
  readonly ours: Channel<Message>
  readonly platform: () => readonly Way<Message>[]
}

/** Measures one payload and makes its row. */
type RowOf = <Message>(payload: Payload<Message>) => Promise<Row>

const rowMaker =
  (audit: Audit, { quick }: BenchOptions): RowOf =>
  async ({ id, n, content, ours: channel, platform }) => {
    const trips = { sequential: quick ? n / 10 : n }
    const ways = platform()
    const ours = { name: 'ours', channel, close: () => Promise.resolve() }
    try {
      const figures = await byTurns(
        [tripper(ours, content(), trips, audit), ...ways.map((way) => tripper(way, content(), trips))],
        quick ? 3 : 9,
      )
      return tripRow(figures, 'sequential', 'perSecond', {
        id: `payloads/${id}`,
        bench: 'payloads',
        variant: id.replace('/', ', '),
        n: trips.sequential,
        anchor: 'the platform',
        anchors: ways.map(({ name }) => name),
      })
    } finally {
      await Promise.all(ways.map((way) => way.close()))
    }
  }

/** The actors, and the channels to them. */
async function openChannels(system: System) {
  const thread = await system.start(Echo, [], { id: 'thread', isolation: 'thread' })
  const process = await system.start(Echo, [], { id: 'process', isolation: 'process' })
  const toucher = await system.start(Echo, [], { id: 'toucher', isolation: { memory: 'shared' } })
  const returner = await system.start(Returner, [], { isolation: 'thread' })
  await system.start(Hander, [returner.pid!], { isolation: 'inline' })
  const echo = { thread: thread.call.echo, process: process.call.echo }
  return {
    to: <Message>(placement: 'thread' | 'process'): Channel<Message> =>
      asking(echo[placement] as (message: Message) => Promise<Message>),
    toucher: asking(toucher.call.touch),
    handing,
  }
}

/** All payloads, each beside the ways of the platform that do the same. */
async function measure(options: BenchOptions): Promise<readonly Row[]> {
  const system = await start()
  try {
    const { to, toucher, ...hander } = await openChannels(system)
    const audit = await Audit.begin(system)
    const rowOf = rowMaker(audit, options)
    const rows: Row[] = []
    for (const placement of ['thread', 'process'] as const) {
      const objects = <Message>(name: string, n: number, content: () => Content<Message>): Promise<Row> =>
        rowOf({ id: `${placement}/${name}`, n, content, ours: to(placement), platform: objectsOver[placement] })
      const bytes = (name: string, n: number, length: number): Promise<Row> =>
        rowOf<Bytes>({
          id: `${placement}/${name}`,
          n,
          content: () => binary(length),
          ours: to(placement),
          platform: bytesOver[placement],
        })
      rows.push(
        await objects('10-fields', 5_000, tenFields),
        await objects('500-records', 300, records),
        await bytes('1-KiB', 5_000, KiB),
        await bytes('64-KiB', 1_000, 64 * KiB),
        await bytes('1-MiB', 60, MiB),
      )
    }
    const handed = (name: string, length: number): Promise<Row> =>
      rowOf({
        id: `thread/${name}-transferred`,
        n: 5_000,
        content: () => handedOn(length),
        ours: hander.handing,
        platform: bytesHandedOver,
      })
    rows.push(
      await handed('64-KiB', 64 * KiB),
      await handed('1-MiB', MiB),
      await rowOf({
        id: 'thread/1-MiB-shared',
        n: 5_000,
        content: () => shared(MiB),
        ours: toucher,
        platform: memoryTouchedOver,
      }),
    )
    await audit.end()
    return rows
  } finally {
    await system.stop()
  }
}

/** Request and reply of what is larger than a few fields. */
export const payloads: Bench = {
  name: 'payloads',
  ids: [
    'payloads/thread/10-fields',
    'payloads/thread/500-records',
    'payloads/thread/1-KiB',
    'payloads/thread/64-KiB',
    'payloads/thread/1-MiB',
    'payloads/thread/64-KiB-transferred',
    'payloads/thread/1-MiB-transferred',
    'payloads/thread/1-MiB-shared',
    'payloads/process/10-fields',
    'payloads/process/500-records',
    'payloads/process/1-KiB',
    'payloads/process/64-KiB',
    'payloads/process/1-MiB',
  ],
  measure,
}
