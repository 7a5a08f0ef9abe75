import { closeSync, openSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hasClosed, ownThread, ThreadProbe } from '../../src/linux/proc.ts'

const descriptors = () => readdirSync('/proc/self/fd').length

describe.runIf(process.platform === 'linux')('what /proc says', () => {
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

  test('a descriptor of an OS process is open, or closed, or nobody knows', () => {
    const descriptor = openSync('/dev/null', 'r')
    expect(hasClosed(process.pid, descriptor)).toBe(false)
    closeSync(descriptor)
    expect(hasClosed(process.pid, descriptor)).toBe(true)
  })
})
