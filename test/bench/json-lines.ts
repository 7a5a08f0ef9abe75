import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs a command to its end and reads the lines of JSON that it prints; nobody checks that they are `Line`s. Rejects with what it said when it failed. */
export async function linesOf<Line>(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly Line[]> {
  const { stdout } = await run(command, args, { env: { ...process.env, ...env }, maxBuffer: 2 ** 26 })
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

/** Runs one of the programs in `programs` in an OS process of its own, with options of Node.js, and reads the line that it prints. */
export async function programLine<Line>(
  program: string,
  args: readonly (string | number)[],
  flags: readonly string[] = [],
): Promise<Line> {
  const path = fileURLToPath(new URL(`./programs/${program}.ts`, import.meta.url))
  const [line] = await linesOf<Line>(process.execPath, [...flags, path, ...args.map(String)])
  if (line === undefined) throw new Error(`${program} ${args.join(' ')} printed nothing`)
  return line
}
