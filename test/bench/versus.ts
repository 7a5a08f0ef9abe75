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
export function versus({ better, ours: values, cpuNs, anchor, anchors, ...row }: Versus): Row {
  const ours = middle(values)
  const [best] = anchors
    .map(({ name, values: theirs }) => ({ name, ...middle(theirs) }))
    .sort((one, other) => (better === 'more' ? other.median - one.median : one.median - other.median))
  const cpu = cpuNs.filter((value) => value !== undefined)
  return {
    ...row,
    ours: ours.median,
    spread: ours.spread,
    anchor: best?.name ?? anchor,
    anchorValue: best?.median,
    ...(best !== undefined && { anchorSpread: best.spread }),
    ratio: best === undefined ? undefined : better === 'more' ? ours.median / best.median : best.median / ours.median,
    cpuPerMessageNs: cpu.length < cpuNs.length ? undefined : middle(cpu).median,
    runs: values.length,
  }
}
