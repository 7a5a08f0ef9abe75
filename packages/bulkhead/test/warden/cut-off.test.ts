import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { cutOff, endOf, unkillableMs } from '../../src/warden/cut-off.ts'
import type { CuttingOff } from '../../src/warden/cut-off.ts'
import type { BodyEnd, NodeBody } from '../../src/warden/node-body.ts'
import type { NodeRecord } from '../../src/warden/node-record.ts'

const stuck: BodyEnd = { cause: 'stuck', handler: 'Counter.add', forMs: 5_000 }
const killed: BodyEnd = { cause: 'signaled', signal: 'SIGKILL' }

/** A node, and what was done to it and told of it. */
function node(kind: NodeBody['kind']) {
  const events: string[] = []
  const body = { kind, kill: () => void events.push('killed') } as unknown as NodeBody
  const record: Pick<NodeRecord, 'verdict' | 'ending' | 'body'> = { body, verdict: undefined, ending: undefined }
  const cuttingOff: CuttingOff = {
    mayLinger: () => void events.push('counted'),
    fence: (end) => void events.push(`fenced: ${end.cause}`),
  }
  return { record, events, cuttingOff }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a node that is ended by force', () => {
  test('a thread is fenced at once, since nobody knows when its native call returns; it is being ended before anybody is told', () => {
    const { record, events, cuttingOff } = node('thread')
    cutOff(record, stuck, cuttingOff)
    expect(events.filter((event) => event !== 'counted')).toEqual(['killed', 'fenced: stuck'])
  })

  test('a thread is known to linger before anybody is told: who hears of it may leave at once', () => {
    const { record, events, cuttingOff } = node('thread')
    cutOff(record, stuck, cuttingOff)
    expect(events.filter((event) => event !== 'killed')).toEqual(['counted', 'fenced: stuck'])
  })

  test('the end of an OS process is told when it has ended, and then why it was ended', () => {
    const { record, events, cuttingOff } = node('process')
    cutOff(record, stuck, cuttingOff)
    vi.advanceTimersByTime(unkillableMs - 1)
    expect(events).toEqual(['killed'])
    expect(endOf(record, killed)).toBe(stuck)
  })

  test('one that the operating system does not end is given up', () => {
    const { record, events, cuttingOff } = node('process')
    cutOff(record, stuck, cuttingOff)
    vi.advanceTimersByTime(unkillableMs)
    expect(events).toEqual(['killed', 'fenced: stuck'])
  })

  test('one that has its verdict by then is left alone', () => {
    const { record, events, cuttingOff } = node('process')
    cutOff(record, stuck, cuttingOff)
    record.verdict = { evidence: { node: 2, domain: 'system.2', cause: 'stuck' } }
    vi.advanceTimersByTime(unkillableMs)
    expect(events).toEqual(['killed'])
  })

  test('the first reason counts', () => {
    const { record, events, cuttingOff } = node('process')
    cutOff(record, stuck, cuttingOff)
    cutOff(record, { cause: 'killed' }, cuttingOff)
    expect([events, record.ending]).toEqual([['killed'], stuck])
  })

  test('that ends by itself ends for its own reason', () => {
    expect(endOf(node('process').record, killed)).toBe(killed)
  })
})
