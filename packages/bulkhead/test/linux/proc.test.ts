import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ownThread, ThreadProbe } from '../../src/linux/proc.ts'

const descriptors = () => readdirSync('/proc/self/fd').length

test('a look that is needed when a thread may be stuck, and only then, leaves no descriptor open', () => {
  const probe = new ThreadProbe(ownThread())
  probe.cpuMs()
  probe.pollsOn()
  const before = descriptors()
  expect(probe.isBlocked()).toBe(false) // it runs this
  expect(descriptors()).toBe(before)
  probe.close()
})

test('all that stays open for the other looks is closed at the end', () => {
  const before = descriptors()
  const probe = new ThreadProbe(ownThread())
  expect(probe.cpuMs()).toBeGreaterThan(0)
  probe.pollsOn()
  probe.isBlocked()
  probe.close()
  expect(descriptors()).toBe(before)
})
