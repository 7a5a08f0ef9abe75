import { describe, expect, test } from 'vitest'
import { runInline } from './bulkhead-side.ts'
import { compare } from './compare.ts'
import { Coverage } from './coverage.ts'
import { supervisor, worker } from './fixed.ts'
import { generate } from './generate.ts'
import { isLate } from './lateness.ts'
import { normaliseErlang } from './normalise.ts'
import type { Event, Observation } from './observation.ts'
import { readOptions } from './options.ts'
import { type Script, specsByPath } from './script.ts'
import { shrink } from './shrink.ts'
import { printTerm } from './term.ts'
import { asOtp27, isFair } from './versions.ts'

const seeds = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1)

const script: Script = {
  top: supervisor('top', { children: [worker('top.a'), worker('top.b')] }),
  plans: [],
  steps: [
    { do: 'end', at: 'top.a', how: 'crash' },
    { do: 'signal', at: 'top.b', reason: 'kill' },
  ],
}

const seen = (more: Partial<Observation>): Observation => ({
  began: 'runs',
  result: 'done',
  events: [],
  tree: [],
  ended: [],
  at: 0,
  ...more,
})

describe('a seed', () => {
  test('gives the same script each time', () => {
    for (const seed of seeds(50)) expect(generate(seed)).toEqual(generate(seed))
  })

  test('and another one give different scripts', () => {
    expect(new Set(seeds(200).map((seed) => JSON.stringify(generate(seed)))).size).toBe(200)
  })

  test('gives a script that every release of OTP can run', () => {
    for (const seed of seeds(500)) {
      const made = generate(seed)
      const specs = specsByPath(made)
      expect(made.steps.every((step, at) => isFair(specs, step, made.steps[at + 1]))).toBe(true)
    }
  })

  test('does to Bulkhead what it did before', async () => {
    for (const seed of seeds(6)) {
      const made = generate(seed)
      expect(compare(made, await runInline(made), await runInline(made))).toBeUndefined()
    }
  })
})

test('half of the scripts have twelve steps or more', () => {
  const lengths = seeds(1_000).map((seed) => generate(seed).steps.length)
  expect(lengths.toSorted((a, b) => a - b)[500]).toBeGreaterThanOrEqual(12)
})

test('coverage counts what happened, and says what happened too little', async () => {
  const coverage = new Coverage()
  coverage.add(script, await runInline(script))
  const covered = coverage.lines().filter((line) => !line.startsWith('      0'))
  expect(covered).toEqual([
    '      1  end | one_for_one | permanent | an exception | depth 1',
    '      1  end | one_for_one | permanent | killed | depth 1',
  ])
  expect(coverage.lacking()[0]).toBe('steps: half of the scripts have 2')
})

test('terms are printed as Erlang reads them', () => {
  expect(printTerm({ onStop: "it's", list: [1, true], none: undefined })).toBe(
    String.raw`#{'on_stop'=>'it\'s','list'=>[1,'true']}`,
  )
})

describe('what Erlang prints', () => {
  const normal = (result: unknown): unknown => normaliseErlang([{ tuple: ['runs', result, [], [], [], 1] }])[0]!.result
  const tuple = (...terms: readonly unknown[]): unknown => ({ tuple: terms })
  const stack = [tuple('differ_worker', 'init', 1, [])]

  test.each([
    ['{shutdown, done}', tuple('shutdown', 'done'), { shutdown: 'done' }],
    ['an exception', tuple('boom', stack), { crash: 'boom' }],
    [
      'a start that failed',
      tuple('error', tuple('shutdown', tuple('failed_to_start_child', 'a', tuple('boom', stack)))),
      { error: { shutdown: { failed_to_start_child: 'a', reason: { crash: 'boom' } } } },
    ],
    ['a refused start_child', tuple('error', tuple('refused', tuple('child', 'undefined'))), { error: 'refused' }],
    [
      'an id that is taken',
      tuple('error', tuple('already_started', 'top.a#1')),
      { error: { already_started: 'top.a#1' } },
    ],
    ['a child', [tuple('a', 'top.a#1', 'worker', ['m'])], [{ id: 'a', pid: 'top.a#1', type: 'worker' }]],
    ['counts', [tuple('specs', 1), tuple('active', 0)], { specs: 1, active: 0 }],
  ])('%s has a normal form', (_what, printed, expected) => {
    expect(normal(printed)).toEqual(expected)
  })
})

