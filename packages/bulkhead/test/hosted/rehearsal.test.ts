import { AsyncLocalStorage, createHook } from 'node:async_hooks'
import { readdirSync } from 'node:fs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { rehearse, tryRehearsing } from '../../src/hosted/rehearsal.ts'

interface Held {
  readonly resources: readonly string[]
  readonly descriptors: number
}

/** What Node.js and the operating system say that this process holds, once it has come to rest. */
async function held(): Promise<Held> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  const own = (name: string) => !['Immediate', 'Timeout'].includes(name) // the runner's
  return {
    resources: process.getActiveResourcesInfo().filter(own).sort(),
    descriptors: readdirSync('/proc/self/fd').length,
  }
}

const listeners = () => Object.fromEntries(process.eventNames().map((name) => [name, process.listenerCount(name)]))

describe.runIf(process.platform === 'linux')('as /proc says', () => {
  test.each(['thread', 'process'] as const)('a rehearsal of a %s leaves nothing behind', async (kind) => {
    const heard = listeners()
    await rehearse(kind) // sockets and the loader keep something of the first time
    expect(listeners()).toEqual(heard)
    const before = await held()
    for (let time = 0; time < 5; time += 1) await rehearse(kind)
    expect(await held()).toEqual(before)
    expect(listeners()).toEqual(heard)
  })
})

/** The resources that a rehearsal makes. */
async function madeBy(rehearsal: () => Promise<void>): Promise<readonly string[]> {
  const made: string[] = []
  const hook = createHook({ init: (_id, type) => made.push(type) }).enable()
  await rehearsal()
  hook.disable()
  return made
}

test.each([
  ['thread', 'MESSAGEPORT'],
  ['process', 'PIPEWRAP'],
] as const)('a %s rehearses over what its connections are made of', async (kind, resource) => {
  expect(await madeBy(() => rehearse(kind))).toContain(resource)
})

// Up to Node.js 22 a storage that was used is paid for by every promise, until it is disabled.
test('its storages are disabled at its end', async () => {
  const run = vi.spyOn(AsyncLocalStorage.prototype, 'run')
  const disable = vi.spyOn(AsyncLocalStorage.prototype, 'disable')
  onTestFinished(() => void vi.restoreAllMocks())
  await rehearse('thread')
  expect(run.mock.contexts.length).toBeGreaterThan(0)
  expect(new Set(disable.mock.contexts)).toEqual(new Set([...run.mock.contexts, ...disable.mock.contexts]))
})

test('a spare that is needed meanwhile rehearses no further', async () => {
  let looks = 0
  const whole = await madeBy(() => rehearse('thread'))
  const short = await madeBy(() => rehearse('thread', () => ++looks > 1))
  expect(looks).toBe(2)
  expect(short.length).toBeLessThan(whole.length / 2)
})

test('a spare that is told to become a node right behind does not begin', async () => {
  const asked = Promise.withResolvers<void>()
  const made = await madeBy(async () => {
    tryRehearsing('thread', () => {
      asked.resolve()
      return true
    })
    await asked.promise
  })
  expect(made).not.toContain('MESSAGEPORT')
})
