// Shows: what counts as a word. Index and query must agree on it, so it is said once; the sequential scan says it again on
// purpose, in its own way, because it is there to catch mistakes in this file too.

const WORD_OR_LINE_END = /[\p{L}\p{N}\p{M}_]+|\n/gu

export interface PlacedWord {
  readonly word: string
  /** The line that it stands on, counted from 1. */
  readonly line: number
}

/** The text as it is searched: in lower case as a whole, since some letters change with their neighbours. */
export function fold(text: string): string {
  return text.toLowerCase()
}

/** The words of a folded text, in order: unbroken runs of letters, digits, marks and underscores. */
export function* wordsOf(folded: string): Generator<PlacedWord> {
  let line = 1
  for (const [word] of folded.matchAll(WORD_OR_LINE_END)) {
    if (word === '\n') line++
    else yield { word, line }
  }
}
