// Shows: how an answer of the service is judged, field by field, against the sequential scan.
import type { Corpus } from '../corpus.ts'
import { parseQuery } from '../query.ts'
import { searchSequentially } from '../sequential.ts'

/** Undefined when the body is the right answer to the question, else what is wrong with it. */
export function mistakeIn(body: string, question: string, corpus: Corpus): string | undefined {
  const parsed = parseQuery([question])
  if (!parsed.ok) return `"${question}" is no query: ${parsed.error.message}`
  const { total, best } = searchSequentially(corpus, parsed.query.words)
  const answer = readAnswer(body)
  if (answer === undefined) return `the answer to "${question}" does not have the shape of an answer`
  const found = JSON.stringify({
    total: answer.total,
    best: answer.results.map(({ path, line, score }) => ({ path, line, score })),
  })
  const expected = JSON.stringify({ total, best: best.map(({ path, line, score }) => ({ path, line, score })) })
  if (found !== expected) return `"${question}" got ${found}, the sequential scan says ${expected}`
  const bare = answer.results.find(({ html }) => typeof html !== 'string' || html === '')
  return bare && `"${question}" got ${String(bare.path)} without its snippet`
}

interface ReadAnswer {
  readonly total: unknown
  readonly results: readonly { readonly [field in 'path' | 'line' | 'score' | 'html']?: unknown }[]
}

function readAnswer(body: string): ReadAnswer | undefined {
  try {
    const value = JSON.parse(body) as Partial<ReadAnswer> | null
    return value !== null && Array.isArray(value.results) ? { total: value.total, results: value.results } : undefined
  } catch {
    return undefined
  }
}
