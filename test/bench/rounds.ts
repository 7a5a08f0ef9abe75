import { median } from './stats.ts'

/** One way to do a piece of work. */
export interface Contestant<Figures> {
  readonly name: string
  /** Does the work once and says what it cost. */
  run(): Promise<Figures>
}

/**
 * Runs all contestants by turns: one round to warm up unless they do so themselves, then `rounds` that count, each beginning with another one, so that
 * what disturbs the machine meanwhile disturbs all alike. Figures by name.
 */
export async function byTurns<Figures>(
  contestants: readonly Contestant<Figures>[],
  rounds: number,
  { warmUp = true }: { readonly warmUp?: boolean } = {},
): Promise<ReadonlyMap<string, readonly Figures[]>> {
  const figures = new Map(contestants.map(({ name }) => [name, [] as Figures[]]))
  for (let round = warmUp ? -1 : 0; round < rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const { name, run } = contestants[(turn + round + 1) % contestants.length] as Contestant<Figures>
      const figure = await run()
      if (round >= 0) figures.get(name)?.push(figure)
    }
  }
  return figures
}

/** Median, and half of the distance between the quartiles as a share of it. */
export function middle(values: readonly number[]): { readonly median: number; readonly spread: number } {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number
  const value = median(sorted)
  return { median: value, spread: value === 0 ? 0 : (at(0.75) - at(0.25)) / 2 / value }
}
