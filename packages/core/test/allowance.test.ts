import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Allowance } from '../src/index.ts'

const rate = { framesPerSecond: 100, bytesPerSecond: 10_000 }

describe('an allowance', () => {
  test('covers what was granted at first, and not one frame more', () => {
    const allowance = new Allowance(rate, 0)
    expect(allowance.first).toEqual({ frames: 100, bytes: 10_000 })
    for (let i = 0; i < 100; i++) expect(allowance.take(10)).toBeUndefined()
    expect(allowance.take(10)).toBe('frames')
  })

  test('covers as many bytes, in however few frames', () => {
    const allowance = new Allowance(rate, 0)
    expect(allowance.take(10_000)).toBeUndefined()
    expect(allowance.take(1)).toBe('bytes')
  })

  test('grants what time has brought, up to what may be open at once', () => {
    const allowance = new Allowance(rate, 0)
    for (let i = 0; i < 50; i++) allowance.take(100)
    expect(allowance.grant(100)).toEqual({ frames: 10, bytes: 1_000 })
    expect(allowance.grant(100_000)).toEqual({ frames: 40, bytes: 4_000 })
  })

  test('has nothing to grant while nothing was used', () => {
    const allowance = new Allowance(rate, 0)
    expect(allowance.dueMs(500)).toBeUndefined()
    allowance.take(1)
    expect(allowance.dueMs(0)).toBeGreaterThan(0)
    expect(allowance.dueMs(1_000)).toBe(0)
  })

  test('whoever sends no more than it was granted never breaks a limit, and never sends faster than the rate', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(300), fc.boolean()), { maxLength: 100 }), (steps) => {
        const allowance = new Allowance(rate, 0)
        let { frames, bytes } = allowance.first
        let [now, sent] = [0, 0]
        for (const [ms, size, grants] of steps) {
          now += ms
          if (grants) {
            const grant = allowance.grant(now)
            frames += grant.frames
            bytes += grant.bytes
          }
          if (frames < 1 || bytes < size) continue
          frames--
          bytes -= size
          sent++
          expect(allowance.take(size)).toBeUndefined()
        }
        expect(sent).toBeLessThanOrEqual(100 + (now / 1_000) * 100 + steps.length)
      }),
    )
  })
})
