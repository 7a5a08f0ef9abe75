import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseQuery } from '../src/query.ts'

const words = (...values: string[]): readonly string[] => {
  const parsed = parseQuery(values)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.query.words
}
const code = (...values: string[]): string => {
  const parsed = parseQuery(values)
  return parsed.ok ? `accepted ${parsed.query.words.join(' ')}` : parsed.error.code
}

describe('a query is read into distinct words in lower case', () => {
  test.each([
    ['worker', ['worker']],
    ['  Worker   THREADS ', ['worker', 'threads']],
    ['to be or not to be', ['to', 'be', 'or', 'not']],
    ['node:worker_threads', ['node', 'worker_threads']],
    ['<script>alert(1)</script>', ['script', 'alert', '1']],
    ["'; DROP TABLE documents; --", ['drop', 'table', 'documents']],
    ['__proto__', ['__proto__']],
    ['../../etc/passwd', ['etc', 'passwd']],
    ['a\u0000b', ['a', 'b']],
    ['Größe 漢字', ['größe', '漢字']],
  ])('%j', (text, expected) => expect(words(text)).toEqual(expected))
})

describe('what is no query is refused by name', () => {
  test.each([
    ['nothing', [], 'query_missing'],
    ['two values', ['a', 'b'], 'query_repeated'],
    ['an empty text', [''], 'query_empty'],
    ['punctuation', ['?!* 🙂 \u202E'], 'query_empty'],
    ['201 characters', ['ab '.repeat(67)], 'query_too_long'],
    ['nine words', ['a b c d e f g h i'], 'too_many_words'],
    ['a word of 65 characters', ['x'.repeat(65)], 'word_too_long'],
  ])('%s', (_, values, expected) => expect(code(...values)).toBe(expected))

  test('the limits themselves are allowed', () => {
    expect(words('x'.repeat(64))).toHaveLength(1)
    expect(words('a b c d e f g h')).toHaveLength(8)
    expect(words('ab '.repeat(66) + 'ab')).toEqual(['ab'])
  })
})

test('any text is either refused with a reason or a bounded query', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 250 }), { maxLength: 3 }), (values) => {
      const parsed = parseQuery(values)
      const found = parsed.ok ? parsed.query.words : ['refused']
      expect(found.length).toBeGreaterThan(0)
      expect(found.length).toBeLessThanOrEqual(8)
      expect(Math.max(...found.map(({ length }) => length))).toBeLessThanOrEqual(64)
      expect(new Set(found).size).toBe(found.length)
    }),
  )
})
