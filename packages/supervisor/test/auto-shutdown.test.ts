import { describe, expect, test } from 'vitest'
import { endsSupervisor } from '../src/auto-shutdown.ts'

const significant = { significant: true }
const ordinary = { significant: false }
const active = { significant: true, active: true }
const inactive = { significant: true, active: false }
const bystander = { significant: false, active: true }

describe('does the end of a child end its supervisor? (SUP-058)', () => {
  test('never × significant: no', () => {
    expect(endsSupervisor('never', significant, [])).toBe(false)
  })

  test.each(['any_significant', 'all_significant'] as const)('%s × not significant: no', (autoShutdown) => {
    expect(endsSupervisor(autoShutdown, ordinary, [])).toBe(false)
  })

  test('any_significant × significant, others left: yes', () => {
    expect(endsSupervisor('any_significant', significant, [active, bystander])).toBe(true)
  })

  test('all_significant × significant, another active: no', () => {
    expect(endsSupervisor('all_significant', significant, [inactive, active])).toBe(false)
  })

  test('all_significant × the last active significant one: yes', () => {
    expect(endsSupervisor('all_significant', significant, [inactive, bystander])).toBe(true)
  })
})
