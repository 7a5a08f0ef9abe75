import { describe, expect, test } from 'vitest'
import {
  ActorExited,
  BulkheadError,
  CallFailed,
  InvalidOption,
  isCleanExit,
  NameError,
  NotLoadable,
  NotSendable,
  PlacementError,
  show,
  StartFailed,
  Undecodable,
} from '../src/index.ts'
import type { Pid } from '../src/index.ts'

const pid = '<test.1.2>' as Pid

describe('an error of Bulkhead', () => {
  const errors: readonly (readonly [BulkheadError, string, string])[] = [
    [new InvalidOption('ms', -1, 'give more'), 'InvalidOption', 'invalid_option'],
    [new ActorExited(pid), 'ActorExited', 'actor_exited'],
    [new CallFailed(pid, 'get', 'noproc'), 'CallFailed', 'noproc'],
    [new CallFailed(pid, 'get', { other: 1 }), 'CallFailed', 'exited'],
    [new StartFailed('Counter', 'timeout'), 'StartFailed', 'start_failed'],
    [new NameError('name_taken', 'db', 'taken', pid), 'NameError', 'name_taken'],
    [new PlacementError('no'), 'PlacementError', 'placement'],
    [new NotLoadable('no'), 'NotLoadable', 'not_loadable'],
    [new NotSendable('message', 'is a function'), 'NotSendable', 'not_sendable'],
    [new Undecodable('bytes'), 'Undecodable', 'undecodable'],
  ]

  test.each(errors)('%s has its name and a stable code', (error, name, code) => {
    expect(error).toBeInstanceOf(BulkheadError)
    expect([error.name, error.code]).toEqual([name, code])
    expect(String(error)).toBe(`${name}: ${error.message}`)
  })

  test.each(['noproc', 'noconnection', 'timeout', 'calling_self', 'overloaded', 'undecodable', 'undefined_call'])(
    'a call that failed with %s has that code',
    (reason) => {
      expect(new CallFailed('db', 'get', reason)).toMatchObject({ code: reason, reason, target: 'db', call: 'get' })
    },
  )

  test.each(['normal', 'shutdown', 'killed', undefined, 5])(
    'a call that failed with the exit reason %o has the code exited',
    (reason) => {
      expect(new CallFailed('db', 'get', reason).code).toBe('exited')
    },
  )

  test('an error among the reasons is the cause', () => {
    const cause = new Error('deep')
    expect([new CallFailed(pid, 'get', cause).cause, new StartFailed('Counter', cause).cause]).toEqual([cause, cause])
    expect('cause' in new CallFailed(pid, 'get', 'noproc')).toBe(false)
  })
})

describe('what went wrong is said in words', () => {
  test('a start that failed because its node ended says how that ended', () => {
    const node = { node: 7, domain: 'system.7', cause: 'exited', code: 3 } as const
    const error = new StartFailed('child cart', 'noconnection', node)
    expect(error.message).toBe('child cart did not start: "noconnection" (node 7 ended: exited 3)')
    expect(error.node).toBe(node)
  })

  test('a supervisor that did not start because of a child of a child says what really failed', () => {
    const cause = new Error('no database')
    const inner = { shutdown: { failed_to_start_child: 'db', reason: cause } }
    const error = new StartFailed('Shop', { shutdown: { failed_to_start_child: 'store', reason: inner } })
    expect(error.message).toBe(
      'Shop did not start: its child store did not start: its child db did not start: Error: no database',
    )
    expect(error.cause).toBe(cause)
  })

  test('an error inside a reason is shown with its message', () => {
    expect(show({ shutdown: { reason: new RangeError('too far') } })).toBe(
      '{"shutdown":{"reason":"RangeError: too far"}}',
    )
  })

  test.each([
    ['timeout', /timeout \(no reply in time/],
    ['noproc', /noproc \(there is no such actor\)/],
    ['because', /failed: "because"/],
    ['toString', /failed: "toString"/],
  ])('a call that failed with %s', (reason, message) => {
    expect(new CallFailed(pid, 'get', reason).message).toMatch(message)
  })

  test('a reference of a system that has stopped says so', () => {
    expect(new ActorExited('<test.1.0>' as Pid).message).toMatch(/the system has stopped/)
  })
})

describe('show', () => {
  const endless: { self?: unknown } = {}
  endless.self = endless

  test.each([
    ['text', '"text"'],
    [5, '5'],
    [undefined, 'undefined'],
    [null, 'null'],
    [10n, '10'],
    [Symbol('s'), 'Symbol(s)'],
    [{ a: [1, 2n] }, '{"a":[1,"2n"]}'],
    [new TypeError('bad'), 'TypeError: bad'],
    [function named() {}, 'function named'],
    [endless, '[object Object]'],
    [{ toJSON: () => undefined }, '[object Object]'],
    [
      {
        toJSON: () => {
          throw new Error('no')
        },
      },
      '[object Object]',
    ],
  ])('prints %o', (value, text) => {
    expect(show(value)).toBe(text)
  })

  test('never grows beyond a line', () => {
    for (const value of ['x'.repeat(10_000), { list: Array(10_000).fill('x') }])
      expect(show(value).length).toBeLessThan(310)
  })
})

test.each([
  ['normal', true],
  ['shutdown', true],
  [{ shutdown: 'why' }, true],
  [{ shutdown: undefined }, true],
  ['killed', false],
  ['noproc', false],
  [{ other: 1 }, false],
  [undefined, false],
  [null, false],
  [Object.assign(new Error('x'), { shutdown: 1 }), false],
])('an end by %o is clean: %s (SRV-044)', (reason, clean) => {
  expect(isCleanExit(reason)).toBe(clean)
})
