// Shows: the reference. The same question, answered by reading every document from start to end with nothing prepared: slow,
// short, and written without the index and its idea of a word, so it can tell whether an answer of the service is right.
import type { Corpus } from './corpus.ts'
import { HITS_SHOWN, type Hit, type Hits } from './hits.ts'

/** Whether a code point belongs to a word. */
function isOfWord(codePoint: number): boolean {
  if (codePoint < 128) {
    const letter = codePoint | 32
    return (letter >= 97 && letter <= 122) || (codePoint >= 48 && codePoint <= 57) || codePoint === 95
  }
  const character = String.fromCodePoint(codePoint)
  return /\p{Letter}|\p{Number}|\p{Mark}/u.test(character)
}

function codePointBefore(text: string, at: number): number | undefined {
  const last = text.charCodeAt(at - 1)
  const isLowHalf = last >= 0xdc00 && last <= 0xdfff
  return at === 0 ? undefined : isLowHalf ? text.codePointAt(at - 2) : last
}

/** Where a word stands on its own in a text, as opposed to inside a longer word. */
function* places(text: string, word: string): Generator<number> {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length)) {
    const before = codePointBefore(text, at)
    const after = text.codePointAt(at + word.length)
    if ((before === undefined || !isOfWord(before)) && (after === undefined || !isOfWord(after))) yield at
  }
}

function lineAt(text: string, at: number): number {
  let line = 1
  for (let i = text.indexOf('\n'); i !== -1 && i < at; i = text.indexOf('\n', i + 1)) line++
  return line
}

/** Answers a query, given as its distinct words in lower case. */
export function searchSequentially(corpus: Corpus, words: readonly string[]): Hits {
  const all: Hit[] = []
  for (let document = 0; document < corpus.size; document++) {
    const text = corpus.text(document).toLowerCase()
    const found = words.map((word) => [...places(text, word)])
    if (found.some(({ length }) => length === 0)) continue
    const score = found.flat().length
    all.push({ path: corpus.path(document), score, line: lineAt(text, Math.min(...found.flat())) })
  }
  all.sort((a, b) => (a.score === b.score ? (a.path < b.path ? -1 : 1) : b.score - a.score))
  return { total: all.length, best: all.slice(0, HITS_SHOWN) }
}