describe('OTP 25', () => {
  const dynamic = { top: { ...supervisor('top'), kind: 'dynamic', template: worker('top.template') }, plans: [] }
  const counts = { active: 2, specs: 1, supervisors: 0, workers: 2 }
  const children = [
    { id: 'undefined', pid: 'top.1#1', type: 'worker' },
    { id: 'undefined', pid: 'undefined', type: 'worker' },
  ]
  const observed = [seen({ result: counts, tree: [{ who: 'top#1', children, counts }] })]
  const asked = { ...dynamic, steps: [{ do: 'ask', at: 'top', request: { call: 'count' } }] } as unknown as Script

  test('lists ignored children that 27 has dropped', () => {
    const [mapped] = asOtp27('25', asked, observed)
    expect(mapped!.tree[0]!.children).toEqual([children[0]])
    expect(mapped!.tree[0]!.counts).toEqual({ ...counts, active: 1, workers: 1 })
    expect(mapped!.result).toEqual({ ...counts, active: 1, workers: 1 })
    expect(asOtp27('27', asked, observed)).toEqual(observed)
  })

  test('may let the end of a supervisor overtake that of a child that did not start', () => {
    const failed = { ...script, plans: [{ path: 'top.a', outcomes: ['stop'] }] } as Script
    const why = { shutdown: { failed_to_start_child: 'a', reason: 'refused' } }
    const events: Event[] = [
      { what: 'start', who: 'top#1' },
      { what: 'start', who: 'top.a#1' },
      { what: 'down', who: 'top.a#1', reason: why },
      { what: 'down', who: 'top#1', reason: why },
    ]
    const ends = asOtp27('25', failed, [seen({ events })])[0]!.events.filter(({ what }) => what === 'down')
    expect(ends).toEqual([
      { what: 'down', who: 'top.a#1', reason: 'refused' },
      { what: 'down', who: 'top#1', reason: why },
    ])
  })
})

describe('comparing', () => {
  const a: Event = { what: 'stop', who: 'top.a#1', reason: 'shutdown' }
  const b: Event = { what: 'stop', who: 'top.b#1', reason: 'shutdown' }
  const started: Event[] = ['top#1', 'top.a#1', 'top.b#1'].map((who) => ({ what: 'start', who }))

  test('finds another order where the supervisor imposes one', () => {
    const difference = compare(script, [seen({ events: [...started, a, b] })], [seen({ events: [...started, b, a] })])
    expect(difference).toMatchObject({ step: 0, what: 'what happened in which order' })
  })

  test('lets the children of a killed supervisor end in any order', () => {
    const killed: Event = { what: 'down', who: 'top#1', reason: 'killed' }
    const theirs = seen({ events: [...started, killed, a, b] })
    const ours = seen({ events: [...started, killed, b, a] })
    expect(compare(script, [theirs], [ours])).toBeUndefined()
  })

  test.each([
    ['what was returned', { result: 'ok' }],
    ['how the top began', { began: 'started' }],
    ['how the top ended', { ended: ['shutdown'] }],
    ['who ended and why', { events: [{ what: 'down', who: 'top.a#1', reason: 'normal' }] }],
    ['the tree at rest', { tree: [{ who: 'top#1', children: [], counts: {} }] }],
  ] as const)('finds a difference in %s', (what, more) => {
    expect(compare(script, [seen({})], [seen(more)])).toMatchObject({ step: 0, what })
  })
})

describe('a script that ran slowly', () => {
  const crash = { do: 'end', at: 'top.a', how: 'crash' } as const
  const wait = { do: 'wait', ms: 5_300 } as const
  const within = (period: number, ...steps: Script['steps']): Script => ({
    top: supervisor('top', { period, children: [worker('top.a')] }),
    plans: [],
    steps,
  })
  const at = (...times: readonly number[]): Observation[] => times.map((each) => seen({ at: each }))

  test('says nothing when a period may have run out between two restarts', () => {
    expect(isLate(within(3, crash, crash), at(0, 2_400))).toBe(false)
    expect(isLate(within(3, crash, crash), at(0, 2_600))).toBe(true)
  })

  test('is fine where the period has run out on purpose, or never does', () => {
    expect(isLate(within(3, crash, wait, crash), at(0, 5_300, 9_000))).toBe(true)
    expect(isLate(within(3, crash, wait, crash), at(0, 5_300, 7_000))).toBe(false)
    expect(isLate(within(1_000, crash, crash), at(0, 90_000))).toBe(false)
  })

  test('says nothing when one wait and what follows it take a period that two waits take', () => {
    const slides = within(9, crash, wait, crash, wait, crash)
    expect(isLate(slides, at(0, 5_300, 5_400, 10_700, 10_800))).toBe(false)
    expect(isLate(slides, at(0, 5_300, 5_400, 10_700, 14_100))).toBe(true)
  })
})

describe('shrinking', () => {
  test('keeps what is needed and drops the rest', async () => {
    const needs = (each: Script): Promise<boolean> =>
      Promise.resolve(each.steps.some((step) => step.do === 'signal' && step.reason === 'kill'))
    const long = seeds(50).map(generate)
    const first = (await Promise.all(long.map(needs))).indexOf(true)
    const found = await shrink(long[first]!, needs)
    expect(found.steps).toHaveLength(1)
    expect(found.steps[0]).toMatchObject({ do: 'signal', reason: 'kill' })
    expect(found.top.kind === 'supervisor' ? found.top.children : []).toEqual([])
  })

  test('of what cannot be smaller gives it back', async () => {
    expect(await shrink(script, () => Promise.resolve(false))).toBe(script)
  })
})

describe('options', () => {
  test('are 200 scripts from seed 1 on, inline, by default', () => {
    expect(readOptions([])).toEqual({
      count: 200,
      seed: 1,
      placement: 'inline',
      record: false,
      shrink: true,
      help: false,
    })
  })

  test.each([
    [['--count', 'many'], /--count is "many"/],
    [['--count', '0'], /--count is "0"/],
    [['--seed', '1.5'], /--seed is "1.5"/],
    [['--placement', 'moon'], /--placement is "moon"/],
    [['--sead', '1'], /--sead/],
  ])('%o are refused with a reason', (argv, reason) => {
    expect(() => readOptions(argv)).toThrow(reason)
  })
})
