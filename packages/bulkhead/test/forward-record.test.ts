import { expect, test } from 'vitest'
import type { LogRecord } from '@bulkhead/core'
import { forwardRecord } from '../src/nodejs/forward-record.ts'

/** Posts as nodes do: by structured clone. */
function posted(...records: readonly LogRecord[]): LogRecord[] {
  const heard: LogRecord[] = []
  const log = forwardRecord((record) => heard.push(structuredClone(record)))
  for (const record of records) log(record)
  return heard
}

const record = (data: unknown): LogRecord => ({ level: 'error', text: 'crashed', data })

test('a record is forwarded as it is', () => {
  expect(posted(record({ a: [1, new Map([['b', 2]])] }))).toEqual([record({ a: [1, new Map([['b', 2]])] })])
})

test('data that cannot be forwarded goes printed: the record is not lost, and nobody fails because of it', () => {
  expect(posted(record({ onDone: () => undefined }))).toEqual([record('{ onDone: [Function: onDone] }')])
})
