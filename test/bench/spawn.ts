import { against, checkCount, inTurns } from './against.ts'
import { anchor, hasErlang } from './beam.ts'
import { dedicatedIds, dedicatedRows } from './dedicated.ts'
import { programLine } from './json-lines.ts'
import { middle } from './rounds.ts'
import type { Bench, Measure, Row } from './row.ts'

interface Figures {
  readonly wallMs: number
  readonly cpuMs: number
  readonly ended: number
}

const BATCH = 1_000

/** Actors that end at once: a batch is started, monitored, and awaited, and then the next one. */
async function spawnExit(quick: boolean): Promise<Row> {
  const n = quick ? 20_000 : 200_000
  const checked = async (figures: Promise<Figures>): Promise<Figures> => {
    checkCount('spawn/inline/exit', n, (await figures).ended)
    return figures
  }
  const { ours, anchor: theirs } = await inTurns(
    () => checked(programLine<Figures>('spawn-exit', [n, BATCH])),
    hasErlang()
      ? () => checked(anchor<Figures>('anchor_life', 'spawn_exit', { n, batch: BATCH }, { schedulers: 1 }))
      : undefined,
    quick ? 2 : 5,
    0,
  )
  const perSecond = ({ wallMs }: Figures): number => (n * 1000) / wallMs
  const subject = {
    id: 'spawn/inline/exit',
    bench: 'spawn',
    variant: 'inline, monitored, until its DOWN',
    unit: 'actors per s',
    anchor: 'Erlang',
    n,
    moreIsBetter: true,
  }
  // Two messages: the start and the DOWN.
  const cpu = (middle(ours.map(({ cpuMs }) => cpuMs)).median * 1e6) / (2 * n)
  return against(subject, ours.map(perSecond), theirs?.map(perSecond), cpu)
}

const measure: Measure = async ({ quick }) => [await spawnExit(quick), ...(await dedicatedRows(quick))]

export const spawn: Bench = { name: 'spawn', ids: ['spawn/inline/exit', ...dedicatedIds], measure }
