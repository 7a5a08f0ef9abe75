// Shows: queries as people ask them, made of words that stand in the corpus, in an order that a seed decides.
import type { Corpus } from '../corpus.ts'
import { WORD_LENGTH_MAX } from '../query.ts'
import type { Random } from '../random.ts'
import { fold, wordsOf } from '../words.ts'

/** Of 100 questions, how many have one, two and three words of one document; the rest asks for a word that is nowhere. */
const SHARES = [70, 20, 8]
const NOWHERE = 'zzyzxnowhere'

/** Makes the next question at each call. */
export function questionsFrom(corpus: Corpus, random: Random): () => string {
  const known = new Map<number, string[]>()
  const wordsIn = (document: number): string[] => {
    let words = known.get(document)
    if (words === undefined) {
      words = Array.from(wordsOf(fold(corpus.text(document))), ({ word }) => word).filter(
        ({ length }) => length <= WORD_LENGTH_MAX,
      )
      known.set(document, words)
    }
    return words
  }
  return () => {
    const words = wordsIn(random.below(corpus.size))
    const count = wordCount(random.below(100))
    if (count === 0 || words.length === 0) return NOWHERE + random.below(1_000)
    return Array.from({ length: count }, () => random.pick(words)).join(' ')
  }
}

function wordCount(drawn: number): number {
  let upTo = 0
  const i = SHARES.findIndex((share) => drawn < (upTo += share))
  return i + 1
}
