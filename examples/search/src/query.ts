// Shows: the edge at which foreign input becomes a value that the rest may trust. What is not a query is told what it is.
import { fold, wordsOf } from './words.ts'

export const QUERY_LENGTH_MAX = 200
export const QUERY_WORDS_MAX = 8
export const WORD_LENGTH_MAX = 64

/** Distinct words in lower case, in the order in which they were first asked for. */
export interface Query {
  readonly words: readonly string[]
}

export interface BadQuery {
  readonly code:
    | 'query_missing'
    | 'query_repeated'
    | 'query_too_long'
    | 'query_empty'
    | 'too_many_words'
    | 'word_too_long'
  readonly message: string
}

export type ParsedQuery =
  | { readonly ok: true; readonly query: Query }
  | { readonly ok: false; readonly error: BadQuery }

const bad = (code: BadQuery['code'], message: string): ParsedQuery => ({ ok: false, error: { code, message } })

/** Reads the query out of all values that `q` has in an address. */
export function parseQuery(values: readonly string[]): ParsedQuery {
  const [text] = values
  if (text === undefined) return bad('query_missing', 'q is missing: ask for /search?q=some+words')
  if (values.length > 1) return bad('query_repeated', `q is given ${values.length} times: give it once`)
  if (text.length > QUERY_LENGTH_MAX)
    return bad('query_too_long', `q has ${text.length} characters: at most ${QUERY_LENGTH_MAX}`)
  const words = [...new Set(Array.from(wordsOf(fold(text)), ({ word }) => word))]
  if (words.length === 0) return bad('query_empty', 'q holds no word: a word is made of letters, digits or underscores')
  if (words.length > QUERY_WORDS_MAX)
    return bad('too_many_words', `q holds ${words.length} different words: at most ${QUERY_WORDS_MAX}`)
  if (words.some((word) => word.length > WORD_LENGTH_MAX))
    return bad('word_too_long', `q holds a word of more than ${WORD_LENGTH_MAX} characters`)
  return { ok: true, query: { words } }
}
