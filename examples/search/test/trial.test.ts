import { describe, expect, test } from 'vitest'
import type { Injection } from '../src/chaos/injection.ts'
import { openCorpus, packCorpus } from '../src/corpus.ts'
import { parseQuery } from '../src/query.ts'
import { createRandom } from '../src/random.ts'
import { searchSequentially } from '../src/sequential.ts'
import { mistakeIn } from '../src/trial/check.ts'
import { toJson } from '../src/trial/json.ts'
import { Ledger } from '../src/trial/ledger.ts'
import { endUnsettled } from '../src/trial/load.ts'
import { figuresOf, spreadOf, type Measured } from '../src/trial/measure.ts'
import { shortcomings, type TrialOutcome } from '../src/trial/outcome.ts'
import { questionsFrom } from '../src/trial/questions.ts'
import { table, toReport } from '../src/trial/report.ts'

const injection = (
  n: number,
  kind: Injection['kind'],
  placement: Injection['placement'],
  target: string,
): Injection => ({
  n,
  kind,
  placement,
  target,
})

const measured: Measured[] = [
  {
    injection: injection(1, 'loop', 'thread', 'shard-1'),
    injectedMs: 100,
    detectedMs: 850,
    recoveredMs: 1_100,
    reason: 'stuck',
  },
  {
    injection: injection(2, 'kill_front', 'inline', 'front'),
    injectedMs: 2_000,
    detectedMs: 2_000.25,
    recoveredMs: 2_004,
    reason: 'killed',
  },
  {
    injection: injection(3, 'loop', 'thread', 'shard-0'),
    injectedMs: 3_000,
    detectedMs: 3_700,
    recoveredMs: 4_200,
    reason: 'stuck',
  },
]

const passed: TrialOutcome = {
  requests: { sent: 1_000, answered: 990, failed: 10, unanswered: 0, wrong: 0 },
  compared: 49,
  mistakes: [],
  planned: 3,
  measured,
  leftovers: [],
}

describe('the ledger', () => {
  test('each request is counted once, by its one end', () => {
    let now = 0
    const ledger = new Ledger(() => now)
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((question) => {
      now += 10
      return ledger.send(question)
    })
    now = 100
    ledger.end(a!, 'answered')
    ledger.end(b!, 'failed')
    ledger.end(c!, 'unanswered')
    ledger.markWrong()
    expect(ledger.counts).toEqual({ sent: 4, answered: 1, failed: 1, unanswered: 1, wrong: 1 })
    expect(ledger.failures).toEqual([{ sentMs: 20, endedMs: 100 }])
    expect(ledger.openCount).toBe(1)
    expect(ledger.waiting(d!.id)).toBe(d)
    expect(ledger.waiting(a!.id)).toBeUndefined()
    expect(() => ledger.end(a!, 'failed')).toThrow('request 1 has ended before')
  })

  test('what a wave leaves without an answer: the oldest ran out of patience, the others lost their connection', () => {
    const ledger = new Ledger(() => 0)
    const sent = ['a', 'b', 'c', 'd'].map((question) => ledger.send(question))
    ledger.end(sent[1]!, 'answered')
    endUnsettled(ledger, sent, 1)
    expect(ledger.counts).toEqual({ sent: 4, answered: 1, failed: 2, unanswered: 1, wrong: 0 })
    expect(ledger.openCount).toBe(0)
  })
})

