// The index and the sequential scan, each against a table worked out by hand, and then against each other.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openCorpus, packCorpus, slices, type Corpus } from '../src/corpus.ts'
import { mergeHits, type Hits } from '../src/hits.ts'
import { IndexShard } from '../src/index-shard.ts'
import { parseQuery } from '../src/query.ts'
import { searchSequentially } from '../src/sequential.ts'

const corpusOf = (texts: Record<string, string>): Corpus =>
  openCorpus(packCorpus(Object.entries(texts).map(([path, text]) => ({ path, text: Buffer.from(text) }))))

const corpus = corpusOf({
  'cat.md': 'The cat\nsat on the mat.\n\nA CAT!',
  'dog.md': 'no cats here, a dog_cat only',
  'owl.md': 'An owl sees the cat.',
  'unicode.md': 'Größe GRÖSSE größe\n漢字 🙂\nΟΔΟΣ naïve 𝒳𝒴',
  'proto.md': '__proto__ constructor toString',
  'empty.md': '',
})

function searchWithIndex(of: Corpus, words: readonly string[], parts: number): Hits {
  const answers = slices(of.size, parts).map((slice) => {
    const shard = new IndexShard(of, slice)
    while (!shard.isComplete) shard.addNext()
    return shard.search(words)
  })
  const { total, best } = mergeHits(answers)
  return { total, best: best.map(({ path, line, score }) => ({ path, line, score })) }
}

const programs = {
  'the index in one shard': (words: string[]) => searchWithIndex(corpus, words, 1),
  'the index in three shards': (words: string[]) => searchWithIndex(corpus, words, 3),
  'the sequential scan': (words: string[]) => searchSequentially(corpus, words),
}

describe.each(Object.entries(programs))('%s', (_, search) => {
  test.each([
    // words, then [path, line, score], best first
    [
      ['cat'],
      [
        ['cat.md', 1, 2],
        ['owl.md', 1, 1],
      ],
    ],
    [
      ['the', 'cat'],
      [
        ['cat.md', 1, 4],
        ['owl.md', 1, 2],
      ],
    ],
    [['mat', 'cat'], [['cat.md', 1, 3]]],
    [['mat'], [['cat.md', 2, 1]]],
    [['ca'], []],
    [['dog'], []],
    [['dog_cat'], [['dog.md', 1, 1]]],
    [['cat', 'dog_cat'], []],
    [['größe'], [['unicode.md', 1, 2]]],
    [['grösse'], [['unicode.md', 1, 1]]],
    [['漢字'], [['unicode.md', 2, 1]]],
    [['οδος'], [['unicode.md', 3, 1]]],
    [['𝒳𝒴'], [['unicode.md', 3, 1]]],
    [['𝒳'], []],
    [['__proto__'], [['proto.md', 1, 1]]],
    [['constructor', 'tostring'], [['proto.md', 1, 2]]],
    [['hasownproperty'], []],
  ] as [string[], [string, number, number][]][])('%j', (words, expected) => {
    expect(search(words)).toEqual({
      total: expected.length,
      best: expected.map(([path, line, score]) => ({ path, line, score })),
    })
  })
})

test('more than ten hits: all are counted, the ten best are shown, ties by path', () => {
  const many = corpusOf(
    Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [`${String.fromCharCode(108 - i)}.md`, i === 5 ? 'x x' : 'x']),
    ),
  )
  for (const { total, best } of [searchSequentially(many, ['x']), searchWithIndex(many, ['x'], 5)]) {
    expect(total).toBe(12)
    expect(best.map(({ path }) => path[0]).join('')).toBe('gabcdefhij')
  }
})

test('index and scan agree on any documents and any question', () => {
  const piece = fc.constantFrom(
    'ab',
    'AB',
    'a',
    'É',
    'e\u0301',
    'İ',
    'Σ',
    '_',
    '7',
    '漢',
    '𝒳',
    '🙂',
    ' ',
    '\n',
    '\n\n',
    '.',
    '-',
    '<b>',
  )
  const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), text, fc.integer({ min: 1, max: 4 }), (texts, question, parts) => {
      const parsed = parseQuery([question])
      fc.pre(parsed.ok)
      const of = corpusOf(Object.fromEntries(texts.map((one, i) => [`${i}.md`, one])))
      expect(searchWithIndex(of, parsed.query.words, parts)).toEqual(searchSequentially(of, parsed.query.words))
    }),
    { numRuns: 500 },
  )
})
