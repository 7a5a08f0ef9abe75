import type { Pid, System } from 'bulkhead'
import { against, checkCount, inTurns } from './against.ts'
import { bareName } from './bare-start.ts'
import type { Kind } from './bare-start.ts'
import { anchor, hasErlang } from './beam.ts'
import { bareMs } from './dedicated.ts'
import { programLine } from './json-lines.ts'
import { kinds, ownNode, spareIsThere, systemFor, warmths } from './own-node.ts'
import type { Warmth } from './own-node.ts'
import { Guard, Observer } from './programs/restarted.ts'
import { byTurns } from './rounds.ts'
import type { Bench, Measure, Row } from './row.ts'

interface Contest {
  readonly id: string
  readonly what: 'restart' | 'storm'
  readonly variant: string
  readonly unit: string
  readonly n: number
  valueOf(figures: Figures): number
}

interface Figures {
  readonly restarts: number
  readonly us: number
  readonly wallMs: number
}

const contests: readonly Contest[] = [
  {
    id: 'restart/inline',
    what: 'restart',
    variant: 'inline, until the replacement answers, p50',
    unit: 'us',
    n: 1_000,
    valueOf: ({ us }) => us,
  },
  {
    id: 'restart/storm',
    what: 'storm',
    variant: 'all children killed at once, until all answer',
    unit: 'ms',
    n: 1_000,
    valueOf: ({ wallMs }) => wallMs,
  },
]

/** Restarts in one event loop, in processes of their own, beside those of an Erlang supervisor. */
async function besideErlang({ what, valueOf, ...subject }: Contest, quick: boolean): Promise<Row> {
  const checked = async (figures: Promise<Figures>): Promise<number> => {
    checkCount(subject.id, subject.n, (await figures).restarts)
    return valueOf(await figures)
  }
  const { ours, anchor: theirs } = await inTurns(
    () => checked(programLine<Figures>('restarts', [what, subject.n])),
    hasErlang() ? () => checked(anchor<Figures>('anchor_life', what, { n: subject.n }, { schedulers: 1 })) : undefined,
    quick ? 2 : 7,
    0,
  )
  return against({ ...subject, bench: 'restart', anchor: 'Erlang supervisor' }, ours, theirs)
}

/** Starts a supervised child with a node of its own. The function that comes back crashes it with that node: milliseconds until the replacement answers. */
async function guarded(system: System, kind: Kind, warmth: Warmth): Promise<() => Promise<number>> {
  const inline = { id: `observer-${kind}`, isolation: 'inline' } as const
  const observer = (await system.start(Observer, [], inline)).within(60_000)
  await system.start(Guard, [observer.pid as Pid, ownNode[kind]], { id: `guard-${kind}`, isolation: 'inline' })
  await observer.call.awaited(1)
  return async () => {
    await spareIsThere(warmth)
    return observer.call.restart(kind === 'thread' ? 'exit' : 'signal')
  }
}

/** Restarts of a child that takes its own thread or process along, with a spare and without, beside starts of a bare one. */
async function dedicated(quick: boolean): Promise<Row[]> {
  const systems = { warm: await systemFor('warm'), cold: await systemFor('cold') }
  const rows: Row[] = []
  try {
    for (const kind of kinds) {
      const ours = []
      for (const warmth of warmths) ours.push({ name: warmth, run: await guarded(systems[warmth], kind, warmth) })
      const figures = await byTurns([...ours, { name: 'bare', run: () => bareMs(kind) }], quick ? 3 : 15)
      for (const warmth of warmths) {
        const subject = {
          id: `restart/${kind}/${warmth}`,
          bench: 'restart',
          variant: `${kind} of its own, ${warmth}, until the replacement answers, p50`,
          unit: 'ms',
          anchor: `start of ${bareName[kind]}`,
          n: 1,
        }
        rows.push(against(subject, figures.get(warmth) ?? [], figures.get('bare')))
      }
    }
    return rows
  } finally {
    for (const system of Object.values(systems)) await system.stop()
  }
}

const measure: Measure = async ({ quick }) => {
  const rows: Row[] = []
  for (const each of contests) rows.push(await besideErlang(each, quick))
  return [...rows, ...(await dedicated(quick))]
}

const ids = [
  ...contests.map(({ id }) => id),
  ...kinds.flatMap((kind) => warmths.map((warmth) => `restart/${kind}/${warmth}`)),
]

export const restart: Bench = { name: 'restart', ids, measure }
