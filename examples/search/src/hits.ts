// Shows: what an answer is made of, and how the parts that several shards found become one answer.

/** How many hits an answer shows. */
export const HITS_SHOWN = 10

/** One document that holds every word of a query. */
export interface Hit {
  readonly path: string
  /** The first line, counted from 1, on which one of the words stands. */
  readonly line: number
  /** How often the words occur in the document, all together. */
  readonly score: number
}

/** The best hits, best first, and how many there are in all. */
export interface Hits<H extends Hit = Hit> {
  readonly total: number
  readonly best: readonly H[]
}

/** Higher scores first, then paths in the order of their UTF-16 units: no two documents are equal, so the order is complete. */
export function byRank(a: Pick<Hit, 'score' | 'path'>, b: Pick<Hit, 'score' | 'path'>): number {
  return b.score - a.score || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)
}

/** One answer from those of all slices of the corpus. */
export function mergeHits<H extends Hit>(parts: readonly Hits<H>[], shown: number = HITS_SHOWN): Hits<H> {
  return {
    total: parts.reduce((sum, part) => sum + part.total, 0),
    best: parts
      .flatMap((part) => part.best)
      .toSorted(byRank)
      .slice(0, shown),
  }
}
