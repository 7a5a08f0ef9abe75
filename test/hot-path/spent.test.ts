import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

interface Spent {
  readonly promises: number
  readonly timers: number
  readonly bytes: number
  readonly lasting: number
}

const program = fileURLToPath(new URL('fixtures/spent.ts', import.meta.url))

/** V8 compiles at fixed points instead of whenever a thread of its own gets to it: then these counts are the same on every machine. */
const flags = ['--expose-gc', '--no-concurrent-recompilation', '--no-warnings']

function spent(...more: readonly string[]): Readonly<Record<string, Spent>> {
  return JSON.parse(
    execFileSync(process.execPath, [...flags, ...more, program], { encoding: 'utf8', timeout: 60_000 }),
  ) as Record<string, Spent>
}

/** Nothing is collected between two looks. */
const counted = spent('--min-semi-space-size=64', '--max-semi-space-size=64')

describe('what a message in place makes', () => {
  const one = 'call, one after the other'
  const limited = 'call, with a limit'
  const many = 'call, 64 in flight'

  // Two that `await` makes of a value, in the control. A call: its own, one by `await`, and one for the turn, which many calls share.
  test.each([
    ['control', 2],
    ['cast', 0],
    ['send', 0],
    [one, 3],
    [limited, 3],
    [many, 2.13],
  ])('promises: %s', (name, promises) => {
    expect(counted[name]?.promises).toBeCloseTo(promises, 2)
  })

  test.each(['cast', 'send', one, limited, many])('no timer of the platform: %s', (name) => {
    expect(counted[name]?.timers).toBe(0)
  })

  // Counted when this was written, on 22.23, 24.21 and 26.10; the share on top is for other versions of the same line.
  const bytes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
    22: { cast: 636, send: 475, [one]: 2045, [limited]: 2260, [many]: 1935 },
    24: { cast: 651, send: 444, [one]: 1725, [limited]: 1933, [many]: 1718 },
    26: { cast: 671, send: 443, [one]: 1618, [limited]: 1771, [many]: 1557 },
  }
  const ours = bytes[Number.parseInt(process.versions.node, 10)] ?? bytes[26]
  test.each(Object.entries(ours ?? {}))('bytes: %s', (name, most) => {
    expect(counted[name]?.bytes).toBeLessThan(most * 1.08)
  })
})

test('nothing of a call that is over lasts longer than it', () => {
  const collected = spent()
  expect(collected['call, one after the other']?.lasting).toBeLessThan(2)
  expect(collected['call, with a limit']?.lasting).toBeLessThan(2)
  expect(collected['call, 64 in flight']?.lasting).toBeLessThan(2)
})
