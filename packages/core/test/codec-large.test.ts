import { Unpackr } from 'msgpackr'
import { expect, onTestFinished, test, vi } from 'vitest'
import { codecPair, largeReader } from './codec-samples.ts'

/** How often msgpackr reads a message from now on. */
function readings(): () => number {
  const spy = vi.spyOn(Unpackr.prototype, 'unpack')
  onTestFinished(() => spy.mockRestore())
  return () => spy.mock.calls.length
}

test('loading a node does not load msgpackr: the first large message does, and those after it are read by it', async () => {
  const read = readings()
  const { both } = codecPair()
  const message = { filler: 'f'.repeat(2_000) }
  expect(both(message).local).toEqual(message)
  expect(read()).toBe(0)
  await largeReader()
  expect(both(message).local).toEqual(message)
  expect(read()).toBe(1)
})

test('what another node has sent never comes to it, nor what is small', async () => {
  await largeReader()
  const read = readings()
  const { both } = codecPair()
  const before = both({ filler: 'f'.repeat(900) })
  expect(read()).toBe(0)
  expect(before.remote).toEqual(before.local)
  both({ filler: 'f'.repeat(2_000) })
  expect(read()).toBe(1)
})
