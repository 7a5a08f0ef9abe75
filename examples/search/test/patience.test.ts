import { CallFailed } from 'bulkhead'
import { expect, test } from 'vitest'
import { patiently, type Waiting } from '../src/actors/patience.ts'

/** A clock that moves only when somebody waits on it. */
function manualTime(): Waiting & { advance(ms: number): void } {
  let ms = 0
  const advance = (by: number): void => void (ms += by)
  return { now: () => ms, advance, pause: (by) => Promise.resolve(advance(by)) }
}

/** Fails with one reason after another, then answers. */
function failing(...reasons: unknown[]) {
  let asked = 0
  const ask = (): Promise<string> => {
    const reason = reasons[asked++]
    return reason === undefined ? Promise.resolve('answer') : Promise.reject(new CallFailed('shard', 'search', reason))
  }
  return { ask, asked: () => asked }
}

const forever = (reason: unknown) => () => Promise.reject(new CallFailed('shard', 'search', reason))

test('an answer at once is asked for once', async () => {
  const { ask, asked } = failing()
  expect(await patiently(ask, manualTime())).toBe('answer')
  expect(asked()).toBe(1)
})

test.each([
  ['noproc'],
  ['noconnection'],
  [new Error('crashed')],
  [{ stuck: { handler: 'Shard.search', forMs: 1_000 } }],
])('after %o the replacement answers', async (reason) => {
  const { ask, asked } = failing(reason, 'noproc', 'noproc')
  expect(await patiently(ask, manualTime())).toBe('answer')
  expect(asked()).toBe(4)
})

test('without a replacement it is over after two seconds', async () => {
  const time = manualTime()
  await expect(patiently(forever('noproc'), time)).rejects.toMatchObject({ code: 'noproc' })
  expect(time.now()).toBeGreaterThanOrEqual(2_000)
  expect(time.now()).toBeLessThan(2_100)
})

test('a replacement that ends too starts a wait of its own', async () => {
  const time = manualTime()
  // 130 times 15 ms is 1,950 ms.
  const almostTwoSeconds = Array<string>(130).fill('noproc')
  const { ask } = failing('exited', ...almostTwoSeconds, new Error('crashed'), ...almostTwoSeconds)
  expect(await patiently(ask, time)).toBe('answer')
  expect(time.now()).toBe(262 * 15)
})

test('the time that an answer takes does not count', async () => {
  const time = manualTime()
  const { ask } = failing('noproc', 'noproc')
  const slow = async (): Promise<string> => {
    time.advance(900)
    return ask()
  }
  expect(await patiently(slow, time)).toBe('answer')
})

test.each([['timeout'], ['overloaded'], ['undecodable']])(
  '%s is passed on at once: the actor is there',
  async (reason) => {
    const time = manualTime()
    await expect(patiently(forever(reason), time)).rejects.toMatchObject({ code: reason })
    expect(time.now()).toBe(0)
  },
)

test('so is any other error', async () => {
  await expect(patiently(() => Promise.reject(new TypeError('mistake')), manualTime())).rejects.toThrow('mistake')
})
