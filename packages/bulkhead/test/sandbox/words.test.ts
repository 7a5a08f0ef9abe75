import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Pid, PolicedActor } from '@bulkhead/core'
import type { FromNode } from '../../src/control.ts'
import { isForWarden, readWord, verdictFor } from '../../src/sandbox/words.ts'

const pid = '<sys.7.1>' as Pid
const placement = { kind: 'process', share: 'dedicated' }
const actor = {
  pid,
  parent: '<sys.1.1>',
  name: 'guest',
  request: { behaviour: 'Guest', path: '/guest', restarts: 2, placement },
} as unknown as PolicedActor
const actors = new Map([[1, actor]])

const read = (word: unknown, known = actors) =>
  readWord(Buffer.from(typeof word === 'string' ? word : JSON.stringify(word)), known)

/** Everything that a node has to say to its warden, as its host says it. */
const wordsOfNodes = {
  started: { type: 'started', thread: 1 },
  up: { type: 'up' },
  connect: { type: 'connect', peer: 3 },
  listening: { type: 'listening', address: 'x' },
  unreachable: { type: 'unreachable', peer: 3, why: 'x' },
  allocate: { type: 'allocate', request: 1, decision: placement, path: '/x' },
  kind_of: { type: 'kind_of', request: 1, node: 3 },
  learn: { type: 'learn', request: 1, path: '/x', decision: placement, evidence: {} },
  lingers: { type: 'lingers', request: 1, paths: ['/x'] },
  end_node: { type: 'end_node', node: 3, why: { cause: 'unknown' } },
  fenced_by_peer: { type: 'fenced_by_peer', node: 3 },
  handler: { type: 'handler', id: 1, name: 'x' },
  population: { type: 'population', population: { alive: 'none' } },
  awaited: { type: 'awaited', path: '/x', count: 1 },
  output: { type: 'output' },
  pong: { type: 'pong', ping: 1 },
  log: { type: 'log', record: { level: 'info', text: 'x' } },
  snapshot: { type: 'snapshot', request: 0, snapshot: { node: 7, actors: [] } },
  crashed: { type: 'crashed', news: { pid, reason: 'x' } },
  failing: { type: 'failing', error: { name: 'Error', message: '', stack: '', fields: {} }, culprit: undefined },
  stopped: { type: 'stopped' },
  hurt_begun: { type: 'hurt_begun', request: 1 },
  hurt_done: { type: 'hurt_done', request: 1 },
  hurt_refused: { type: 'hurt_refused', request: 1, why: 'x' },
} satisfies Record<FromNode['type'], unknown>
/** What a sandbox says in words of its own. */
const saidOtherwise = ['started', 'pong']

test.each(Object.entries(wordsOfNodes).filter(([type]) => !saidOtherwise.includes(type)))(
  'an honest node in a sandbox says %s only if that is a word that a sandbox may say',
  (_, word) => {
    expect(isForWarden(word as FromNode)).toBe(read(word) !== undefined)
  },
)

describe('a word of a sandbox', () => {
  test.each([
    'no JSON',
    '[]',
    'null',
    '5',
    { type: 'allocate', request: 1 },
    { type: 'end_node', node: 2 },
    { type: 'learn' },
    { type: 'connect', peer: 3 },
    { type: 'pong', ping: 'x' },
    { type: 'toString' },
    { type: 'crashed', news: { pid: '<sys.1.1>', reason: 'x' } },
    {},
  ])('%o is none', (word) => {
    expect(read(word)).toBeUndefined()
  })

  test('of any other shape is none, or harmless, and nothing worse', () => {
    const types = ['snapshot', 'log', 'crashed', 'failing', 'population', 'pong', 'up']
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.object({ maxDepth: 4 }), fc.jsonValue(), (type, fields, rest) => {
        expect(() => read({ ...fields, type, snapshot: rest, record: rest, news: fields, error: rest })).not.toThrow()
      }),
    )
  })

  test('about its actors is believed as far as nobody else knows', () => {
    const forged = {
      pid,
      behaviour: 'Top',
      type: 'supervisor',
      path: '/',
      parent: '<sys.9.9>',
      name: 'db',
      status: 'on fire',
      handler: 'h'.repeat(500),
      mailbox: { count: 3, bytes: -1 },
      restarts: 99,
      placement: { kind: 'inline' },
    }
    const word = read({ type: 'snapshot', request: 4, snapshot: { actors: [forged, { ...forged, pid: '<sys.1.1>' }], counters: { sent: 5, handled: 'x' } } }) // prettier-ignore
    expect(word).toEqual({
      type: 'snapshot',
      request: 4,
      snapshot: {
        node: 0,
        actors: [
          {
            pid,
            behaviour: 'Guest',
            type: 'worker',
            path: '/guest',
            parent: '<sys.1.1>',
            name: 'guest',
            status: 'waiting',
            handler: 'h'.repeat(200),
            mailbox: { count: 3, bytes: 0 },
            restarts: 2,
            placement,
          },
        ],
        counters: { sent: 5, handled: 0, encoded: 0, decoded: 0, deadLetters: 0 },
      },
    })
  })

  test('to the log is text, in the name of its own actors', () => {
    const record = { level: 'panic', text: 'x'.repeat(20_000), pid: '<sys.1.1>', path: '/db', data: { a: 1 } }
    expect(read({ type: 'log', record })).toEqual({
      type: 'log',
      record: { level: 'info', text: 'x'.repeat(8_192), data: '{ a: 1 }' },
    })
    expect(read({ type: 'log', record: { level: 'error', text: 'y', pid } })).toMatchObject({
      record: { level: 'error', pid, path: '/guest' },
    })
  })

  test('about its population names no other actor', () => {
    expect(read({ type: 'population', population: { alive: 'one', sole: { serial: 0, path: '/db' } } })).toEqual({
      type: 'population',
      population: { alive: 'one', sole: { serial: 1, path: '/guest' } },
    })
    expect(read({ type: 'population', population: { alive: 'one' } }, new Map())).toMatchObject({
      population: { alive: 'none' },
    })
  })

  test('of an error that ends it is three texts', () => {
    const error = { name: 5, message: 'boom', stack: ['x'], fields: { toString: 1 } }
    expect(read({ type: 'failing', error })).toEqual({
      type: 'failing',
      error: { name: 'Error', message: 'boom', stack: '', fields: {} },
      culprit: undefined,
    })
  })
})

test('of the end of a node it is told the cause, and not what that node has printed', () => {
  const evidence = { node: 3, domain: 'sys.3', cause: 'stuck', output: ['secret'], handler: 'Db.query' } as const
  expect(
    verdictFor({ evidence, fenced: true, culprit: { pid, reason: { stuck: { handler: 'x', forMs: 1 } } } }),
  ).toEqual({
    evidence: { node: 3, domain: 'sys.3', cause: 'stuck' },
    culprit: { pid, reason: 'stuck' },
  })
})
