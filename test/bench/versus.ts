import { against } from './against.ts'
import type { Row } from './row.ts'
import { middle } from './rounds.ts'

/** The figures of one contestant for one row, a figure for each round. */
export interface Series {
  readonly name: string
  readonly values: readonly number[]
}

/** What makes a row. */
export interface Versus extends Pick<Row, 'id' | 'bench' | 'variant' | 'unit' | 'n'> {
  readonly better: 'more' | 'less'
  readonly ours: readonly number[]
  readonly cpuNs: readonly (number | undefined)[]
  /** What the anchor is called when none of them is there. */
  readonly anchor: string
  /** The best of them is the anchor. */
  readonly anchors: readonly Series[]
}

/** A row that holds us against the best of others, which may be missing. */
export function versus({ better, ours, cpuNs, anchor, anchors, ...row }: Versus): Row {
  const moreIsBetter = better === 'more'
  const [best] = anchors.toSorted(({ values: one }, { values: other }) => {
    const lead = middle(other).median - middle(one).median
    return moreIsBetter ? lead : -lead
  })
  const cpu = cpuNs.filter((value) => value !== undefined)
  return against(
    { ...row, anchor: best?.name ?? anchor, moreIsBetter },
    ours,
    best?.values,
    cpu.length < cpuNs.length ? undefined : middle(cpu).median,
  )
}
