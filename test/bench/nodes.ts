import { against, checkCount, inTurns } from './against.ts'
import { bareName } from './bare-start.ts'
import type { Kind } from './bare-start.ts'
import { programLine } from './json-lines.ts'
import { kinds } from './own-node.ts'
import type { Bench, Measure, Row } from './row.ts'

interface Figures {
  readonly startMs: number
  readonly pssMb: number
  readonly started: number
}

async function rowsOf(kind: Kind, quick: boolean): Promise<Row[]> {
  const n = quick ? 2 : 8
  const run = async (whose: 'ours' | 'bare'): Promise<Figures> => {
    const figures = await programLine<Figures>('nodes', [kind, whose, n])
    checkCount(`nodes/${kind}`, n, figures.started)
    return figures
  }
  const { ours, anchor } = await inTurns(
    () => run('ours'),
    () => run('bare'),
    quick ? 1 : 5,
    0,
  )
  const subject = { bench: 'nodes', anchor: bareName[kind], n }
  return (
    [
      ['start', 'until its first actor has started', ({ startMs }: Figures) => startMs, 'ms'],
      ['pss', 'PSS that it adds', ({ pssMb }: Figures) => pssMb, 'MB'],
    ] as const
  ).map(([id, variant, valueOf, unit]) =>
    against(
      { ...subject, id: `nodes/${kind}/${id}`, variant: `${kind}, ${variant}`, unit },
      ours.map(valueOf),
      anchor?.map(valueOf),
    ),
  )
}

/** What a node costs that hosts one actor, beside a bare thread or process, in processes of their own. Nothing waits there: each node is started anew. */
const measure: Measure = async ({ quick }) => {
  const rows: Row[] = []
  for (const kind of kinds) rows.push(...(await rowsOf(kind, quick)))
  return rows
}

const ids = kinds.flatMap((kind) => ['start', 'pss'].map((id) => `nodes/${kind}/${id}`))

export const nodes: Bench = { name: 'nodes', ids, measure }
