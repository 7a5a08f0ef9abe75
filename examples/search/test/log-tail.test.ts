import { expect, test } from 'vitest'
import { LogTail } from '../src/trial/log-tail.ts'

test('keeps the last sixty lines', () => {
  const tail = new LogTail()
  tail.add({ level: 'info', text: 'first' })
  for (let i = 1; i <= 60; i++) tail.add({ level: 'error', path: '/search', text: `line ${i}` })
  expect(tail.lines).toHaveLength(60)
  expect(tail.lines[0]).toBe('error /search line 1')
  expect(tail.lines.at(-1)).toBe('error /search line 60')
})
