import { describe, expect, test } from 'vitest'
import { isolationIn } from './fixtures/places.ts'
import { run } from './program.ts'
import type { Program } from './program.ts'
import { trial } from './trial.ts'

const made = trial({ handlerMs: 400 })
const crewed = trial({ handlerMs: 400, threads: { within: 'process' } })
const walled = ['thread', 'crew', 'process'] as const
const lines = 2_000

/** What Node.js itself has to say about a program that failed. */
const complaints = ({ stderr }: Program): string[] => stderr.filter((line) => /^\S*Error\b|StartFailed/.test(line))

describe('what a node prints reaches the parent’s streams, tagged', () => {
  test.each(walled)('%s', async (place) => {
    const program = run('printer.ts', { args: [place, 'print'] })
    expect({ ...(await program.ended), stderr: complaints(program) }).toEqual({ code: 0, signal: null, stderr: [] })
    const tag = `[${isolationIn(place)} 2 ${await program.said('path')}]`
    expect(program.stdout.join('\n')).toContain(`${tag} to stdout`)
    expect(program.stderr.join('\n')).toContain(`${tag} to stderr`)
    expect(program.stdout.join('\n')).toContain(`${tag} without a newline`)
  })

  test.each(['thread', 'crew'])('%s: with the actor on whose behalf it is printed, among several', async (place) => {
    const program = run('printer.ts', { args: [place, 'several'] })
    expect({ ...(await program.ended), stderr: complaints(program) }).toEqual({ code: 0, signal: null, stderr: [] })
    expect(await program.said('neighbour')).toBe('on node 2')
    const path = await program.said('path')
    const tagged = program.stdout.filter((line) => line.startsWith('[thread 2'))
    expect(tagged).toEqual([
      `[thread 2 ${path}] one`,
      '[thread 2 /neighbour] two',
      `[thread 2 ${path}] after a while`,
      '[thread 2 /neighbour] three',
      '[thread 2] on nobody’s behalf',
    ])
  })

  test.each(walled)('%s: while the root is blocked', async (place) => {
    const program = run('printer.ts', { args: [place, 'blocked'] })
    await program.said('blocked')
    await program.said(`[${isolationIn(place)} 2`)
    expect(program.stdout).not.toContain('unblocked')
  })
})

describe('a stdout that nobody reads', () => {
  const hundreds = 600

  for (const place of walled) {
    test.each(['socket', 'pipe'] as const)(
      `${place}: holds nobody up, and what was lost is said: a %s`,
      async (unread) => {
        const program = run('unread.ts', { args: [place, String(hundreds)], unread })
        await program.said('the other node answers')
        await program.said('the warden answers')
        await program.said('printed')
        program.read()
        program.write('stop')
        expect(await program.ended).toEqual({ code: 0, signal: null })
        const lost = program.stdout.map((line) =>
          Number(/ … (\d+) lines were lost: nobody read them$/.exec(line)?.[1] ?? 0),
        )
        const said = program.stdout.filter((line) => /^\[\w+ 2[^\]]*\] line \.{34}$/.test(line))
        expect(said.length + lost.reduce((sum, each) => sum + each, 0)).toBe(hundreds * 100)
      },
    )
  }

  test('the system stops all the same', async () => {
    const program = run('unread.ts', { args: ['thread', '200'], unread: 'socket' })
    await program.said('printed')
    program.write('stop')
    await program.said('stopped')
    program.read()
    expect(await program.ended).toEqual({ code: 0, signal: null })
  })
})

describe('no last word is lost, however the node ends', () => {
  for (const place of walled) {
    test.each(['printAndExit', 'printAndSpin', 'printAndThrow'] as const)(`${place}: %s`, async (how) => {
      const program = run('printer.ts', { args: [place, how, String(lines)] })
      expect({ ...(await program.ended), stderr: complaints(program) }).toEqual({ code: 0, signal: null, stderr: [] })
      const said = program.stdout.filter((line) => /\] line \d+$/.test(line))
      expect(said).toHaveLength(lines)
      expect(said.at(-1)).toMatch(new RegExp(`line ${lines}$`))
    })

    test(`${place}: the last lines are evidence`, async () => {
      const { faulty, notices } = place === 'crew' ? crewed : made
      const { ref, pid } = await faulty(isolationIn(place))
      ref.call.printAndExit(100).catch(() => {})
      const { downNode } = await notices(pid)
      expect(downNode?.output).toEqual(Array.from({ length: 20 }, (_, index) => `line ${81 + index}`))
    })
  }
})
