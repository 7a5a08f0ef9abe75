import { randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { childrenOf, eventually, isRunning, run, startedWith } from './program.ts'
import type { Program } from './program.ts'

/** A program, and those who have come from it: they have inherited its environment. */
function family(file: string, args: readonly string[] = []) {
  const mark = randomUUID()
  const members = (): number[] => startedWith(`FAMILY_OF_TEST=${mark}`)
  onTestFinished(() => members().forEach((pid) => process.kill(pid, 'SIGKILL')))
  return { program: run(file, { args, env: { FAMILY_OF_TEST: mark } }), members }
}

const detachedOf = async (program: Program): Promise<number[]> => JSON.parse(await program.said('detached')) as number[]

describe('the root is killed with SIGKILL', () => {
  test.each(['without processes', 'with-process'])(
    'what actors on the root and on threads have started is gone within 1 s, but not what leads a session of its own: %s',
    async (how) => {
      const { program, members } = family('parents.ts', [how])
      const detached = await detachedOf(program)
      // the root, and for each of two actors a helper, a shell and `timeout` with one each; a blocked thread's shell with its own
      await eventually(() => members().length >= 15, 10_000, 'all have started')
      program.kill('SIGKILL')
      await program.ended
      await eventually(() => members().every((pid) => detached.includes(pid)), 1_000, 'the others are gone')
      expect(new Set(members())).toEqual(new Set(detached))
    },
  )

  test('spares go too', async () => {
    const { program, members } = family('spares.ts')
    await program.said('ready')
    program.kill('SIGKILL')
    await program.ended
    await eventually(() => members().length === 0, 1_000, 'all are gone')
  })

  const delays = [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50]
  test('just after it has forked, at any moment: nothing is left within 1 s', { timeout: 120_000 }, async () => {
    for (const afterMs of delays) {
      const { program, members } = family('newborn.ts', [String(afterMs)])
      expect(await program.ended).toEqual({ code: null, signal: 'SIGKILL' })
      expect(program.stdout.join()).toContain('born')
      await eventually(() => members().length === 0, 1_000, `nothing is left, ${afterMs} ms after the fork`)
    }
  })

  test('just after it has forked: the newborn ends by itself', { timeout: 120_000 }, async () => {
    for (const afterMs of delays) {
      const { program, members } = family('newborn.ts', [String(afterMs), 'alone'])
      expect(await program.ended).toEqual({ code: null, signal: 'SIGKILL' })
      // It has to get through its own start before it can see anything.
      await eventually(() => members().length === 0, 20_000, `nothing is left, ${afterMs} ms after the fork`)
    }
  })
})

describe('a root that ends in any other way', () => {
  test('leaves what its own actors have started to itself, as Node.js does', async () => {
    const { program, members } = family('parents.ts', ['leaving'])
    await detachedOf(program)
    expect(await program.ended).toEqual({ code: 7, signal: null })
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(members()).toHaveLength(12)
  })

  test('leaves no OS process of ours behind a stop', async () => {
    const { program } = family('spares.ts', ['stop'])
    await program.said('ready')
    await program.said('stopped')
    await eventually(() => childrenOf(program.pid).filter(isRunning).length === 0, 5_000, 'it has no children')
  })
})
