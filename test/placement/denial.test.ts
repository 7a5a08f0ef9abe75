import type { CallFailed } from 'bulkhead'
import { describe, expect, test } from 'vitest'
import { eventually } from './program.ts'
import { Trespasser } from './fixtures/trespasser.ts'
import type { Trespass } from './fixtures/trespasser.ts'
import { trial } from './trial.ts'

const own = trial({ handlerMs: 5_000, intensity: 1_000 })
const patience = { timeout: 120_000 }
const major = Number(process.versions.node.split('.', 1)[0])
let count = 0

const start = async (what: Trespass, path = '') => {
  const id = `trespasser-${++count}`
  const ref = await own.system.start(Trespasser, [what, path], {
    id,
    restart: 'temporary',
    isolation: { trust: 'untrusted' },
  })
  return { id, ref: ref.within(60_000) }
}

const alone = 'and no hint grants that: have a trusted actor do it'

const denials: readonly (readonly [Trespass, string, string])[] = [
  ['read', '/etc/passwd', 'an untrusted actor may not read /etc/passwd: name that in isolation.sandbox.read'],
  ['readLater', '/etc/passwd', 'an untrusted actor may not read /etc/passwd: name that in isolation.sandbox.read'],
  ['import', import.meta.filename, `an untrusted actor may not read ${import.meta.filename}: name that in`],
  ['write', '/tmp/trespass', `an untrusted actor may not write /tmp/trespass, ${alone}`],
  ['folder', '/tmp/trespass', `an untrusted actor may not write /tmp/trespass, ${alone}`],
  ['process', '', `an untrusted actor may not start a process, ${alone}`],
  ['thread', '', `an untrusted actor may not start a thread, ${alone}`],
  ['inspector', '', `an untrusted actor may not open an inspector, ${alone}`],
  ...(major >= 25
    ? ([
        ['network', '', `an untrusted actor may not use the network (127.0.0.1:9), ${alone}`],
        ['listen', '', `an untrusted actor may not use the network, ${alone}`],
        ['lookup', 'example.com', `an untrusted actor may not use the network (example.com), ${alone}`],
        ['fetch', 'http://127.0.0.1:8999', `an untrusted actor may not use the network (127.0.0.1:8999), ${alone}`],
      ] as const)
    : []),
]

describe('what an untrusted actor may not do is an error that says what to do', patience, () => {
  test.each(denials)('in init, where its starter hears it: %s', async (what, path, words) => {
    await expect(start(what, path)).rejects.toThrow(words)
  })

  test.each(denials)('in a handler, where its caller hears it and the log: %s', async (what, path, words) => {
    const { id, ref } = await start('nothing')
    const failed = (await ref.call.attempt(what, path).catch((error: unknown) => error)) as CallFailed
    expect((failed.reason as Error).message).toContain(words)
    expect((failed.reason as Error).stack).toContain(words)
    const told = () => own.records.some(({ text }) => text.includes(`child ${id} `) && text.includes(words))
    await eventually(told, 20_000, 'the log says so')
  })

  test('in a refusal, and as the cause of another error', async () => {
    const { ref } = await start('nothing')
    const refusal = 'may not read /etc/passwd: name that in isolation.sandbox.read'
    await expect(ref.call.report('read', '/etc/passwd')).rejects.toThrow(refusal)
    await expect(ref.call.attempt('wrapped', '/etc/passwd')).rejects.toMatchObject({
      reason: {
        message: `no settings: an untrusted actor ${refusal}`,
        cause: { message: expect.stringContaining(refusal) as unknown },
      },
    })
  })
})
