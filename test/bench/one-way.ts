import { start } from 'bulkhead'
import { Audit } from './audit.ts'
import type { Way } from './channel.ts'
import { spentOn } from './cpu.ts'
import { forked, postMessage } from './platform.ts'
import { Flood, floodOf } from './programs/flood.ts'
import type { Taken } from './programs/flood.ts'
import { Sink } from './programs/sink.ts'
import { byTurns } from './rounds.ts'
import type { Contestant } from './rounds.ts'
import type { Bench, BenchOptions, Row } from './row.ts'
import { versus } from './versus.ts'
import type { Series } from './versus.ts'

type Placement = 'thread' | 'process'

interface FloodFigures {
  readonly perSecond: number
  readonly cpuNs: number | undefined
}

/** Sets of field names: so many that nobody can know them all beforehand. */
const SHAPES = 256

/** One that has a flood of `n` messages handled; `flood` resolves with what was, when the last was. */
const flooder = (name: string, n: number, flood: () => Promise<Taken>): Contestant<FloodFigures> => ({
  name,
  run: async () => {
    const { value, wallMs, cpuMs } = await spentOn(flood)
    const due = { handled: n, sum: (n * (n - 1)) / 2 }
    if (value.handled !== due.handled || value.sum !== due.sum)
      throw new Error(`${name}: handled was ${JSON.stringify(value)} where ${JSON.stringify(due)} was due`)
    return { perSecond: (n / wallMs) * 1000, cpuNs: cpuMs === undefined ? undefined : (cpuMs * 1e6) / n }
  },
})

/** Sends all at once. To send to a child process no more than it says it takes was tried, and took up to twice as long. */
async function floodOver({ channel }: Way<unknown>, n: number): Promise<Taken> {
  const taken = new Promise<unknown>((resolve, reject) => {
    channel.answered = resolve
    channel.failed = reject
  })
  const [message] = floodOf(1) as [{ id: number }]
  for (message.id = 0; message.id < n; message.id++) channel.send(message)
  return (await taken) as Taken
}

/** Messages that nobody answers but the last, of one shape and of many, beside the channels of the platform. */
async function compare(placement: Placement, { quick }: BenchOptions): Promise<readonly Row[]> {
  const n = quick ? 20_000 : 100_000
  const ways =
    placement === 'thread' ? [postMessage(`sink ${n}`)] : [forked('json', `sink ${n}`), forked('advanced', `sink ${n}`)]
  const system = await start()
  try {
    const sink = await system.start(Sink, [], { isolation: placement })
    const flood = await system.start(Flood, [], { isolation: 'inline' })
    const audit = await Audit.begin(system)
    const send = async (shapes: number): Promise<Taken> => {
      const taken = await flood.within(Infinity).call.send(sink, n, shapes)
      audit.expect(n + 4) // the two calls have a reply each
      return taken
    }
    const figures = await byTurns(
      [
        flooder('ours', n, () => send(1)),
        flooder('ours, 256 shapes', n, () => send(SHAPES)),
        ...ways.map((way) => flooder(way.name, n, () => floodOver(way, n))),
      ],
      quick ? 3 : 9,
    )
    await audit.end()
    const of = (name: string): readonly FloodFigures[] => figures.get(name) ?? []
    const series = (name: string): Series => ({ name, values: of(name).map(({ perSecond }) => perSecond) })
    const row = (id: string, variant: string, name: string, anchors: readonly Series[]): Row =>
      versus({
        id: `one-way/${placement}${id}`,
        bench: 'one-way',
        variant: `${placement}, ${variant}`,
        unit: 'messages/s',
        better: 'more',
        ours: series(name).values,
        cpuNs: of(name).map(({ cpuNs }) => cpuNs),
        n,
        anchor: 'the platform',
        anchors,
      })
    return [
      row(
        '',
        '5 fields',
        'ours',
        ways.map(({ name }) => series(name)),
      ),
      row(`/${SHAPES}-shapes`, `${SHAPES} sets of 5 fields`, 'ours, 256 shapes', [
        { ...series('ours'), name: 'ours, one shape' },
      ]),
    ]
  } finally {
    await Promise.all(ways.map((way) => way.close()))
    await system.stop()
  }
}

/** Floods. */
export const oneWay: Bench = {
  name: 'one-way',
  ids: ['one-way/thread', 'one-way/thread/256-shapes', 'one-way/process', 'one-way/process/256-shapes'],
  measure: async (options) => [...(await compare('thread', options)), ...(await compare('process', options))],
}