describe('figures', () => {
  test('are grouped by kind and placement; a failed request counts where it overlaps a fault', () => {
    const failures = [
      { sentMs: 1_990, endedMs: 2_010 }, // during 2
      { sentMs: 1_200, endedMs: 1_300 }, // between 1 and 2
      { sentMs: 90, endedMs: 3_100 }, // during all three
    ]
    expect(figuresOf(measured, failures)).toEqual([
      {
        kind: 'loop',
        placement: 'thread',
        count: 2,
        detectMs: [750, 700],
        recoverMs: [1_000, 1_200],
        failedRequests: 2,
      },
      { kind: 'kill_front', placement: 'inline', count: 1, detectMs: [0.3], recoverMs: [4], failedRequests: 2 },
    ])
  })

  test('a fault that was not recovered from has no time, and goes on', () => {
    const lost: Measured = { ...measured[0]!, recoveredMs: undefined }
    const [figures] = figuresOf([lost], [{ sentMs: 9_000, endedMs: 9_001 }])
    expect(figures).toMatchObject({ count: 1, detectMs: [750], recoverMs: [], failedRequests: 1 })
  })

  test.each([
    [[], undefined],
    [[7], { n: 1, median: 7, max: 7 }],
    [[9, 1, 5], { n: 3, median: 5, max: 9 }],
    [[4, 10, 2, 1], { n: 4, median: 3, max: 10 }],
  ])('the spread of %j', (values, expected) => expect(spreadOf(values)).toEqual(expected))
})

describe('a trial passes', () => {
  test('with 1 % failed', () => expect(shortcomings(passed)).toEqual([]))
})

describe('a trial does not pass', () => {
  const without = (i: number, what: 'detectedMs' | 'recoveredMs'): Measured[] =>
    measured.map((one, at) => (at === i ? { ...one, [what]: undefined } : one))
  test.each([
    [
      'when nothing was sent',
      { requests: { sent: 0, answered: 0, failed: 0, unanswered: 0, wrong: 0 } },
      ['no request was sent'],
    ],
    [
      'with a request unanswered',
      { requests: { ...passed.requests, unanswered: 1 } },
      ['1 of 1000 requests went unanswered'],
    ],
    ['with a wrong answer', { requests: { ...passed.requests, wrong: 2 } }, ['2 answers were wrong']],
    [
      'with more than 1 % failed',
      { requests: { ...passed.requests, failed: 11 } },
      ['11 of 1000 requests failed: more than 1 %'],
    ],
    ['when stopped early', { planned: 14 }, ['11 of 14 faults were not injected']],
    [
      'with a fault not noticed',
      { measured: without(0, 'detectedMs') },
      ['fault 1 (loop in shard-1) was not detected: stuck'],
    ],
    [
      'with a fault that stayed',
      { measured: without(1, 'recoveredMs') },
      ['fault 2 (kill_front in front) was not recovered from: killed'],
    ],
    ['with something left over', { leftovers: ['process 7 (node)'] }, ['1 things are left over']],
  ] as [string, Partial<TrialOutcome>, string[]][])('%s', (_, difference, expected) => {
    expect(shortcomings({ ...passed, ...difference })).toEqual(expected)
  })
})

test('JSON has the fields that programs rely on, and no others', () => {
  const evidence = { cause: 'stuck', handler: 'chaos.loop' }
  const schedule = measured.map(({ injection: one }) => (one.n === 3 ? { ...one, evidence } : one))
  const value: unknown = JSON.parse(toJson({ ...passed, leftovers: ['file x'] }, schedule, []))
  expect(value).toEqual({
    requests: { sent: 1_000, answered: 990, failed: 10, unanswered: 0, wrong: 0 },
    faults: [
      {
        kind: 'loop',
        placement: 'thread',
        count: 2,
        detectMs: [750, 700],
        recoverMs: [1_000, 1_200],
        failedRequests: 0,
      },
      { kind: 'kill_front', placement: 'inline', count: 1, detectMs: [0.3], recoverMs: [4], failedRequests: 0 },
    ],
    schedule: [
      { n: 1, kind: 'loop', placement: 'thread', target: 'shard-1', evidence: null },
      { n: 2, kind: 'kill_front', placement: 'inline', target: 'front', evidence: null },
      { n: 3, kind: 'loop', placement: 'thread', target: 'shard-0', evidence },
    ],
    leftovers: ['file x'],
  })
})

