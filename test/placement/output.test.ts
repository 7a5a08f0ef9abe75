import { describe, expect, test } from 'vitest'
import { run } from './program.ts'
import type { Program } from './program.ts'
import { trial } from './trial.ts'

const { faulty, notices } = trial({ handlerMs: 400 })
const walled = ['thread', 'process'] as const
const lines = 2_000

/** What Node.js itself has to say about a program that failed. */
const complaints = ({ stderr }: Program): string[] => stderr.filter((line) => /^\S*Error\b|StartFailed/.test(line))

describe('what a node prints reaches the parent’s streams, tagged', () => {
  test.each(walled)('%s', async (place) => {
    const program = run('printer.ts', { args: [place, 'print'] })
    expect({ ...(await program.ended), stderr: complaints(program) }).toEqual({ code: 0, signal: null, stderr: [] })
    const tag = `[${place} 2 ${await program.said('path')}]`
    expect(program.stdout).toContain(`${tag} to stdout`)
    expect(program.stderr).toContain(`${tag} to stderr`)
    expect(program.stdout).toContain(`${tag} without a newline`)
  })

  test.each(walled)('%s: while the root is blocked', async (place) => {
    const program = run('printer.ts', { args: [place, 'blocked'] })
    await program.said('blocked')
    await program.said(`[${place} 2`)
    expect(program.stdout).not.toContain('unblocked')
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
      const { ref, pid } = await faulty(place)
      ref.call.printAndExit(100).catch(() => {})
      const { downNode } = await notices(pid)
      expect(downNode?.output).toEqual(Array.from({ length: 20 }, (_, index) => `line ${81 + index}`))
    })
  }
})
