import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))

/** The TypeScript block of a document that begins with the name of its file, as a newcomer would paste it. */
function programOf(document: string, file: string): string {
  const blocks = readFileSync(join(root, document), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)
  const block = [...blocks].map(([, text]) => text ?? '').find((text) => text.startsWith(`// ${file}`))
  if (block === undefined) throw new Error(`${document} has no block that begins with // ${file}`)
  return block
}
const readmeProgram = (): string => programOf('README.md', 'counter.ts')

/** What the comments behind each console.log promise. */
const promised = [
  '42',
  'only upwards',
  'false',
  '{ exited: { code: 3 } }',
  '41',
  `[ "faults: 'contained' needs a process of its own" ]`,
]

async function outputOf(file: string, source: string): Promise<string[]> {
  // Inside the workspace, so that `bulkhead` is found as it would be in the newcomer's project.
  const folder = mkdtempSync(join(root, 'test', '.readme-'))
  try {
    writeFileSync(join(folder, file), source)
    const { stdout } = await run(process.execPath, [file], { cwd: folder })
    return stdout.trim().split('\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('the README’s program runs as it stands, and prints what its comments say', async () => {
  expect(await outputOf('counter.ts', readmeProgram())).toEqual(promised)
})

test('the same program without its types runs as plain JavaScript', async () => {
  const javaScript = readmeProgram().replaceAll(': number', '').replaceAll(': void', '')
  expect(await outputOf('counter.mjs', javaScript)).toEqual(promised)
})

test('the guide’s program runs as it stands', async () => {
  expect(await outputOf('turnstile.ts', programOf('docs/guide.md', 'turnstile.ts'))).toEqual(['1'])
})
