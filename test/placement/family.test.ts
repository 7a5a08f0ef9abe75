import { describe, expect, test } from 'vitest'
import { family } from './family.ts'
import { childrenOf, eventually, isRunning } from './program.ts'
import type { Program } from './program.ts'

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
