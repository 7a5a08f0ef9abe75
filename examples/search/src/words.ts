// Shows: what counts as a word. Index and query must agree on it, so it is said once; the sequential scan says it again on
// purpose, in its own way, because it is there to catch mistakes in this file too.

const WORD = /[\p{L}\p{N}\p{M}_]+/gu

export interface PlacedWord {
  readonly word: string
  /** Where it begins, in UTF-16 units of the lower-cased text. */
  readonly at: number
}

/** The text as it is searched: in lower case as a whole, since some letters change with their neighbours. */
export function fold(text: string): string {
  return text.toLowerCase()
}

/** The words of a folded text, in order: unbroken runs of letters, digits, marks and underscores. */
export function* wordsOf(folded: string): Generator<PlacedWord> {
  for (const match of folded.matchAll(WORD)) yield { word: match[0], at: match.index }
}
