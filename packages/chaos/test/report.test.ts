import { describe, expect, test } from 'vitest'
import { asHtml, asJson, asText, outagesOf } from '@bulkhead/chaos'
import type { ChaosReport } from '@bulkhead/chaos'
import { problemsOf } from '../src/report.ts'
import { faultsIn } from './html.ts'
import { injected, report } from './sample-report.ts'

describe('the steady state', () => {
  test('is blamed on the faults that were under way', () => {
    expect(outagesOf(report).map(({ fromMs, during }) => [fromMs, during])).toEqual([[3_100, [3]]])
  })

  test('and on those that were never recovered from', () => {
    const injections = [injected(1, { outcome: 'not_recovered', recoveredMs: undefined })]
    expect(outagesOf({ ...report, injections })[0]?.during).toEqual([1])
  })
})

describe('a run has passed', () => {
  test('when each fault was injected and recovered from, though the steady state was lost meanwhile', () => {
    expect(problemsOf(report)).toEqual([])
  })
})

describe('a run has not passed', () => {
  const steady = report.steady!
  test.each([
    ['when the time did not suffice', { planned: 4 }, ['1 of 4 faults were not injected']],
    [
      'with a fault that was refused',
      { injections: [injected(1, { outcome: 'refused', why: 'nobody was there' })], planned: 1, steady: undefined },
      ['fault 1 (throw in /shop/cart) was refused: nobody was there'],
    ],
    [
      'with one that was not noticed, or stayed',
      {
        planned: 2,
        steady: undefined,
        injections: [
          injected(1, { outcome: 'not_detected', why: 'it had not ended' }),
          injected(2, { outcome: 'not_recovered', why: 'nobody was ready' }),
        ],
      },
      [
        'fault 1 (throw in /shop/cart) was not detected: it had not ended',
        'fault 2 (throw in /shop/cart) was not recovered from: nobody was ready',
      ],
    ],
    [
      'when the steady state is lost by itself',
      { injections: [injected(1, {}), injected(2, {}), injected(5, {})] },
      ['the steady state was lost at 3.1 s while nothing was injected: status 503'],
    ],
    [
      'when it is not there at the end',
      { steady: { ...steady, stretches: [{ ok: false, fromMs: 5_000, toMs: 9_900, checks: 9, why: 'gone' }] } },
      ['the steady state was not there at the end: gone'],
    ],
  ] as [string, Partial<ChaosReport>, string[]][])('%s', (_name, difference, expected) => {
    expect(problemsOf({ ...report, ...difference })).toEqual(expected)
  })
})

test('the text, as people read it', () => {
  expect(asText(report)).toBe(`Chaos from seed 7: 3 of 3 faults in 10.0 s

at     fault  target      in       seen                         noticed ms  recovered ms
1.0 s  throw  /shop/cart  thread   error                                 4           250
3.0 s  loop   /shop/db    process  stuck (chaos.loop)                    4           250
5.0 s  cut    /shop/cart  thread   cut (3 frames held, 801 ms)           4           250

Steady state: 40 checks, 2 failed, the slowest took 312 ms
  3.1 s to 3.2 s during fault 3: status 503

Not injected, since it would not be contained:
  heap in /shop/cart, /shop/front: only an OS process contains memory exhaustion

Warnings:
  /shop: it lives on the root; move it

Passed.
`)
  expect(asText({ ...report, problems: ['it burns'], passed: false })).toContain('\nNot passed:\n  it burns\n')
})

test('the JSON has all of it, with null for what is not known', () => {
  const value = JSON.parse(asJson({ ...report, injections: [injected(1, { pidAfter: undefined })] })) as Record<
    string,
    unknown
  >
  expect(Object.keys(value).toSorted()).toEqual([
    'injections',
    'lastedMs',
    'outages',
    'passed',
    'planned',
    'problems',
    'restarts',
    'seed',
    'skipped',
    'startedAt',
    'startedMs',
    'steady',
    'warnings',
  ])
  expect(value['injections']).toEqual([
    {
      n: 1,
      atMs: 1_000,
      fault: { kind: 'throw' },
      target: '/shop/cart',
      placement: 'thread',
      outcome: 'recovered',
      injectedMs: 1_000,
      detectedMs: 1_004,
      recoveredMs: 1_250,
      node: 2,
      pidBefore: '<x.2.1>',
      pidAfter: null,
      evidence: { cause: 'error', reason: 'Error: chaos' },
      alsoHit: [],
    },
  ])
})

describe('the page', () => {
  const hostile = `</svg></title></style><script>alert(1)</script><img src=x onerror='alert(1)'>"&\u0000`
  const attacked: ChaosReport = {
    ...report,
    injections: [
      injected(1, {
        target: hostile,
        evidence: { cause: hostile, reason: hostile, signal: hostile, handler: hostile },
        outcome: 'not_recovered',
        recoveredMs: undefined,
        pidAfter: hostile,
        alsoHit: [hostile],
        why: hostile,
      }),
    ],
    skipped: [{ kind: 'heap', target: hostile, why: hostile }],
    steady: { ...report.steady!, stretches: [{ ok: false, fromMs: 0, toMs: 9_000, checks: 1, why: hostile }] },
    restarts: [{ atMs: 1, child: hostile }],
    warnings: [{ path: hostile, node: 1, why: hostile, advice: hostile }],
    problems: [hostile],
    passed: false,
  }
  const empty: ChaosReport = {
    ...report,
    planned: 0,
    lastedMs: 0,
    injections: [],
    skipped: [],
    steady: undefined,
    restarts: [],
    warnings: [],
  }

  test.each([
    ['of a usual run', report],
    ['of a run in which nothing happened', empty],
    ['whose messages are hostile', attacked],
  ])('%s is whole, and takes nothing from elsewhere', (_name, of) => {
    expect(faultsIn(asHtml(of))).toEqual([])
  })

  test('holds no element that a message has made', () => {
    const page = asHtml(attacked)
    for (const piece of ['<script', '<img', "onerror='", '\u0000']) expect(page).not.toContain(piece)
    expect(page).toContain('&lt;script&gt;')
  })

  test('says what the drawing says in a table too, and each bar leads there', () => {
    const page = asHtml(report)
    for (const { n, fault, target } of report.injections) {
      expect(page).toContain(`<a href="#fault-${n}" aria-label="Fault ${n}: ${fault.kind} in ${target}`)
      expect(page).toMatch(new RegExp(`<tr id="fault-${n}"><td>${n}</td><td>[^<]*</td><td>${fault.kind}</td>`))
    }
    expect(page.match(/<rect class="fault"/g)).toHaveLength(3)
    expect(page.match(/<rect class="lost"/g)).toHaveLength(1)
    expect(page.match(/<rect class="restart"/g)).toHaveLength(1)
  })

  test('draws a bar from the injection to the recovery', () => {
    // 1,000 units for 10 s, behind 130 for the labels: 1 s to 1.25 s.
    expect(asHtml(report)).toMatch(/<rect class="fault" x="230" y="[\d.]+" width="25"/)
  })

  test('is readable in light and in dark', () => {
    const page = asHtml(report)
    expect(page).toContain('<meta name="color-scheme" content="light dark">')
    expect(page).toContain('@media (prefers-color-scheme: dark)')
  })
})
