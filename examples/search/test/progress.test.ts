import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { progressLine, showProgress, type Progress } from '../src/trial/progress.ts'

const progress: Progress = {
  elapsedMs: 11_250,
  totalMs: 45_000,
  requests: { sent: 1_000, answered: 990, failed: 3, unanswered: 0, wrong: 0 },
  injected: 5,
  planned: 26,
  current: 'loop in shard-1',
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a line', () => {
  expect(progressLine(progress, 100)).toBe(
    '█████░░░░░░░░░░░░░░░ 11/45 s · 990 answered, 3 failed · fault 5/26: loop in shard-1',
  )
  expect(progressLine({ ...progress, elapsedMs: 60_000, current: undefined }, 100)).toBe(
    '████████████████████ 60/45 s · 990 answered, 3 failed · fault 5/26',
  )
})

test('never wraps', () => expect(progressLine(progress, 40)).toHaveLength(39))

test('a terminal gets the line again and again, and an empty one at the end', () => {
  const written: string[] = []
  const shown = showProgress({ isTTY: true, columns: 100, write: (text) => written.push(text) }, () => progress)
  vi.advanceTimersByTime(400)
  shown.stop()
  vi.advanceTimersByTime(1_000)
  expect(written).toHaveLength(3)
  expect(written[0]).toContain('fault 5/26')
  expect(written[2]).toBe('\r\x1b[2K')
})

test('anything else gets nothing', () => {
  const written: string[] = []
  const shown = showProgress({ write: (text) => written.push(text) }, () => progress)
  vi.advanceTimersByTime(1_000)
  shown.stop()
  expect(written).toEqual([])
})

test('a terminal that says it has no columns gets a line of the usual width', () => {
  const written: string[] = []
  const shown = showProgress({ isTTY: true, columns: 0, write: (text) => written.push(text) }, () => progress)
  vi.advanceTimersByTime(200)
  shown.stop()
  expect(written[0]).toContain('11/45 s')
})