describe('the report', () => {
  test('as people read it', () => {
    const report = toReport({
      heading: 'Heading',
      outcome: passed,
      failures: [{ sentMs: 2_000, endedMs: 2_001 }],
      tree: ['search', '  front'],
    })
    expect(report).toBe(`Heading

Requests: 1000 sent, 990 answered, 10 failed, 0 unanswered, 0 wrong of 49 compared

fault       in      n  detected ms: median  max  replaced ms: median   max  failed requests
loop        thread  2                  725  750                 1100  1200                0
kill_front  inline  1                    0    0                    4     4                1

Tree at the end of the load
  search
    front

Left over: nothing

Passed.
`)
  })

  test('says why a trial did not pass', () => {
    const outcome = {
      ...passed,
      requests: { ...passed.requests, wrong: 1 },
      mistakes: ['"x" got …'],
      leftovers: ['process 7 (node)'],
    }
    const lines = toReport({ heading: '', outcome, failures: [], tree: [] }).split('\n')
    expect(lines).toContain('  wrong: "x" got …')
    const ending = [
      'Left over:',
      '  process 7 (node)',
      '',
      'Not passed:',
      '  1 answers were wrong',
      '  1 things are left over',
      '',
    ]
    expect(lines.slice(-ending.length)).toEqual(ending)
  })

  test('warns of what is weak in the tree', () => {
    const warnings = ['/Search: it lives on the root']
    const report = toReport({ heading: '', outcome: passed, failures: [], tree: [], warnings })
    expect(report).toContain('\nWarnings\n  /Search: it lives on the root\n')
  })

  test('a table without rows is its head', () => expect(table(['a', 'b', 'c'], [])).toEqual(['a  b  c']))
})

const corpus = openCorpus(
  packCorpus([
    { path: 'a.md', text: Buffer.from('one two\nthree ' + 'y'.repeat(70)) },
    { path: 'b.md', text: Buffer.from('two') },
  ]),
)

describe('checking an answer', () => {
  const results = [
    { path: 'a.md', line: 1, score: 1, html: '<p>one two</p>' },
    { path: 'b.md', line: 1, score: 1, html: '<p>two</p>' },
  ]
  const mistake = (answer: unknown): string | undefined => mistakeIn(JSON.stringify(answer), 'two', corpus)

  test('the right one', () => expect(mistake({ words: ['two'], total: 2, results })).toBeUndefined())

  test.each([
    ['a partial answer', { total: 1, results: results.slice(0, 1) }, 'the sequential scan says'],
    ['another order', { total: 2, results: results.toReversed() }, 'the sequential scan says'],
    ['another total', { total: 3, results }, 'the sequential scan says'],
    ['a wrong line', { total: 2, results: [results[0], { ...results[1], line: 2 }] }, 'the sequential scan says'],
    [
      'a snippet that is missing',
      { total: 2, results: [results[0], { ...results[1], html: '' }] },
      'b.md without its snippet',
    ],
    ['no results', { total: 2 }, 'does not have the shape'],
    ['nothing', null, 'does not have the shape'],
  ])('%s is a mistake', (_, answer, expected) => expect(mistake(answer)).toContain(expected))

  test('so is a body that is no JSON', () =>
    expect(mistakeIn('{"total":', 'two', corpus)).toContain('does not have the shape'))
})

describe('questions', () => {
  const ask = (seed: number): string[] => {
    const next = questionsFrom(corpus, createRandom(seed))
    return Array.from({ length: 300 }, next)
  }

  test('one seed asks the same, another seed something else', () => {
    expect(ask(1)).toEqual(ask(1))
    expect(ask(1)).not.toEqual(ask(2))
  })

  test('all are queries, nearly all have hits, some have none', () => {
    const totals = ask(3).map((question) => {
      const parsed = parseQuery([question])
      return parsed.ok ? searchSequentially(corpus, parsed.query.words).total : Number.NaN
    })
    expect(totals.filter((total) => total > 0).length).toBeGreaterThan(270)
    expect(totals).toContain(0)
    expect(totals).not.toContain(Number.NaN)
  })
})
