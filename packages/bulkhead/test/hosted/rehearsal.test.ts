import { createHook } from 'node:async_hooks'
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rehearse } from '../../src/hosted/rehearsal.ts'

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

test.each(['thread', 'process'] as const)('a rehearsal of a %s leaves nothing behind', async (kind) => {
  const heard = listeners()
  await rehearse(kind) // sockets and the loader keep something of the first time
  expect(listeners()).toEqual(heard)
  const before = await held()
  for (let time = 0; time < 5; time += 1) await rehearse(kind)
  expect(await held()).toEqual(before)
  expect(listeners()).toEqual(heard)
})

test.each([
  ['thread', 'MESSAGEPORT'],
  ['process', 'PIPEWRAP'],
] as const)('a %s rehearses over what its connections are made of', async (kind, resource) => {
  const made: string[] = []
  const hook = createHook({ init: (_id, type) => made.push(type) }).enable()
  await rehearse(kind)
  hook.disable()
  expect(made).toContain(resource)
})
