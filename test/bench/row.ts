/** One line of the table. `ratio` above 1 means that we are better than the anchor; a bound is an anchor too. */
export interface Row {
  readonly id: string
  readonly bench: string
  readonly variant: string
  readonly ours: number
  readonly unit: string
  readonly anchor: string
  readonly anchorValue: number
  readonly ratio: number
  readonly cpuPerMessageNs: number | undefined
  readonly n: number
  readonly runs: number
}

/** What a bench may ask of its run. */
export interface BenchOptions {
  readonly quick: boolean
}

/** Measures and returns its rows. */
export type Bench = (options: BenchOptions) => Promise<readonly Row[]>

/** The ids of all rows, so that a row that is not printed is missed. */
export const ROW_IDS = [
  'request-reply/thread/sequential',
  'request-reply/process/sequential',
  'call/inline/sequential',
  'actors/idle/bytes',
  'system/idle/cpu',
] as const
