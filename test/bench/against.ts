import { byTurns, middle } from './rounds.ts'
import type { Contestant } from './rounds.ts'
import type { Row } from './row.ts'

/** What one row is about. */
export interface Subject extends Pick<Row, 'id' | 'bench' | 'variant' | 'unit' | 'anchor' | 'n'> {
  /** Whether more of the unit is better; less is, unless said otherwise. */
  readonly moreIsBetter?: boolean
  /** Of the values of all rounds, the one that stands in the row. Default: their median. */
  readonly pick?: (values: readonly number[]) => number
}

/** The row of what we took in each round and what the anchor took, if it is there. */
export function against(
  { moreIsBetter = false, pick, ...subject }: Subject,
  oursByRound: readonly number[],
  anchorByRound: readonly number[] | undefined,
  cpuPerMessageNs?: number,
): Row {
  const valueOf = (values: readonly number[]): number => (pick === undefined ? middle(values).median : pick(values))
  const ours = valueOf(oursByRound)
  const anchorValue = anchorByRound && valueOf(anchorByRound)
  return {
    ...subject,
    ours,
    anchorValue,
    ratio: anchorValue === undefined ? undefined : moreIsBetter ? ours / anchorValue : anchorValue / ours,
    ...(oursByRound.length > 1 && { spread: middle(oursByRound).spread }),
    ...(anchorByRound && anchorByRound.length > 1 && { anchorSpread: middle(anchorByRound).spread }),
    cpuPerMessageNs,
    runs: oursByRound.length,
  }
}

/** Runs us and an anchor, if it is there, by turns. */
export async function inTurns<Figures>(
  ours: () => Promise<Figures>,
  anchor: (() => Promise<Figures>) | undefined,
  rounds: number,
  warmUps?: number,
): Promise<{ readonly ours: readonly Figures[]; readonly anchor: readonly Figures[] | undefined }> {
  const contestants: Contestant<Figures>[] = [{ name: 'ours', run: ours }]
  if (anchor !== undefined) contestants.push({ name: 'anchor', run: anchor })
  const figures = await byTurns(contestants, rounds, warmUps)
  return { ours: figures.get('ours') ?? [], anchor: figures.get('anchor') }
}

/** Throws unless as many were handled as were sent. */
export function checkCount(what: string, sent: number, handled: number): void {
  if (handled !== sent) throw new Error(`${what}: ${sent} were sent and ${handled} handled`)
}
