import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { run, startedWith } from './program.ts'

/** A program, and those who have come from it: they have inherited its environment. */
export function family(file: string, args: readonly string[] = []) {
  const mark = randomUUID()
  const members = (): number[] => startedWith(`FAMILY_OF_TEST=${mark}`)
  onTestFinished(() => members().forEach((pid) => process.kill(pid, 'SIGKILL')))
  return { program: run(file, { args, env: { FAMILY_OF_TEST: mark } }), members }
}
