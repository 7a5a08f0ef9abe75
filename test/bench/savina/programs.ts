import { readdirSync } from 'node:fs'
import type { Program } from './program.ts'

const file = /^\d\d-([a-z0-9-]+)\.ts$/

/** The names of all programs, in the order of the suite. */
export const programNames: readonly string[] = readdirSync(new URL('.', import.meta.url))
  .toSorted()
  .flatMap((name) => file.exec(name)?.[1] ?? [])

/** Loads one program: what its module exports that is one. */
export async function loadProgram(name: string): Promise<Program> {
  const found = readdirSync(new URL('.', import.meta.url)).find((each) => file.exec(each)?.[1] === name)
  if (found === undefined) throw new Error(`${name}: there is no such program; there are ${programNames.join(', ')}`)
  const module = (await import(new URL(found, import.meta.url).href)) as Readonly<Record<string, unknown>>
  const program = Object.values(module).find(
    (value) => typeof value === 'object' && value !== null && 'main' in value && 'expected' in value,
  )
  if (program === undefined) throw new Error(`${found} exports no program`)
  return program as Program
}
