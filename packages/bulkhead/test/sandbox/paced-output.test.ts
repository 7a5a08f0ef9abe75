import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Outlet } from '../../src/output/outlet.ts'
import { TaggedOutput } from '../../src/output/tagged-output.ts'
import { PacedOutput } from '../../src/sandbox/paced-output.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

function paced(bytesPerSecond: number) {
  let [text, isShut] = ['', false]
  const outlet = new Outlet((bytes) => {
    if (isShut) throw Object.assign(new Error('no room'), { code: 'EAGAIN' })
    text += Buffer.from(bytes).toString()
    return bytes.length
  })
  let paused = 0
  const stream = { pause: () => paused++, resume: () => (paused = 0) }
  const outlets = { stdout: outlet, stderr: outlet }
  const output = new PacedOutput(new TaggedOutput(outlets, 'guest'), outlets, bytesPerSecond, {
    stdout: stream,
    stderr: stream,
  })
  return {
    output,
    outlet,
    take: (said: string | Uint8Array) => output.take('stdout', Buffer.from(said)),
    lines: () => text.split('\n').slice(0, -1),
    isPaused: () => paused > 0,
    shut: () => (isShut = true),
  }
}

describe('what an untrusted node prints', () => {
  test('comes through while it is little; what is more is dropped and counted, and the next second brings more', () => {
    const { take, lines } = paced(1_000) // 100 bytes in 100 ms
    take('nine more\n'.repeat(10))
    take('too much\n'.repeat(7))
    expect(lines().filter((line) => line.includes('nine more'))).toHaveLength(10)
    expect(lines().join()).toContain('7 lines were lost')
    vi.advanceTimersByTime(100)
    take('again\n')
    expect(lines().at(-1)).toBe('[guest] again')
  })

  test('is not read for a while when it is far too much, and that is no fault of the node’s', () => {
    const { take, isPaused, output } = paced(1_000)
    take(Buffer.alloc(5 * 2 ** 20, 'x\n'))
    expect(isPaused()).toBe(true)
    vi.advanceTimersByTime(100)
    expect(isPaused()).toBe(false)
    expect(output.waitedMs).toBeGreaterThanOrEqual(99)
  })

  test('takes no room from others when the program’s own reader is behind', () => {
    const { take, shut, outlet } = paced(100 * 2 ** 20)
    shut()
    for (let i = 0; i < 200; i++) take(`${'x'.repeat(8_000)}\n`)
    expect(outlet.write('[neighbour] there is room for me\n')).toBe(true)
  })

  test.each([
    ['\u001b[2J', '?[2J'],
    ['a\rb', 'a?b'],
    ['a\tb', 'a\tb'],
    ['\u007f\u0000\u0007', '???'],
    ['\u009b31m', '¿31m'],
    ['grün €', 'grün €'],
  ])('is shown, and does nothing to a terminal: %j', (said, shown) => {
    const { take, lines } = paced(1_000)
    take(`${said}\n`)
    expect(lines()).toEqual([`[guest] ${shown}`])
  })
})
