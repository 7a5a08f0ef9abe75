import { against, checkCount, inTurns } from './against.ts'
import { anchor, hasErlang } from './beam.ts'
import { programLine } from './json-lines.ts'
import type { Bench, Measure } from './row.ts'

interface Figures {
  readonly wallMs: number
  readonly bytes: number
  readonly started: number
}

/** Many actors that have nothing to do, in one event loop of an OS process of its own: heap of each, its share of the tables included, and time to start all. */
const measure: Measure = async ({ quick }) => {
  const n = quick ? 100_000 : 1_000_000
  const checked = async (figures: Promise<Figures>): Promise<Figures> => {
    checkCount('idle actors', n, (await figures).started)
    return figures
  }
  // Erlang takes 262,144 processes unless told otherwise. Its memory never comes back, so nothing is warmed up.
  const erlang = { schedulers: 1, flags: ['+P', '2097152'] }
  const { ours, anchor: theirs } = await inTurns(
    () => checked(programLine<Figures>('idle-actors', [n], ['--expose-gc', '--max-old-space-size=4096'])),
    hasErlang() ? () => checked(anchor<Figures>('anchor_life', 'idle', { n, warmups: 0 }, erlang)) : undefined,
    quick ? 1 : 3,
    0,
  )
  const subject = { bench: 'idle', anchor: 'Erlang, not hibernated', n }
  const bytes = ({ bytes: each }: Figures): number => each
  const seconds = ({ wallMs }: Figures): number => wallMs / 1000
  return [
    against(
      { ...subject, id: 'idle/bytes', variant: 'memory', unit: 'bytes each' },
      ours.map(bytes),
      theirs?.map(bytes),
    ),
    against(
      { ...subject, id: 'idle/time', variant: 'time to start all', unit: 's' },
      ours.map(seconds),
      theirs?.map(seconds),
    ),
  ]
}

export const idle: Bench = { name: 'idle', ids: ['idle/bytes', 'idle/time'], measure }
