import { expect, test } from 'vitest'
import { ANSWER_MS, patiently, type Waiting } from '../src/actors/patience.ts'

class Down extends Error {}
const isDown = (error: unknown): boolean => error instanceof Down

/** A clock that moves only when somebody waits on it. */
function manualTime(): Waiting & { advance(ms: number): void } {
  let ms = 0
  const advance = (by: number): void => void (ms += by)
  return { now: () => ms, advance, pause: (by) => Promise.resolve(advance(by)) }
}

/** Fails `failures` times, each attempt lasting `eachMs`, then answers. */
function service(time: ReturnType<typeof manualTime>, failures: number, eachMs: number) {
  const asked: number[] = []
  const ask = (withinMs: number): Promise<string> => {
    asked.push(withinMs)
    time.advance(Math.min(eachMs, withinMs))
    return asked.length > failures ? Promise.resolve('answer') : Promise.reject(new Down(`attempt ${asked.length}`))
  }
  return { ask, asked }
}

test('an answer at once is asked for once', async () => {
  const time = manualTime()
  const { ask, asked } = service(time, 0, 10)
  expect(await patiently(ask, isDown, time)).toBe('answer')
  expect(asked).toEqual([ANSWER_MS])
})

test('a replacement that comes within the patience answers; its attempt may use what is left', async () => {
  const time = manualTime()
  const { ask, asked } = service(time, 3, 100)
  expect(await patiently(ask, isDown, time)).toBe('answer')
  // First failure at 100, so the deadline is 2,100; attempts start at 115, 230 and 345.
  expect(asked).toEqual([5_000, 1_985, 1_870, 1_755])
})

test('without a replacement the last failure is passed on when the patience is over, counted from the first failure', async () => {
  const time = manualTime()
  const { ask, asked } = service(time, Infinity, 485)
  await expect(patiently(ask, isDown, time)).rejects.toThrow('attempt 5')
  // Attempts at 0, 500, 1,000, 1,500 and 2,000; the deadline is 2,485, when the fifth fails.
  expect(asked).toHaveLength(5)
})

test('no attempt is given less than no time, however long a pause was', async () => {
  const time = manualTime()
  const { ask, asked } = service(time, Infinity, 0)
  const slow = { ...time, pause: () => Promise.resolve(time.advance(999)) }
  await expect(patiently(ask, isDown, slow)).rejects.toThrow('attempt 3')
  expect(asked).toEqual([5_000, 1_001, 2])
})

test('a failure that means something else is passed on at once', async () => {
  const time = manualTime()
  await expect(patiently(() => Promise.reject(new TypeError('mistake')), isDown, time)).rejects.toThrow('mistake')
  expect(time.now()).toBe(0)
})
