import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Pid } from 'bulkhead'
import { Talker } from './fixtures/talker.ts'
import { run } from './program.ts'
import { trial } from './trial.ts'

const made = trial({ threads: 2 })
const blockMs = 1_200

const crewed = trial({ threads: { count: 2, within: 'process' } })

const pairs = [
  ['thread', 'thread'],
  ['crew', 'crew'],
  ['crew', 'process'],
  ['thread', 'process'],
  ['process', 'process'],
] as const

describe('a blocked root does not stop two other nodes from talking', () => {
  test.each(pairs)('%s and %s', async (one, other) => {
    const { system } = one === 'crew' ? crewed : made
    const talkers = [one, other].map((place, index) =>
      system.start(Talker, [], {
        id: `talker-${one}-${other}-${index}`,
        isolation: place === 'process' ? { faults: 'contained' } : { cpu: 'heavy' },
      }),
    )
    const [first, second] = await Promise.all(talkers)
    await first?.call.play(second?.pid as Pid, 1) // they know each other now
    const playing = first?.within(20_000).call.play(second?.pid as Pid, blockMs + 800)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const from = Date.now()
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs)
    const to = Date.now()
    const meanwhile = (await playing)?.filter((time) => time > from && time < to) ?? []
    expect(meanwhile.length).toBeGreaterThan(50)
    const gaps = meanwhile.slice(1).map((time, index) => time - (meanwhile[index] as number))
    expect(gaps.filter((gap) => gap >= blockMs / 2)).toEqual([])
  })
})

describe('while the root is blocked', () => {
  test.each(['thread', 'crew', 'process'] as const)(
    'a stuck %s is ended and replaced by a supervisor that is not on the root',
    async (place) => {
      const folder = mkdtempSync(join(tmpdir(), 'bulkhead-blocked-'))
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const program = run('remote-family.ts', { args: [place, join(folder, 'log')] })
      expect(Number(await program.said('began'))).toBeGreaterThan(1)
      await program.ended
    },
  )
})
