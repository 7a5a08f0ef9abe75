import { setTimeout as wait } from 'node:timers/promises'
import { start } from 'bulkhead'
import { Audit } from './audit.ts'
import { asking } from './channel.ts'
import type { Way } from './channel.ts'
import { Echo } from './programs/echo.ts'
import { byTurns } from './rounds.ts'
import type { Bench, BenchOptions, Row } from './row.ts'
import { ours, small, spelled, tripper, tripRow } from './trips.ts'
import type { Trips } from './trips.ts'

type Placement = 'inline' | 'thread' | 'process'
type Message = ReturnType<typeof small.make>

/** What `libraries/NAME.mjs` exports. They are JavaScript so that they are not needed where they are not run, such as for a look at the types. */
interface Library {
  /** One worker, with default options. */
  open(placement: Placement): Promise<{ ask(message: Message): Promise<Message>; close(): Promise<unknown> }>
}

const libraries: Readonly<Record<Placement, readonly string[]>> = {
  inline: ['nact', 'xstate', 'moleculer'],
  thread: ['comlink', 'piscina', 'tinypool', 'workerpool', 'poolifier', 'comedy'],
  process: ['tinypool', 'workerpool', 'poolifier', 'comedy'],
}

/** Round trips of one turn: in one event loop they take a tenth of the time. */
const tripsOf = (placement: Placement, quick: boolean): Required<Pick<Trips, 'sequential' | '64'>> => {
  const n = (quick ? 500 : 2_000) * (placement === 'inline' ? 5 : 1)
  return { sequential: n, '64': 2 * n }
}

/** Undefined, and the reason on stderr, when it is not installed or does not run here. */
async function open(name: string, placement: Placement): Promise<Way<Message> | undefined> {
  try {
    const library = (await import(new URL(`./libraries/${name}.mjs`, import.meta.url).href)) as Library
    const { ask, close } = await library.open(placement)
    return { name, channel: asking(ask), close }
  } catch (error) {
    console.error(`libraries/${name}-${placement} is missing: ${(error as Error).message}`)
    return undefined
  }
}

/** Milliseconds that a library gets to end what it has started. */
const CLOSING_MS = 10_000

/** Goes on, and says so on stderr, when that takes too long. */
async function closeInTime(way: Way<Message>): Promise<void> {
  const patience = new AbortController()
  const late = wait(CLOSING_MS, `${way.name} has not closed in ${CLOSING_MS} ms`, { signal: patience.signal })
  const complaint = await Promise.race([way.close().then(() => undefined), late])
  if (complaint !== undefined) console.error(complaint)
  patience.abort()
  await late.catch(() => undefined)
}

/** An actor that echoes, beside all libraries that have something to put in the same place. */
async function compare(placement: Placement, { quick }: BenchOptions): Promise<readonly Row[]> {
  const trips = tripsOf(placement, quick)
  const ways: Way<Message>[] = []
  const system = await start()
  try {
    for (const name of libraries[placement])
      ways.push(...[await open(name, placement)].filter((way) => way !== undefined))
    const ref = await system.start(Echo, [], { isolation: placement })
    const audit = await Audit.begin(system)
    const figures = await byTurns(
      [tripper(ours<Message>(ref), small, trips, audit), ...ways.map((way) => tripper(way, small, trips))],
      quick ? 3 : 9,
    )
    await audit.end()
    return libraries[placement].flatMap((name) =>
      (['sequential', '64'] as const).map((mode) =>
        tripRow(figures, mode, 'perSecond', {
          id: `libraries/${name}-${placement}/${mode}`,
          bench: 'libraries',
          variant: `${placement}, ${spelled(mode)}`,
          n: trips[mode],
          anchor: name,
          anchors: [name],
        }),
      ),
    )
  } finally {
    await Promise.all(ways.map(closeInTime))
    await system.stop()
  }
}

/** Request and reply against libraries that have actors, or workers that are asked. */
export const againstLibraries: Bench = {
  name: 'libraries',
  ids: [
    'libraries/nact-inline/sequential',
    'libraries/nact-inline/64',
    'libraries/xstate-inline/sequential',
    'libraries/xstate-inline/64',
    'libraries/moleculer-inline/sequential',
    'libraries/moleculer-inline/64',
    'libraries/comlink-thread/sequential',
    'libraries/comlink-thread/64',
    'libraries/piscina-thread/sequential',
    'libraries/piscina-thread/64',
    'libraries/tinypool-thread/sequential',
    'libraries/tinypool-thread/64',
    'libraries/workerpool-thread/sequential',
    'libraries/workerpool-thread/64',
    'libraries/poolifier-thread/sequential',
    'libraries/poolifier-thread/64',
    'libraries/comedy-thread/sequential',
    'libraries/comedy-thread/64',
    'libraries/tinypool-process/sequential',
    'libraries/tinypool-process/64',
    'libraries/workerpool-process/sequential',
    'libraries/workerpool-process/64',
    'libraries/poolifier-process/sequential',
    'libraries/poolifier-process/64',
    'libraries/comedy-process/sequential',
    'libraries/comedy-process/64',
  ],
  measure: async (options) => [
    ...(await compare('inline', options)),
    ...(await compare('thread', options)),
    ...(await compare('process', options)),
  ],
}
