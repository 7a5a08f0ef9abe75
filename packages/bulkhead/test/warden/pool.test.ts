import { describe, expect, test } from 'vitest'
import { newRecord } from '../../src/warden/node-record.ts'
import type { NodeBody } from '../../src/warden/node-body.ts'
import type { NodeRecord } from '../../src/warden/node-record.ts'
import { choose, nodeOfCompartment } from '../../src/warden/pool.ts'

interface State {
  readonly alive: number
  readonly placed?: number
  readonly load?: number
}

const nodeWith = ({ alive, placed = 0, load = 0 }: State, at: number): NodeRecord => {
  const record = newRecord(at, { vitals: { alive } } as unknown as NodeBody, undefined, 'pooled')
  record.placedSince = placed
  record.load = load
  return record
}

const chosen = (states: readonly State[], max: number): number | undefined => choose(states.map(nodeWith), max)?.id

describe('the next actor of a pool goes', () => {
  test.each([
    ['to a new node when there is none', [], 2, undefined],
    ['to one that is free', [{ alive: 3 }, { alive: 0 }], 2, 1],
    ['to a new node when none is free and there may be more', [{ alive: 1 }], 2, undefined],
    ['to the one with the fewest actors when there may be no more', [{ alive: 3 }, { alive: 1 }, { alive: 2 }], 3, 1],
    ['to the first of equals', [{ alive: 2 }, { alive: 2 }], 2, 0],
    ['elsewhere than to the one that others are on their way to', [{ alive: 0, placed: 2 }, { alive: 1 }], 2, 1],
    ['elsewhere than to a busy one with few actors', [{ alive: 1, load: 0.9 }, { alive: 40 }], 2, 1],
    ['to a busy one when the others hold a hundred actors more', [{ alive: 1, load: 0.9 }, { alive: 120 }], 2, 0],
  ] as const)('%s', (_title, states, max, expected) => {
    expect(chosen(states, max)).toBe(expected)
  })

  test('evenly, when the nodes are equally busy', () => {
    const nodes = [0, 1, 2].map((at) => nodeWith({ alive: 0 }, at))
    for (let placed = 0; placed < 9; placed++) (choose(nodes, 3) as NodeRecord).placedSince++
    expect(nodes.map(({ placedSince }) => placedSince)).toEqual([3, 3, 3])
  })
})

describe('the node of a compartment', () => {
  const nodeWithin = (handlerMs: number): NodeRecord =>
    newRecord(7, {} as NodeBody, { kind: 'thread', handlerMs }, 'compartment', 'billing')

  test('is there, or is not', () => {
    const node = nodeWithin(100)
    expect(nodeOfCompartment([node], { kind: 'thread', handlerMs: 100 })).toBe(node)
    expect(nodeOfCompartment([], { kind: 'thread', handlerMs: 100 })).toBeUndefined()
  })

  test('has one limit: an actor with another is an error that names both', () => {
    expect(() => nodeOfCompartment([nodeWithin(100)], { kind: 'thread', handlerMs: 200 })).toThrow(
      /limits\.handlerMs: 200 contradicts compartment: billing, whose node has limits\.handlerMs: 100/,
    )
  })
})
