/** One line of the table. `ratio` above 1 means that we are better than the anchor; a bound is an anchor too. */
export interface Row {
  readonly id: string
  readonly bench: string
  readonly variant: string
  /** Median over the rounds. */
  readonly ours: number
  readonly unit: string
  /** What it is held against; undefined where nothing else does this work. */
  readonly anchor: string
  /** Undefined when the anchor is not there, such as Erlang where it is not installed. */
  readonly anchorValue: number | undefined
  readonly ratio: number | undefined
  /** Half of the distance between the quartiles, as a share of the median. */
  readonly spread?: number
  readonly anchorSpread?: number
  /** CPU of all OS processes that take part, where it can be told. */
  readonly cpuPerMessageNs: number | undefined
  readonly n: number
  readonly runs: number
}

/** What a bench may ask of its run. */
export interface BenchOptions {
  readonly quick: boolean
}

/** Measures and returns its rows. */
export type Measure = (options: BenchOptions) => Promise<readonly Row[]>

/** A group of rows that are measured together. */
export interface Bench {
  /** What `--only` takes. */
  readonly name: string
  /** The ids of all its rows, so that a row that is not printed is missed. */
  readonly ids: readonly string[]
  readonly measure: Measure
}
